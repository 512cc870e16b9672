// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// One row of a mailbox's permissions, as the service prints it (wire/exchange-online.md section 4).
struct MailboxPermission: Sendable {
    /// Principal name, alias, `DOMAIN\name`, name of a group or a security identifier.
    var user: String
    var rights: [String]
    var isInherited = false
    var isDenied = false
    /// Rights as one text instead of a list.
    var isOneText = false

    func json(identity: String) -> JSONValue {
        [
            "Identity": .string(identity), "User": .string(user),
            "AccessRights": isOneText ? .string(rights.joined(separator: ", ")) : JSONValue(rights),
            "AccessRights@odata.type": "#Collection(String)", "IsInherited": .bool(isInherited),
            "Deny": .bool(isDenied), "InheritanceType": "All", "IsValid": true, "ObjectState": "Unchanged",
        ]
    }

    /// - Throws: a sentence for the control API.
    init(_ value: JSONValue) throws(Reply) {
        guard let user = value["User"]?.string else { throw ControlError.reply("a row needs 'User'") }
        self.user = user
        switch value["AccessRights"] {
        case .string(let text): (rights, isOneText) = ([text], true)
        case .array(let list): rights = list.compactMap(\.string)
        default: rights = ["FullAccess"]
        }
        isInherited = value["IsInherited"]?.bool ?? false
        isDenied = value["Deny"]?.bool ?? false
    }

    init(user: String, rights: [String] = ["FullAccess"], isInherited: Bool = false, isDenied: Bool = false) {
        (self.user, self.rights, self.isInherited, self.isDenied) = (user, rights, isInherited, isDenied)
    }
}
