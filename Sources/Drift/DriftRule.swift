// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import DeliveryProof

/// A kind of difference: how it is said, where it comes from, and what mends it. One row of the table.
public struct DriftRule: Sendable {
    public let kind: DriftKind
    public let source: DriftSource
    public let severity: DriftSeverity
    /// What differs.
    public let sentence: String
    /// What it comes from as a rule.
    public let cause: String
    public let repair: DriftRepair
    /// What the repair does, or what a person must do, with the command where there is one.
    public let remedy: String
    /// The fault of the last mile that it is, by whose rule it is found.
    public let fault: LastMileFault?

    init(
        _ kind: DriftKind, _ source: DriftSource, _ severity: DriftSeverity, _ sentence: String, cause: String,
        _ repair: DriftRepair, _ remedy: String, fault: LastMileFault? = nil
    ) {
        (self.kind, self.source, self.severity, self.sentence) = (kind, source, severity, sentence)
        (self.cause, self.repair, self.remedy, self.fault) = (cause, repair, remedy, fault)
    }

    /// Every kind has one row; a test holds the table to it.
    public static func of(_ kind: DriftKind) -> DriftRule {
        byKind[kind] ?? DriftRule(kind, .archive, .note, kind.rawValue, cause: "", .person, "")
    }

    public static let table = authority + intune + directory + published

    private static let byKind = Dictionary(table.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })
}
