// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Reads a request body as strictly as SCM does: a value of another JSON type cannot be parsed (-1002).
///
/// A null counts as missing: clients send nulls for what they have nothing to say about.
struct SectigoFields {
    private let members: [String: JSONValue]

    /// - Parameter known: the members the call has; nil accepts any, where a known client sends more than it should.
    init(_ call: Call, known: Set<String>?) throws(Reply) {
        guard call.isOfType("application/json") else {
            throw SectigoError.reply(-1002, "Content-Type must be application/json.")
        }
        guard let members = call.json?.object else { throw SectigoError.unreadable("it is not a JSON object") }
        if let unknown = members.keys.sorted().first(where: { known?.contains($0) == false }) {
            throw SectigoError.unreadable("there is no field '\(unknown)'")
        }
        self.members = members
    }

    /// nil for a missing and for an empty text.
    func text(_ name: String, atMost limit: Int = 32_767) throws(Reply) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else {
            throw SectigoError.unreadable("'\(name)' must be a text, found \(value.kindName)")
        }
        guard text.unicodeScalars.count <= limit else {
            throw SectigoError.invalid(name, "longer than \(limit) characters")
        }
        return text.isEmpty ? nil : text
    }

    func number(_ name: String) throws(Reply) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.int else {
            throw SectigoError.unreadable("'\(name)' must be a whole number, found \(value.kindName)")
        }
        return number
    }

    func flag(_ name: String) throws(Reply) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else {
            throw SectigoError.unreadable("'\(name)' must be true or false, found \(value.kindName)")
        }
        return flag
    }

    func texts(_ name: String) throws(Reply) -> [String] {
        guard let value = value(name) else { return [] }
        let texts = value.array?.compactMap(\.string) ?? []
        guard let count = value.array?.count, count == texts.count else {
            throw SectigoError.unreadable("'\(name)' must be a list of texts")
        }
        return texts
    }

    func objects(_ name: String) throws(Reply) -> [[String: JSONValue]] {
        guard let value = value(name) else { return [] }
        let objects = value.array?.compactMap(\.object) ?? []
        guard let count = value.array?.count, count == objects.count else {
            throw SectigoError.unreadable("'\(name)' must be a list of objects")
        }
        return objects
    }

    /// A revocation reason, as number or text: 0, 1, 3, 4 or 5 (wire/sectigo-scm.md section 9); 0 when it is missing.
    func reasonCode() throws(Reply) -> Int {
        guard let value = value("reasonCode") else { return 0 }
        guard let code = value.int ?? value.string.flatMap(Int.init) else {
            throw SectigoError.unreadable("'reasonCode' must be a number")
        }
        guard [0, 1, 3, 4, 5].contains(code) else { throw SectigoError.invalid("reasonCode", "\(code)") }
        return code
    }

    private func value(_ name: String) -> JSONValue? {
        guard let value = members[name], !value.isNull else { return nil }
        return value
    }
}
