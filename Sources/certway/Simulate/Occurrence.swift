// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// An event with its time and its people, or the end of one that lasts.
struct Occurrence {
    let date: Date
    let event: ScenarioEvent
    /// Whether it is the end of an event: the CA is back, the administrator has mended what was wrong.
    var isEnd = false
    /// Numbers of the people it happens to.
    var people: [Int] = []

    /// One line, for a person.
    var text: String {
        var words = [event.kind.rawValue + (isEnd ? " ends" : "")]
        if let ca = event.ca { words.append(ca) }
        if let mailbox = event.mailbox { words.append("mailbox \(mailbox)") }
        if let outcome = event.outcome, !isEnd { words.append(outcome.rawValue) }
        if people.count > 6 {
            words.append("\(people.count) people")
        } else if !people.isEmpty {
            words.append("person \(people.map(String.init).joined(separator: ", "))")
        }
        if !isEnd, let days = event.days { words.append(days == 1 ? "for a day" : "for \(days) days") }
        return words.joined(separator: "  ")
    }

    var json: JSONValue {
        var value: [String: JSONValue] = [
            "date": .string(date.formatted(.iso8601)), "event": .string(event.kind.rawValue), "isEnd": .bool(isEnd),
            "people": .array(people.map { JSONValue($0) }),
        ]
        value["days"] = event.days.map { JSONValue($0) }
        value["ca"] = event.ca.map { .string($0) }
        value["mailbox"] = event.mailbox.map { JSONValue($0) }
        value["outcome"] = event.outcome.map { .string($0.rawValue) }
        value["reason"] = event.reason.map { JSONValue($0) }
        return .object(value)
    }
}
