// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import Foundation

/// Makes directories hold what is wanted, person by person: reads, changes only what is ours, reads again and compares. Each step may be
/// repeated after any interruption, for it begins with what the directory holds.
public struct PublicationKeeper: Sendable {
    /// What one run has found and done.
    public struct Report: Sendable, Equatable {
        /// Certificates that others find now and did not before.
        public var published = 0
        public var withdrawn = 0
        /// Certificates that others had removed or put back.
        public var drifted = 0
        public var failed = 0
        /// The first sentence of each directory that could not be brought up to date.
        public var problems: [String] = []

        public init() {}

        mutating func add(_ other: Report) {
            published += other.published
            withdrawn += other.withdrawn
            drifted += other.drifted
            failed += other.failed
            if problems.isEmpty { problems = other.problems }
        }
    }

    /// A change that is wanted, for who only looks.
    public struct Difference: Sendable, Equatable {
        public let place: String
        public let userPrincipalName: String
        public let adds: [String]
        public let removes: [String]
        /// Why nothing can be told; nil otherwise.
        public let problem: String?
        /// Why the last attempt did not succeed, and the next one may not either; nil otherwise.
        public let lastFailure: String?
    }

    private let store: PublicationStore
    private let directory: any CertificateDirectory
    private let checkEvery: Duration
    private let clock: any ConnectorClock

    /// People worked on at the same time: what Exchange Online takes of one tenant (wire/exchange-online.md section 5).
    private static let concurrency = 3

    /// How long a failed step waits: what passes by itself at first, what needs a person later.
    private static let passing: [TimeInterval] = [10, 60, 300, 900, 3600]
    private static let standing: [TimeInterval] = [60, 900, 3600, 14_400, 86_400]

    /// - Parameter checkEvery: how often what is as it is wanted is looked at again.
    public init(
        _ store: PublicationStore, _ directory: any CertificateDirectory, checkEvery: Duration,
        clock: any ConnectorClock
    ) {
        (self.store, self.directory, self.checkEvery, self.clock) = (store, directory, checkEvery, clock)
    }

    /// Works on people of whom something is due, a few at a time.
    ///
    /// - Parameter limit: people at most.
    /// - Throws: `StoreError`, `CancellationError`; what directories say is on record and in the report.
    public func run(limit: Int) async throws -> Report {
        let due = try await store.due(in: directory.name, limit: limit)
        return try await withThrowingTaskGroup(of: Report.self) { group in
            var report = Report()
            for (index, subscriber) in due.enumerated() {
                if index >= Self.concurrency, let done = try await group.next() { report.add(done) }
                try Task.checkCancellation()
                group.addTask { try await work(on: subscriber) }
            }
            for try await done in group { report.add(done) }
            return report
        }
    }

    /// What a directory holds of somebody, for who only looks.
    public struct Sight: Sendable {
        /// nil where all is as it is wanted.
        public let difference: Difference?
        /// Every certificate in the entry, ours or not, as DER.
        public let present: [[UInt8]]
    }

    /// What a run would change of one person; changes nothing. Nil where all is as it is wanted.
    public func difference(of subscriber: String) async throws -> Difference? {
        try await sight(of: subscriber)?.difference
    }

    /// The same, with all that the entry holds; nil where nothing is on record of the person.
    public func sight(of subscriber: String) async throws -> Sight? {
        let works = try await store.work(on: subscriber, in: directory.name)
        guard let subject = Self.subject(works, subscriber) else { return nil }
        func difference(_ adds: [PublicationWork], _ removes: [PublicationWork], _ problem: String?) -> Difference {
            Difference(
                place: directory.name, userPrincipalName: subject.userPrincipalName,
                adds: adds.map(\.record.serialNumber), removes: removes.map(\.record.serialNumber), problem: problem,
                lastFailure: (adds + removes).lazy.compactMap(\.record.problem).first)
        }
        do {
            let present = try await directory.read(subject).values
            let change = Change(works, over: present)
            return Sight(
                difference: change.isEmpty ? nil : difference(change.adds, change.removes, nil), present: present)
        } catch let error as PublicationError {
            return Sight(difference: difference([], [], error.message), present: [])
        }
    }

    /// What differs between a directory and what is wanted, of our certificates alone.
    private struct Change {
        let adds: [PublicationWork]
        let removes: [PublicationWork]

        init(_ works: [PublicationWork], over present: [[UInt8]]) {
            adds = works.filter { $0.record.isWanted && !present.contains($0.der) }
            removes = works.filter { !$0.record.isWanted && present.contains($0.der) }
        }

        var isEmpty: Bool { adds.isEmpty && removes.isEmpty }
    }

    private func work(on subscriber: String) async throws -> Report {
        var report = Report()
        let works = try await store.work(on: subscriber, in: directory.name)
        guard let subject = Self.subject(works, subscriber) else { return report }
        var present: [[UInt8]]?
        var (entry, elsewhere): (String?, Set<Int64>) = (nil, [])
        do {
            let found: DirectoryEntry
            do {
                found = try await directory.read(subject)
            } catch let error as PublicationError where error.kind == .noEntry {
                elsewhere = try await clear(works, besides: nil)
                throw error
            } catch let error as PublicationError where error.kind == .configuration {
                // Where several entries are the person's, what is not wanted is taken out of the one in which it was put.
                _ = try? await clear(works, besides: nil)
                throw error
            }
            elsewhere = try await clear(works, besides: found.name)
            let before = found.values
            (present, entry) = (before, found.name)
            let change = Change(works, over: before)
            var after = before
            if !change.isEmpty {
                PublicationBoundary.beforePublication.pass()
                try await directory.write(
                    adding: change.adds.map(\.der), removing: change.removes.map(\.der), for: subject, over: before)
                PublicationBoundary.publicationWritten.pass()
                after = try await directory.read(subject).values
                present = after
            }
            let lost = before.filter { value in
                !after.contains(value) && !change.removes.contains { $0.der == value }
            }
            let error = Self.unverified(works, after, lost.count)
            try await note(works, subject, entry, elsewhere, before: before, after: after, error, &report)
        } catch let error as PublicationError {
            try await note(works, subject, entry, elsewhere, before: present, after: present, error, &report)
        }
        return report
    }

    /// Takes certificates of ours out of entries in which they were put and do not belong any more: the address by which an entry was found is
    /// another one's by then, or the entry is found by another name.
    ///
    /// - Parameter current: the entry in which they belong; nil where nobody knows it: then what is wanted stays where it is, for it may be the
    ///   right one all the same.
    /// - Returns: the certificates that stand in such an entry still.
    private func clear(_ works: [PublicationWork], besides current: String?) async throws -> Set<Int64> {
        var standing: Set<Int64> = []
        for (name, own) in Dictionary(grouping: works, by: \.record.entry) {
            guard let name, name != current else { continue }
            let present = try await directory.read(entry: name)
            let there = own.filter { present.contains($0.der) }
            let old = there.filter { current != nil || !$0.record.isWanted }.map(\.der)
            standing.formUnion(there.filter { !old.contains($0.der) }.map(\.record.certificateID))
            guard !old.isEmpty else { continue }
            try await directory.remove(old, from: name)
            let after = try await directory.read(entry: name)
            guard !old.contains(where: after.contains) else {
                throw PublicationError(
                    .unverified, "publication unverified: a certificate that was taken out of \(name) is still there")
            }
        }
        return standing
    }

    /// What was written and is not what can be read: the form of the service is another one than was thought.
    private static func unverified(_ works: [PublicationWork], _ after: [[UInt8]], _ lost: Int) -> PublicationError? {
        let change = Change(works, over: after)
        guard !change.isEmpty || lost > 0 else { return nil }
        let missing = change.adds.isEmpty ? [] : ["the certificate cannot be read again as it was written"]
        let left = change.removes.isEmpty ? [] : ["a certificate that was taken out is still there"]
        let others = lost == 0 ? [] : ["\(lost) values that are not ours are gone"]
        return PublicationError(
            .unverified,
            "publication unverified: " + (missing + left + others).joined(separator: ", and ")
                + "; look at the entry, and at 'form' of the directory")
    }

    private func note(
        _ works: [PublicationWork], _ subject: PublicationSubject, _ entry: String?, _ elsewhere: Set<Int64>,
        before: [[UInt8]]?, after: [[UInt8]]?, _ error: PublicationError?, _ report: inout Report
    ) async throws {
        let now = clock.now()
        var outcomes: [PublicationOutcome] = []
        for work in works {
            let record = work.record
            var outcome = PublicationOutcome(before: record, actual: record.actual)
            // Where there is no entry, and none of before holds it, nobody finds it.
            let isUnknown = error?.kind == .noEntry
            let isGone = isUnknown && !record.isWanted
            outcome.wasRead = after != nil || isUnknown
            outcome.entry = record.entry
            if isUnknown { outcome.actual = elsewhere.contains(record.certificateID) ? .present : .absent }
            if let after {
                outcome.actual = after.contains(work.der) ? .present : .absent
                if outcome.actual == .present { outcome.entry = entry }
            }
            if outcome.actual == .absent { outcome.entry = nil }
            if let before {
                let was = before.contains(work.der)
                // What is otherwise in the direction that is wanted may be our own work, before the process ended.
                outcome.wasDrifted =
                    record.isWanted ? record.actual == .present && !was : record.actual == .absent && was
                outcome.wasRemoved = was && outcome.actual == .absent
            }
            let isSettled = record.isWanted ? outcome.actual == .present : outcome.actual == .absent
            // Others do not find what stands in an entry that is not the person's.
            let isWrong = record.isWanted && (isUnknown || error?.kind == .unverified)
            if let error, !isSettled || isWrong { outcome.error = error }
            outcome.nextActionAt =
                isGone
                ? again(record, now) : next(record, isSettled, outcome.error ?? (isSettled ? nil : error), now)
            outcomes.append(outcome)
            if outcome.wasDrifted { report.drifted += 1 }
            if outcome.error != nil { report.failed += 1 }
            if outcome.actual != record.actual {
                if outcome.actual == .present, record.isWanted { report.published += 1 }
                if outcome.actual == .absent, !record.isWanted, record.actual == .present || outcome.wasRemoved {
                    report.withdrawn += 1
                }
            }
        }
        if let error, report.problems.isEmpty, error.kind != .noEntry || works.contains(where: \.record.isWanted) {
            report.problems.append("directory \(directory.name): \(subject.userPrincipalName): \(error.message)")
        }
        try await store.note(outcomes)
        PublicationBoundary.publicationNoted.pass()
    }

    /// When to look again: never where a certificate that is not wanted is gone.
    private func next(
        _ record: PublicationRecord, _ isSettled: Bool, _ error: PublicationError?, _ now: Date
    ) -> Date? {
        if let error {
            let steps = error.kind == .transient ? Self.passing : Self.standing
            let own = steps[min(record.failures, steps.count - 1)]
            let told = min(error.retryAfter.map { Double($0.components.seconds) } ?? 0, 86_400)
            return now + max(own, told)
        }
        guard isSettled else { return now + Self.passing[0] }
        return record.isWanted ? again(record, now) : nil
    }

    /// As often as the directory is looked at, for as long as the certificate is good: an entry that was deleted comes back with all
    /// that stood in it.
    private func again(_ record: PublicationRecord, _ now: Date) -> Date? {
        guard record.isWanted || now < record.notAfter else { return nil }
        let every = Double(checkEvery.components.seconds)
        // Spread, so that ten thousand of one day are not read at one time again.
        return now + every * Double.random(in: 0.9...1)
    }

    private static func subject(_ works: [PublicationWork], _ subscriber: String) -> PublicationSubject? {
        guard let newest = works.first(where: \.record.isWanted) ?? works.first else { return nil }
        var addresses: [String] = []
        for address in ([newest] + works).flatMap(\.addresses) where !addresses.contains(address) {
            addresses.append(address)
        }
        return PublicationSubject(
            id: subscriber, userPrincipalName: newest.record.userPrincipalName, addresses: addresses)
    }
}
