// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// `/control/mailboxes` and `/control/exchange`: shared mailboxes, who may open them, and how the service behaves.
struct ExchangeControl: Sendable {
    let tenant: Tenant

    private var store: MailboxStore { tenant.mailboxes }

    var routes: [Route] {
        [
            Route("control.mailboxes", "GET", "/control/mailboxes") { _ in
                let recipients = RecipientDirectory(directory: tenant.directory, store: store)
                return .json([
                    "mailboxes": .array(recipients.mailboxes(["SharedMailbox"]).map { json($0) })
                ])
            },
            Route("control.mailbox", "GET", "/control/mailboxes/{mailbox}") { call in
                .json(json(try person(call["mailbox"])))
            },
            Route("control.changeMailbox", "POST", "/control/mailboxes") { try change($0) },
            Route("control.exchange", "POST", "/control/exchange") { try set($0) },
        ]
    }

    private func json(_ person: Person) -> JSONValue {
        let held = store[person.id]
        return [
            "id": .string(person.id), "address": JSONValue(person.mail), "displayName": .string(person.displayName),
            "delegates": JSONValue(held.delegates), "sendAs": JSONValue(held.senders),
            "userCertificate": Self.texts(held.userCertificates),
            "userSMimeCertificate": Self.texts(held.userSMIMECertificates),
        ]
    }

    private static func texts(_ values: [[UInt8]]) -> JSONValue {
        JSONValue(values.map { Data($0).base64EncodedString() })
    }

    private func person(_ key: String) throws(Reply) -> Person {
        try RecipientDirectory(directory: tenant.directory, store: store).person(key)
    }

    /// A new mailbox where nobody has the address; otherwise a change of this one. `"removed": true` deletes it.
    private func change(_ call: Call) throws(Reply) -> Reply {
        guard let body = call.json, body.object != nil, let address = body["mailbox"]?.string else {
            throw ControlError.reply("'mailbox' must be an address or an object id")
        }
        if (try? person(address)) == nil {
            guard address.contains("@") else { throw ControlError.reply("there is no mailbox \(address)", status: 404) }
            _ = SharedMailboxes.add(
                address, name: body["displayName"]?.string ?? address, id: GUID.random(), directory: tenant.directory)
        }
        let mailbox = try person(address)
        if body["removed"]?.bool == true {
            guard let number = tenant.directory.presentNumber(mailbox.id) else { throw ExchangeError.notFound(address) }
            tenant.directory.change { $0.change(number) { $0.presence = .gone } }
            store.remove(mailbox.id)
            return .json(["id": .string(mailbox.id), "removed": true])
        }
        let delegates = try ids(body["delegates"])
        let senders = try ids(body["sendAs"])
        let granted = try ids(body["grant"]) ?? []
        let taken = try ids(body["take"]) ?? []
        let rows = try body["rows"]?.array?.map { row throws(Reply) in try MailboxPermission(row) }
        let certificates = try Self.bytes(body["userCertificate"])
        let signed = try Self.bytes(body["userSMimeCertificate"])
        store.change(mailbox.id) { held in
            if let delegates { held.delegates = delegates }
            if let senders { held.senders = senders }
            held.delegates = held.delegates.filter { !taken.contains($0) && !granted.contains($0) } + granted
            if let rows { held.rows = rows }
            if let certificates { held.userCertificates = certificates }
            if let signed { held.userSMIMECertificates = signed }
        }
        return .json(json(mailbox))
    }

    /// Object ids of people and groups, given by id, principal name or name of the group.
    private func ids(_ value: JSONValue?) throws(Reply) -> [String]? {
        guard let names = value?.array?.compactMap(\.string) else { return nil }
        let state = tenant.directory.state
        return try names.map { name throws(Reply) in
            if let number = tenant.directory.presentNumber(name) { return state.person(number).id }
            if let group = state.groups.values.first(where: { $0.id == name.lowercased() || $0.displayName == name }) {
                return group.id
            }
            if let number = state.number(ofID: name) { return state.person(number).id }
            throw ControlError.reply("there is neither a person nor a group '\(name)'")
        }
    }

    private static func bytes(_ value: JSONValue?) throws(Reply) -> [[UInt8]]? {
        guard let value else { return nil }
        return try (value.array ?? []).map { element throws(Reply) in
            guard let data = element.string.flatMap({ Data(base64Encoded: $0) }) else {
                throw ControlError.reply("certificates are base64")
            }
            return Array(data)
        }
    }

    private func set(_ call: Call) throws(Reply) -> Reply {
        guard let members = call.json?.object else { throw ControlError.reply("expected a JSON object") }
        for (name, value) in members {
            let words = value.array?.compactMap(\.string) ?? []
            let forms = Set(words.compactMap(MailboxStore.Form.init))
            switch name {
            case "role": store.set { $0.hasRole = value.bool ?? true }
            case "refuse" where forms.count == words.count: store.set { $0.refused = forms }
            case "ignore" where forms.count == words.count: store.set { $0.ignored = forms }
            case "hiddenCmdlets": store.set { $0.hiddenCmdlets = Set(words) }
            case "noPermissions": store.set { $0.showsNoPermissions = value.bool ?? false }
            case "pageSize": store.set { $0.pageSize = max(1, value.int ?? 1000) }
            default:
                throw ControlError.reply(
                    "Exchange has no switch '\(name)' with such a value; known: role, refuse and ignore (base64, numbers, "
                        + "hashtable), hiddenCmdlets, noPermissions, pageSize")
            }
        }
        return .json(.object(members))
    }
}
