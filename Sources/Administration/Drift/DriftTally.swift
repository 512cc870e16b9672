// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Drift
public import Foundation
import JSONDocuments
import Ledger

/// The numbers of the last comparison of everything: for whoever asks often, and need not read the report.
public struct DriftTally: Sendable {
    public let readAt: Date
    /// How many differences there were of each severity.
    public let counts: [DriftSeverity: Int]
    /// Places that could be compared, and were not, or in part only.
    public let missed: Int

    private static let name = "drift.tally"

    init(_ report: DriftReport) {
        readAt = report.readAt
        counts = Dictionary(grouping: report.findings, by: \.rule.severity).mapValues(\.count)
        missed = report.places.count { $0.isPossible && ($0.reason != nil || !$0.gaps.isEmpty) }
    }

    private init?(stored: JSONValue?) {
        guard let stored, let at = stored["readAt"]?.number else { return nil }
        readAt = Date(timeIntervalSince1970: at)
        counts = Dictionary(
            uniqueKeysWithValues: DriftSeverity.allCases.map { ($0, stored["counts"]?[$0.rawValue]?.int ?? 0) })
        missed = stored["missed"]?.int ?? 0
    }

    public func count(_ severity: DriftSeverity) -> Int { counts[severity] ?? 0 }

    /// As a run of the service has them.
    var facts: [String: Int] {
        var facts = ["notCompared": missed]
        for severity in DriftSeverity.allCases { facts[severity.rawValue] = count(severity) }
        return facts
    }

    /// The last one; nil for none. One look-up.
    ///
    /// - Throws: `StoreError`.
    public static func last(in ledger: OrderLedger) async throws -> DriftTally? {
        DriftTally(stored: try await ledger.state(name))
    }

    /// Keeps it in place of the one before.
    func keep(in ledger: OrderLedger) async throws {
        try await ledger.setState(
            Self.name,
            [
                "readAt": .number(readAt.timeIntervalSince1970), "missed": JSONValue(missed),
                "counts": .object(
                    Dictionary(
                        uniqueKeysWithValues: DriftSeverity.allCases.map { ($0.rawValue, JSONValue(count($0))) })),
            ])
    }
}
