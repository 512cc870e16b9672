// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Gateway
public import JSONDocuments
import Ledger
import Records

/// Recurring work of the service: now, not for a while, and again.
public struct JobAdministration: Sendable {
    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// What ran last, when it runs next, and what rests.
    ///
    /// - Throws: `AccessDenied`, `StoreError`.
    public func list() async throws -> [JSONValue] {
        let runs = try await JobBook(gateway.ledger).runs()
        let wishes = try await JobWish.all(in: gateway.ledger)
        return JobBook.Job.allCases.map { job in
            let run: JSONValue =
                runs[job]?.json
                ?? [
                    "name": .string(job.rawValue), "meaning": .string(job.meaning), "startedAt": .null,
                    "endedAt": .null, "nextAt": .null, "problem": .null, "tookSeconds": .null, "facts": [:],
                ]
            return Self.told(run, wishes[job])
        }
    }

    /// The last run of one kind of work, and whether it rests; nil for one that nobody has begun.
    static func last(_ job: JobBook.Job, in ledger: OrderLedger) async throws -> JSONValue? {
        guard let run = try await JobBook(ledger).runs(of: [job])[job] else { return nil }
        return told(run.json, try await JobWish.of(job, in: ledger))
    }

    /// What rests has no next run.
    private static func told(_ run: JSONValue, _ wish: JobWish?) -> JSONValue {
        var one = run
        if wish?.isPaused ?? false { one["nextAt"] = .null }
        one["pausedBy"] = JSONValue(wish?.pausedBy)
        one["pausedAt"] = JSONValue(wish?.pausedAt?.ISO8601Format())
        return one
    }

    /// Has it done at once by whoever does it.
    ///
    /// - Throws: `Obstacle` for what rests, and for what has no run of its own.
    public func run(_ job: JobBook.Job, isDryRun: Bool) async throws -> JobWish {
        try await change(job, .runJob, isDryRun) { wish, now in
            guard [.directory, .drift].contains(job) else {
                throw Obstacle(
                    "\(job.rawValue) has no run of its own",
                    instead: job == .plan
                        ? "run directory: the plan follows" : "it looks by itself, at least once a minute")
            }
            guard !wish.isPaused else {
                throw Obstacle(
                    "\(job.rawValue) rests, for \(wish.pausedBy ?? "somebody")", instead: "let it go on first")
            }
            wish.runAskedAt = now
        }
    }

    /// Lets it rest: the directory is not read, or nothing of the plan is placed or ended. Orders under way go on.
    ///
    /// - Throws: `Obstacle` for what rests already, and for what cannot.
    public func pause(_ job: JobBook.Job, isDryRun: Bool) async throws -> JobWish {
        try await change(job, .pauseJob, isDryRun) { [name = caller.name] wish, now in
            guard job != .watch else {
                throw Obstacle("watch cannot rest: it only looks, and what it sees is needed for the plan")
            }
            guard !wish.isPaused else {
                throw Obstacle("\(job.rawValue) rests already, for \(wish.pausedBy ?? "somebody")")
            }
            (wish.pausedBy, wish.pausedAt) = (name, now)
        }
    }

    /// - Throws: `Obstacle` for what does not rest.
    public func resume(_ job: JobBook.Job, isDryRun: Bool) async throws -> JobWish {
        try await change(job, .resumeJob, isDryRun) { wish, _ in
            guard wish.isPaused else { throw Obstacle("\(job.rawValue) does not rest") }
            (wish.pausedBy, wish.pausedAt) = (nil, nil)
        }
    }

    private func change(
        _ job: JobBook.Job, _ action: AuditAction, _ isDryRun: Bool,
        _ body: @escaping @Sendable (inout JobWish, Date) throws -> Void
    ) async throws -> JobWish {
        let wish = Entrance.Wish(action, AuditObject(.job, job.rawValue))
        return try await Entrance(caller, gateway.ledger.audit).pass(
            .runJobs, to: wish, isDryRun ? .byTheUseCase : .all
        ) {
            guard isDryRun else {
                return try await JobWish.change(
                    job, action, by: AuditActor(named: caller.name), in: gateway.ledger, body)
            }
            var wish = try await JobWish.of(job, in: gateway.ledger)
            try body(&wish, gateway.ledger.clock.now())
            return wish
        }
    }
}
