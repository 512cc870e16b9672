// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Foundation
public import JSONDocuments
import YAMLDocuments

/// One rule about what may be certified, as a rule file has it: dated, with its source, and with the program that finds what breaks it.
public struct CertificationRule: Sendable {
    /// Such as `smbr-7.1.4.2.3-mailbox-attrs`.
    public let id: String
    /// What is wrong where it is broken, as a sentence without its subject.
    public let finding: String
    /// Where it stands, such as `S/MIME BR 7.1.4.2.3`.
    public let source: String
    public let severity: RuleSeverity
    /// First moment of its first day, and of the first day after its last; UTC. It counts for what is issued between.
    public let from: Date
    public let until: Date
    /// Kinds of public S/MIME certificates it is about; empty for all.
    let subjects: Set<PublicSMIMEKind.Subject>
    let generations: Set<PublicSMIMEKind.Generation>
    /// nil for a rule about every publicly trusted S/MIME certificate of these kinds.
    public let target: RuleTarget?
    /// Empty for a rule that nothing here can look at; `note` says who does.
    public let stages: Set<RuleStage>
    /// A sentence for people.
    public let note: String
    /// Codes of pkilint that say the same.
    public let pkilint: [String]
    /// The jq program, over the facts of `RuleFacts`: each output that is not false or null is a finding.
    let program: String
    /// The rule file.
    public let file: String

    /// The usual beginning: the S/MIME BR came into force.
    static let beginning = Date(timeIntervalSince1970: 1_693_526_400)

    /// nil for a rule without an end.
    public var lastDay: Date? { until == .distantFuture ? nil : until - 86_400 }

    /// Whether it asks what mail domains say (`CAALookup`), which takes a resolver.
    public var asksDomains: Bool { program.contains(".caa[") }

    public func isInForce(at date: Date) -> Bool { from <= date && date < until }

    /// Whether it is about certificates of this kind for these targets.
    func concerns(_ subject: RuleSubject) -> Bool {
        if let target { return subject.targets.contains(target) }
        guard let kind = subject.kind else { return false }
        guard generations.isEmpty || kind.generation.map(generations.contains) == true else { return false }
        return subjects.isEmpty || subjects.contains(kind.subject)
    }

    public var json: JSONValue {
        [
            "id": .string(id), "finding": .string(finding), "severity": .string(severity.rawValue),
            "source": .string(source), "from": .string(CalendarDay.text(from)),
            "until": JSONValue(lastDay.map(CalendarDay.text)),
            "types": JSONValue(subjects.map(\.rawValue).sorted()),
            "generations": JSONValue(generations.map(\.rawValue).sorted()), "target": JSONValue(target?.rawValue),
            "checked": JSONValue(RuleStage.allCases.filter(stages.contains).map(\.rawValue)),
            "note": note.isEmpty ? .null : .string(note), "pkilint": JSONValue(pkilint), "file": .string(file),
        ]
    }
}
