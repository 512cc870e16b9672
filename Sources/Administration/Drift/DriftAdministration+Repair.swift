// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Drift
import Foundation
import Gateway
public import JSONDocuments
import Ledger
import Records
import Settings

extension DriftAdministration {
    /// What was done about differences, and what was not compared meanwhile.
    public struct Repairs: Sendable {
        public let report: DriftReport
        public let outcomes: [DriftOutcome]
        /// What could not be looked at while it was mended, one sentence each.
        public let problems: [String]
        public let isDryRun: Bool
        /// Ids of those that were named, are in the last report, and differ no more.
        public let gone: [String]

        public func count(_ word: DriftOutcome.Word) -> Int { outcomes.count { $0.word == word } }
    }

    /// - Throws: `Obstacle` for a wish that names nothing.
    public static func requireNames(_ wish: DriftWish) throws {
        guard !wish.kinds.isEmpty || !wish.ids.isEmpty else {
            throw Obstacle(
                "nothing is named that is to be mended",
                instead: "name kinds or ids of findings, as 'certway drift report' shows them")
        }
    }

    /// Compares anew, and mends what the wish means. Each repair is the use case that a person would call for one certificate: it asks
    /// for its own right, keeps to its limits and writes its own record. What one refuses is left with its sentence, and the others
    /// are mended.
    ///
    /// - Parameters:
    ///   - wish: kinds or ids must be named: nothing is mended that nobody has named.
    ///   - expected: how many differences a dry run showed; nil for whoever takes what is found.
    /// - Throws: `AccessDenied`, `Obstacle` for a wish without names and where there are more or fewer now, and
    ///   while another comparison runs, `StoreError`, `CancellationError`.
    public func repair(
        _ wish: DriftWish, expected: Int? = nil, isDryRun: Bool,
        onProgress: @escaping @Sendable (DriftSource, Int) -> Void = { _, _ in }
    ) async throws -> Repairs {
        let object = AuditObject(.job, "drift")
        return try await entrance.pass(
            .runJobs, to: Entrance.Wish(.runJob, object), isDryRun ? .byTheUseCase : .all
        ) {
            try Self.requireNames(wish)
            return try await Self.comparing(gateway) {
                let (report, sight) = try await Self.read(gateway, wish, onProgress)
                if let expected, report.findings.count != expected, !isDryRun {
                    throw Obstacle(
                        "\(report.findings.count) differences are found now, and \(expected) were expected: nothing was done",
                        instead: "look again, and decide about what it shows")
                }
                let gone = try await gone(of: wish, in: report)
                let mender = DriftMender(gateway: gateway, caller: caller, sight: sight, isDryRun: isDryRun)
                let mended = try await mender.mend(report.findings)
                let outcomes = mended.outcomes
                if !isDryRun, !outcomes.isEmpty {
                    try await gateway.ledger.audit.record(
                        AuditEntry(
                            .runJob, object, by: AuditActor(named: caller.name),
                            after: [
                                "kinds": JSONValue(Set(report.findings.map(\.kind.rawValue)).sorted()),
                                "findings": JSONValue(outcomes.count),
                                "left": JSONValue(outcomes.count { $0.word == .left }),
                            ]))
                }
                return Repairs(
                    report: report, outcomes: outcomes, problems: mended.problems, isDryRun: isDryRun, gone: gone)
            }
        }
    }
}

extension DriftAdministration {
    /// Those that were named and are not found any more.
    ///
    /// - Throws: `SettingsError` for an id that no difference has or had: whoever mistypes one believes it mended.
    private func gone(of wish: DriftWish, in report: DriftReport) async throws -> [String] {
        let missing = wish.ids.subtracting(report.findings.map(\.id))
        guard !missing.isEmpty else { return [] }
        let last = try await gateway.ledger.state(Self.name)
        let known = Set((last?["findings"]?.array ?? []).compactMap { $0["id"]?.string })
        let unknown = missing.subtracting(known).sorted()
        guard unknown.isEmpty else {
            throw SettingsError(
                "there is no difference \(unknown.joined(separator: ", ")): "
                    + "'certway drift report' shows the ids of those there are",
                at: .commandLine)
        }
        return missing.sorted()
    }
}

extension DriftAdministration.Repairs {
    /// As programs see it.
    ///
    /// - Parameter most: outcomes at most; the numbers are of all.
    public func json(most: Int = .max) -> JSONValue {
        [
            "dryRun": .bool(isDryRun), "total": JSONValue(report.findings.count),
            "would": JSONValue(count(.would)), "mended": JSONValue(count(.mended)), "asked": JSONValue(count(.asked)),
            "left": JSONValue(count(.left)), "waits": JSONValue(count(.waits)), "gone": JSONValue(gone),
            "outcomes": .array(outcomes.prefix(most).map(\.json)),
            "places": .array(report.places.map(\.json)), "problems": JSONValue(problems),
        ]
    }
}
