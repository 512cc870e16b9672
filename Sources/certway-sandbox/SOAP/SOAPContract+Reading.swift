// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import XMLDocuments

/// Holds the body of a request to the contract: names, order, number and lexical form.
extension SOAPContract {
    /// Why a body is not what the schema says.
    struct SchemaProblem: Error {
        let message: String
    }

    func read(_ element: XMLElement, as fields: [SOAPField]) throws(SchemaProblem) -> SOAPRecord {
        var values: [(name: String, value: SOAPRecord.Value)] = []
        var rest = element.elements[...]
        for field in fields {
            var count = 0
            while let child = rest.first, count < field.maximum ?? .max,
                child.namespace == (isQualified ? namespace : nil),
                let option = field.options.first(where: { $0.name == child.name })
            {
                // xsi:nil and an absent element are the same (wire/soap.md section 1).
                if !isNil(child) { values.append((child.name, try value(child, option.type))) }
                count += 1
                rest.removeFirst()
            }
            guard count >= field.minimum else {
                let names = field.options.map(\.name).joined(separator: " or ")
                throw SchemaProblem(
                    message: "expected \(names) in \(element.name), found \(rest.first?.name ?? "its end")")
            }
        }
        if let more = rest.first { throw SchemaProblem(message: "unexpected element \(more.name) in \(element.name)") }
        return SOAPRecord(values)
    }

    private func isNil(_ element: XMLElement) -> Bool {
        let said = element.attribute("nil", namespace: "http://www.w3.org/2001/XMLSchema-instance")
        return said == "true" || said == "1"
    }

    private func value(_ element: XMLElement, _ type: String) throws(SchemaProblem) -> SOAPRecord.Value {
        if let fields = fields(ofType: type) { return .record(try read(element, as: fields)) }
        guard element.elements.isEmpty else { throw SchemaProblem(message: "\(element.name) is not a \(type)") }
        // Only strings keep their blanks (XML Schema part 2, whiteSpace).
        let text = type == "string" ? element.text : element.text.trimmingCharacters(in: .whitespacesAndNewlines)
        let isValid =
            switch type {
            case "string": true
            case "int": Int32(text) != nil
            case "integer": text.wholeMatch(of: #/[+-]?[0-9]+/#) != nil
            case "boolean": ["true", "false", "1", "0"].contains(text)
            case "dateTime": Timestamp.read(text) != nil
            case "hexBinary": text.count.isMultiple(of: 2) && text.allSatisfy(\.isHexDigit)
            case "base64Binary": false
            default: enumerations[type]?.contains(text) == true
            }
        if type == "base64Binary", let data = Data(base64Encoded: text.filter { !$0.isWhitespace }) {
            return .bytes(Array(data))
        }
        guard isValid else { throw SchemaProblem(message: "'\(text.prefix(40))' in \(element.name) is not a \(type)") }
        return .text(text)
    }
}
