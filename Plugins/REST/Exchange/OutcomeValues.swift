// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import JSONDocuments

/// What one outcome rule read from an answer.
struct OutcomeValues: Sendable {
    let rule: OutcomeRule
    private var values: [String: JSONValue] = [:]

    /// - Throws: `ExpressionError`.
    init(_ rule: OutcomeRule, _ input: JSONValue) throws {
        self.rule = rule
        for (key, program) in rule.programs { values[key] = try program.evaluate(input) }
    }

    var kind: OutcomeKind { rule.kind }

    subscript(_ key: String) -> JSONValue { values[key] ?? .null }

    /// One line for people; nil where the answer has none.
    func sentence(_ key: String) -> String? {
        let text = self[key].identifier.map(ErrorTable.sentence) ?? ""
        return text.isEmpty ? nil : text
    }

    func choice<Choice: RawRepresentable<String>>(_ key: String) -> Choice? {
        rule.words[key].flatMap(Choice.init(rawValue:))
    }

    /// The order with what the answer told about it; nil while no id is known.
    func order(_ known: CAOrder?) -> CAOrder? {
        guard let id = self["orderID"].identifier ?? known?.caRequestID, !id.isEmpty else { return nil }
        let identifiers = (self["identifiers"].object ?? [:]).compactMapValues(\.identifier)
        return CAOrder(
            caRequestID: id, identifiers: (known?.identifiers ?? [:]).merging(identifiers) { _, new in new })
    }
}
