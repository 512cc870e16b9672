// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Rules

extension TemplateRules {
    /// The rules that count for the template's orders and certificates, each with what follows from breaking it here.
    public var inForce: [(rule: CertificationRule, severity: RuleSeverity)] {
        guard !subject.isEmpty else { return [] }
        var seen: Set<String> = []
        return RuleStage.allCases.flatMap { book.rules(about: subject, $0, at: now) }
            .filter { seen.insert($0.id).inserted }
            .map { ($0, policy.rules[$0.id] ?? policy.severities[$0.severity] ?? $0.severity) }
    }
}
