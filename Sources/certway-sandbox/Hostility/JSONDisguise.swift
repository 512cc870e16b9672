// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Writes the same JSON differently: members in another order, and one more that nobody knows.
///
/// libjq writes member names sorted or in the order of its table; to choose an order, the pieces it wrote are put together
/// here.
enum JSONDisguise {
    static func text(of value: JSONValue, _ generator: inout SeededGenerator) -> String {
        switch value {
        case .object(var members):
            if Int.random(in: 0..<4, using: &generator) == 0 {
                members["x_future_\(Int.random(in: 1...99, using: &generator))"] = [
                    "added": true, "since": "2031-07-01",
                ]
            }
            // Sorted first: the order of a dictionary changes from run to run.
            let order = members.keys.sorted().shuffled(using: &generator)
            return "{"
                + order.map { key in
                    JSONValue.string(key).text + ":" + text(of: members[key] ?? .null, &generator)
                }.joined(separator: ",") + "}"
        case .array(let elements):
            return "[" + elements.map { text(of: $0, &generator) }.joined(separator: ",") + "]"
        default:
            return value.text
        }
    }
}
