// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import JSONDocuments

/// What one outcome rule read from an answer.
struct OutcomeValues: Sendable {
    let rule: OutcomeRule
    /// Where the values are from, to read them again.
    let operation: Operation
    let answer: OperationAnswer
    let context: OperationContext
    private let values: [String: JSONValue]

    init(
        _ rule: OutcomeRule, _ values: [JSONValue], of operation: Operation, _ answer: OperationAnswer,
        _ context: OperationContext
    ) {
        self.rule = rule
        self.operation = operation
        self.answer = answer
        self.context = context
        self.values = Dictionary(zip(rule.members, values), uniquingKeysWith: { $1 })
    }

    var kind: OutcomeKind { rule.kind }

    subscript(_ key: String) -> JSONValue { values[key] ?? .null }

    /// One line for people; nil where the answer has none.
    func sentence(_ key: String) -> String? {
        let text = self[key].identifier.map(SafeText.sentence) ?? ""
        return text.isEmpty ? nil : text
    }

    func choice<Choice: RawRepresentable<String>>(_ key: String) -> Choice? {
        rule.words[key].flatMap(Choice.init(rawValue:))
    }

    /// The order with what the answer told about it; nil while no id is known.
    func order(_ known: CAOrder?) -> CAOrder? {
        guard let id = self["orderID"].identifier ?? known?.caRequestID, !id.isEmpty else { return nil }
        return CAOrder(
            caRequestID: id, identifiers: (known?.identifiers ?? [:]).merging(identifiers) { _, new in new })
    }

    /// What this answer and those before it have told of an order whose id was not known.
    var identifiers: [String: String] {
        let told = (self["identifiers"].object ?? [:]).compactMapValues(\.identifier)
        return context.identifiers.merging(told) { _, new in new }
    }
}
