// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import Rules
import YAMLDocuments

/// What a certificate, or the orders of a template, break of the rules of one day.
public struct RuleReport: Sendable {
    /// One broken rule, and for whom.
    public struct Entry: Sendable {
        public let finding: RuleFinding
        /// First day on which the rule counts; nil for one that counts already.
        public let comes: Date?
        /// How many people it is about; nil where everybody, or a certificate, is meant.
        public internal(set) var people: Int?
        /// The first of them, with what was found there.
        public internal(set) var examples: [(userPrincipalName: String, value: String?)] = []
    }

    /// Name of the template, or of the file.
    public let name: String
    /// Such as `mailbox-strict`; nil for what is no public S/MIME certificate.
    public let kind: String?
    /// Rules count that are in force then.
    public let date: Date
    /// People looked at; nil for a certificate.
    public let people: Int?
    /// Why nothing was looked at; nil when something was.
    public let note: String?
    public internal(set) var entries: [Entry]

    /// Whether something is broken that stops an order.
    public var isStopped: Bool { entries.contains { $0.finding.severity == .stop } }

    public var json: JSONValue {
        [
            "name": .string(name), "kind": JSONValue(kind), "at": .string(CalendarDay.text(date)),
            "people": people.map { JSONValue($0) } ?? .null, "note": JSONValue(note), "stopped": .bool(isStopped),
            "findings": .array(
                entries.map { entry in
                    var value = entry.finding.json
                    value["from"] = JSONValue(entry.comes.map(CalendarDay.text))
                    value["people"] = entry.people.map { JSONValue($0) } ?? .null
                    value["examples"] = .array(
                        entry.examples.map {
                            ["userPrincipalName": .string($0.userPrincipalName), "value": JSONValue($0.value)]
                        })
                    return value
                }),
        ]
    }
}
