// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
public import Ledger
public import Records
import Store

/// What somebody wants of recurring work; in the database, since another node may be the one that does it.
public struct JobWish: Sendable, Hashable {
    public let job: JobBook.Job
    /// Nil while it goes on.
    public var pausedBy: String?
    public var pausedAt: Date?
    /// Somebody wants it done that was begun before.
    public var runAskedAt: Date?

    public var isPaused: Bool { pausedAt != nil }

    public var json: JSONValue {
        [
            "name": .string(job.rawValue), "pausedBy": JSONValue(pausedBy),
            "pausedAt": JSONValue(pausedAt?.ISO8601Format()), "runAskedAt": JSONValue(runAskedAt?.ISO8601Format()),
        ]
    }

    /// What is wanted now; one look-up.
    public static func of(_ job: JobBook.Job, in ledger: OrderLedger) async throws -> JobWish {
        JobWish(job, stored: try await ledger.state(name(job)))
    }

    /// The same of all work, by one look.
    public static func all(in ledger: OrderLedger) async throws -> [JobBook.Job: JobWish] {
        try await ledger.database.read { connection in
            Dictionary(
                uniqueKeysWithValues: try JobBook.Job.allCases.map { job in
                    (job, JobWish(job, stored: try OrderLedger.state(name(job), on: connection)))
                })
        }
    }

    /// Puts a change on record and into force.
    public static func change(
        _ job: JobBook.Job, _ action: AuditAction, by actor: AuditActor, in ledger: OrderLedger,
        _ body: @escaping @Sendable (inout JobWish, Date) throws -> Void
    ) async throws -> JobWish {
        let now = ledger.clock.now()
        return try await ledger.database.write { connection in
            let stored = try OrderLedger.state(name(job), on: connection, lock: connection.dialect.rowLock)
            var wish = JobWish(job, stored: stored)
            try body(&wish, now)
            try OrderLedger.setState(name(job), wish.stored, on: connection)
            try AuditTrail.record(AuditEntry(action, AuditObject(.job, job.rawValue), by: actor), on: connection)
            return wish
        }
    }

    private init(_ job: JobBook.Job, stored: JSONValue?) {
        func date(_ key: String) -> Date? { stored?[key]?.number.map { Date(timeIntervalSince1970: $0) } }
        self.job = job
        (pausedBy, pausedAt, runAskedAt) = (stored?["pausedBy"]?.string, date("pausedAt"), date("runAskedAt"))
    }

    private var stored: JSONValue {
        func number(_ date: Date?) -> JSONValue { date.map { .number($0.timeIntervalSince1970) } ?? .null }
        return ["pausedBy": JSONValue(pausedBy), "pausedAt": number(pausedAt), "runAskedAt": number(runAskedAt)]
    }

    private static func name(_ job: JobBook.Job) -> String { "jobWish.\(job.rawValue)" }
}
