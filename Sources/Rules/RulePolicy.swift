// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What an administrator has decided for the certificates of one CA, where it is another thing than the rules say.
public struct RulePolicy: Sendable, Hashable {
    /// What follows, by the id of a rule.
    public var rules: [String: RuleSeverity]
    /// What follows from findings of a severity, for rules without a word of their own.
    public var severities: [RuleSeverity: RuleSeverity]
    /// Whether a certificate that came back and breaks a rule of severity stop is held; otherwise it is a remark.
    public var holdsIssued: Bool

    public init(
        rules: [String: RuleSeverity] = [:], severities: [RuleSeverity: RuleSeverity] = [:], holdsIssued: Bool = false
    ) {
        self.rules = rules
        self.severities = severities
        self.holdsIssued = holdsIssued
    }

    public func severity(of finding: RuleFinding) -> RuleSeverity {
        rules[finding.rule] ?? severities[finding.severity] ?? finding.severity
    }

    /// What is left to say, the worst first; accepted findings are left out.
    public func apply(_ findings: [RuleFinding]) -> [RuleFinding] {
        findings.compactMap { finding in
            var finding = finding
            finding.severity = severity(of: finding)
            return finding.severity == .accept ? nil : finding
        }.enumerated().sorted {
            ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
        }.map(\.element)
    }

    /// Changes with whatever changes a verdict.
    public var text: String {
        (rules.map { "\($0.key)=\($0.value.rawValue)" }.sorted()
            + severities.map { "\($0.key.rawValue)=\($0.value.rawValue)" }.sorted() + ["\(holdsIssued)"])
            .joined(separator: " ")
    }
}
