// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// `POST /control/groups` and `POST /control/contacts`: what beside people can have a mail address.
struct RecipientControl: Sendable {
    let tenant: Tenant

    var routes: [Route] {
        [
            Route("control.groups", "POST", "/control/groups") { try changeGroup($0) },
            Route("control.contacts", "POST", "/control/contacts") { try changeContact($0) },
        ]
    }

    private func changeGroup(_ call: Call) throws -> Reply {
        let id = (call.json?["id"]?.string ?? GUID.random()).lowercased()
        var group =
            tenant.directory.state.groups[id] ?? TenantGroup(id: id, displayName: "Group \(id.prefix(4))", members: [])
        try Self.set(call) { name, value in
            switch name {
            case "displayName": group.displayName = value.string ?? ""
            case "mail": group.mail = value.string
            default: group.proxyAddresses = value.array?.compactMap(\.string) ?? []
            }
        }
        let changed = group
        tenant.directory.change { $0.put(changed) }
        return .json(["id": .string(id)])
    }

    /// With `"removed": true` the contact is gone.
    private func changeContact(_ call: Call) throws -> Reply {
        let id = (call.json?["id"]?.string ?? GUID.random()).lowercased()
        var contact =
            tenant.directory.state.contacts[id]
            ?? MailContact(id: id, displayName: "Contact \(id.prefix(4))", mail: nil, proxyAddresses: [])
        contact.isGone = call.json?["removed"]?.bool ?? false
        try Self.set(call) { name, value in
            switch name {
            case "displayName": contact.displayName = value.string ?? ""
            case "mail": contact.mail = value.string
            default: contact.proxyAddresses = value.array?.compactMap(\.string) ?? []
            }
        }
        let changed = contact
        tenant.directory.change { $0.put(changed) }
        return .json(["id": .string(id)])
    }

    private static func set(_ call: Call, _ assign: (String, JSONValue) -> Void) throws {
        guard call.json?.object != nil else { throw ControlError.reply("expected a JSON object") }
        for (name, value) in call.json?["properties"]?.object ?? [:] {
            guard ["displayName", "mail", "proxyAddresses"].contains(name) else {
                throw ControlError.reply("'\(name)' is not known; known: displayName, mail, proxyAddresses")
            }
            assign(name, value)
        }
    }
}
