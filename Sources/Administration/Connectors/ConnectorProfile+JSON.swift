// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import YAMLDocuments

extension ConnectorProfile {
    /// As programs see it in a list.
    public var json: JSONValue {
        [
            "connector": .string(name), "title": .string(title), "module": .string(module.rawValue),
            "file": .string(file), "products": JSONValue(products.map(\.id)),
        ]
    }
}

extension Diagnostic {
    /// As programs see it.
    public var json: JSONValue {
        [
            "file": .string(file), "line": line.map { JSONValue($0) } ?? .null,
            "column": column.map { JSONValue($0) } ?? .null, "keyPath": .string(keyPath), "message": .string(message),
            "hint": JSONValue(hint),
        ]
    }
}
