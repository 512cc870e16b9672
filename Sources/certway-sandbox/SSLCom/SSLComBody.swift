// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The members of a body; the keys of the account may be among them.
struct SSLComBody {
    let members: [String: JSONValue]

    /// - Parameter known: other members are refused.
    init(_ call: Call, known: Set<String>) throws(Reply) {
        guard call.isOfType("application/json"), let members = call.json?.object else { throw SSLComError.badRequest }
        if let name = Set(members.keys).subtracting(known).subtracting(["account_key", "secret_key"]).min() {
            throw SSLComError.unknownParameter(name)
        }
        self.members = members.filter { !$0.value.isNull }
    }

    /// Text, also of a number.
    func text(_ name: String) throws(Reply) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.identifier else { throw SSLComError.reply(400, name, "is not a text") }
        return text
    }
}
