// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// A list of byte arrays as a parameter: whole, or a change of what is there (wire/exchange-online.md section 3).
struct ByteListParameter: Sendable {
    let form: MailboxStore.Form
    private let replacing: [[UInt8]]?
    private var added: [[UInt8]] = []
    private var removed: [[UInt8]] = []

    init(_ value: JSONValue, name: String) throws(Reply) {
        switch value {
        case .null: (form, replacing) = (.base64, [])
        case .string: (form, replacing) = (.base64, [try Self.bytes(value, name)])
        case .array(let elements):
            form = elements.first?.array != nil || elements.first?.int != nil ? .numbers : .base64
            // One array of numbers is one value.
            replacing =
                elements.first?.int != nil
                ? [try Self.bytes(value, name)]
                : try elements.map { element throws(Reply) in try Self.bytes(element, name) }
        case .object(let members) where members["@odata.type"]?.string == "#Exchange.GenericHashTable":
            (form, replacing) = (.hashtable, nil)
            for (key, value) in members where key != "@odata.type" {
                let values = try (value.array ?? [value]).map { element throws(Reply) in try Self.bytes(element, name) }
                switch key.lowercased() {
                case "add": added = values
                case "remove": removed = values
                default: throw Self.refusal(name)
                }
            }
        default: throw Self.refusal(name)
        }
    }

    func applied(to present: [[UInt8]]) -> [[UInt8]] {
        if let replacing { return replacing }
        return present.filter { !removed.contains($0) } + added.filter { !present.contains($0) }
    }

    static func refusal(_ name: String) -> Reply {
        ExchangeError.badParameter(
            "Cannot process argument transformation on parameter '\(name)'. Cannot convert value to type "
                + "\"Microsoft.Exchange.Data.MultiValuedProperty`1[System.Byte[]]\".")
    }

    private static func bytes(_ value: JSONValue, _ name: String) throws(Reply) -> [UInt8] {
        if let text = value.string, let data = Data(base64Encoded: text), !data.isEmpty { return Array(data) }
        if let numbers = value.array?.compactMap(\.int), !numbers.isEmpty, numbers.count == value.array?.count,
            numbers.allSatisfy({ (0...255).contains($0) })
        {
            return numbers.map { UInt8($0) }
        }
        throw refusal(name)
    }
}
