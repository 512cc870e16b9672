// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// One broken rule: which, about which field, and what follows.
public struct RuleFinding: Sendable, Hashable {
    public let rule: String
    public let source: String
    /// By the rule and whoever decides otherwise for a CA.
    public var severity: RuleSeverity
    /// Such as `commonName`; empty for the certificate as a whole.
    public let field: String
    /// What was found there; nil where the sentence says it.
    public let value: String?
    /// What is wrong, without its subject.
    public let finding: String

    /// For people: the rule, the field, what is wrong, and where that stands.
    public var sentence: String {
        let subject = field.isEmpty ? "" : "\(field)\(value.map { " \"\($0)\"" } ?? ""): "
        return "rule \(rule): \(subject)\(finding) (\(source))"
    }

    /// The same without the value, so that it is one sentence for all whom it concerns.
    public var cause: String { withoutValue.sentence }

    public var withoutValue: RuleFinding {
        RuleFinding(rule: rule, source: source, severity: severity, field: field, value: nil, finding: finding)
    }

    public var json: JSONValue {
        [
            "rule": .string(rule), "severity": .string(severity.rawValue), "field": .string(field),
            "value": JSONValue(value), "finding": .string(finding), "source": .string(source),
            "sentence": .string(sentence),
        ]
    }
}
