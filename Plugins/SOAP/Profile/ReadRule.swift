// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import XMLDocuments

/// What one XPath takes from an answer, and how it becomes a member that jq sees.
struct ReadRule: Sendable {
    let name: String
    let path: XPathExpression
    var isList = false
    var decodings: [Decoding] = []
    /// Members of each selected element, seen from there; empty for a text.
    var members: [ReadRule] = []

    /// - Parameters:
    ///   - element: the one paths are seen from.
    ///   - references: elements by their id (SOAP 1.1 §5.4.1), for `href`.
    /// - Returns: null where nothing was found, or only `xsi:nil`.
    func value(in element: XMLElement, _ references: [String: XMLElement]) throws(XMLError) -> JSONValue {
        let found: [JSONValue]
        switch try path.value(in: element) {
        case .nodes(let nodes):
            var values: [JSONValue] = []
            for node in nodes { values.append(try value(of: node, references)) }
            found = values.filter { !$0.isNull }
        case .text(let text): found = [.string(decoded(text))]
        case .number(let number): found = number.isFinite ? [.number(number)] : []
        case .truth(let flag): found = [.bool(flag)]
        }
        return isList ? .array(found) : found.first ?? .null
    }

    private func value(
        of node: XPathNode, _ references: [String: XMLElement]
    ) throws(XMLError) -> JSONValue {
        guard case .element(let found) = node else { return .string(decoded(node.text)) }
        // One level: what the target refers to in turn is resolved only by members of its own.
        let element =
            found.attribute("href").flatMap { $0.hasPrefix("#") ? references[String($0.dropFirst())] : nil } ?? found
        if element.isNil { return .null }
        guard !members.isEmpty else { return .string(decoded(element.text)) }
        return .object(try Self.values(members, in: element, references))
    }

    static func values(
        _ rules: [ReadRule], in element: XMLElement, _ references: [String: XMLElement]
    ) throws(XMLError) -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for rule in rules { values[rule.name] = try rule.value(in: element, references) }
        return values
    }

    /// The text without white space around it. What cannot be decoded stays as it is: an answer must not look empty
    /// because the certificate in it is broken.
    private func decoded(_ text: String) -> String {
        let trimmed = text.trimmingWhiteSpace
        guard !decodings.isEmpty else { return trimmed }
        do {
            let bytes = try decodings.reduce(Array(trimmed.utf8)) { try $1.apply($0) }
            return String(decoding: bytes, as: UTF8.self)
        } catch { return trimmed }
    }
}

extension XMLElement {
    /// XML Schema part 1 §2.6.2.
    var isNil: Bool {
        let value = attribute("nil", namespace: "http://www.w3.org/2001/XMLSchema-instance")
        return value == "true" || value == "1"
    }
}

extension String {
    var trimmingWhiteSpace: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
