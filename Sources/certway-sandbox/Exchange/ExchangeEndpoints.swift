// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// `POST /adminapi/{version}/{tenant}/InvokeCommand` (wire/exchange-online.md sections 2 to 5). Each cmdlet is an
/// operation of its own for faults and counters: `exchange.Get-Mailbox`.
struct ExchangeEndpoints: Sendable {
    let recipients: RecipientDirectory
    let tokens: TokenIssuer
    let tenantID: String
    let pager: CmdletPager

    private var store: MailboxStore { recipients.store }

    private typealias Body = @Sendable (CmdletCall) throws(Reply) -> Reply

    var routes: [Route] {
        let mailbox: [String] = ["Identity", "RecipientTypeDetails", "Filter", "PropertySets", "Properties"]
        let certificates: [String] = ["Identity", "UserCertificate", "UserSMimeCertificate"]
        let permission: [String] = ["Identity", "User", "Trustee"]
        var routes: [Route] = []
        for name in ["Get-Mailbox", "Get-EXOMailbox"] { routes.append(reading(name, mailbox, mailboxes)) }
        for name in ["Get-MailboxPermission", "Get-EXOMailboxPermission"] {
            routes.append(reading(name, permission, permissions))
        }
        for name in ["Get-RecipientPermission", "Get-EXORecipientPermission"] {
            routes.append(reading(name, permission, senders))
        }
        routes.append(reading("Get-MailUser", mailbox, mailUsers))
        routes.append(reading("Get-Recipient", mailbox, named))
        routes.append(route("Set-Mailbox", certificates, setMailbox))
        routes.append(route("Set-MailUser", certificates, setMailUser))
        routes.append(
            Route("exchange.unknown", "POST", "/adminapi/{version}/{tenant}/InvokeCommand/{cmdlet}") { call in
                try authorize(call)
                throw ExchangeError.unknownCmdlet(call["cmdlet"])
            })
        return routes
    }

    private func route(_ name: String, _ known: [String], _ body: @escaping Body) -> Route {
        Route(
            "exchange.\(name)", "POST", "/adminapi/{version}/{tenant}/InvokeCommand/\(name)",
            subject: ["CmdletInput", "Parameters", "Identity"]
        ) { call in
            try authorize(call)
            guard !store.switches.hiddenCmdlets.contains(name) else { throw ExchangeError.unknownCmdlet(name) }
            return try body(CmdletCall(call, known: known))
        }
    }

    private func reading(_ name: String, _ known: [String], _ body: @escaping Body) -> Route {
        route(name, known, body).listing
    }

    @Sendable private func setMailbox(_ call: CmdletCall) throws(Reply) -> Reply { try set(call, mailUser: false) }

    @Sendable private func setMailUser(_ call: CmdletCall) throws(Reply) -> Reply { try set(call, mailUser: true) }

    /// 401 without the application permission, 403 without a role (section 5).
    private func authorize(_ call: Call) throws(Reply) {
        let roles: Set<String>
        do {
            roles = try tokens.roles(call.request.header("Authorization"), audience: "https://outlook.office365.com")
        } catch { throw Reply.empty(status: 401).adding("WWW-Authenticate", "Bearer error=\"invalid_token\"") }
        guard roles.contains("Exchange.ManageAsApp") else { throw Reply.empty(status: 401) }
        guard store.switches.hasRole else {
            throw ExchangeError.reply(
                403, "Forbidden", kind: "System.UnauthorizedAccessException",
                "The role assigned to application isn't supported in this scenario. Please check online documentation "
                    + "for assigning correct Directory Roles to Azure AD Application for EXO App-Only Authentication.")
        }
        guard [tenantID, PersonGenerator.domain, PersonGenerator.initialDomain].contains(call["tenant"].lowercased())
        else { throw ExchangeError.reply(404, "NotFound", kind: "System.Exception", "The tenant is not known.") }
    }

    @Sendable private func mailboxes(_ call: CmdletCall) throws(Reply) -> Reply {
        if call["Identity"] != nil {
            let person = try recipients.person(call.identity)
            guard person.mailboxPurpose != nil else { throw ExchangeError.notFound(try call.identity) }
            return try answer([recipients.json(person, isMailbox: true)], call)
        }
        var kinds: Set<String> = ["UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox"]
        switch call["RecipientTypeDetails"] {
        case .string(let kind): kinds = [kind]
        case .array(let list): kinds = Set(list.compactMap(\.string))
        default: break
        }
        let found = recipients.mailboxes(kinds)
        let limited = call["ResultSize"]?.int.map { Array(found.prefix($0)) } ?? found
        let isUnlimited = call["ResultSize"]?.string?.lowercased() == "unlimited" || call["ResultSize"]?.int != nil
        let shown = isUnlimited ? limited : Array(limited.prefix(1000))
        return try answer(
            shown.map { recipients.json($0, isMailbox: true) }, call,
            warnings: shown.count < limited.count
                ? ["There are more results available than are currently displayed."] : [])
    }

    @Sendable private func mailUsers(_ call: CmdletCall) throws(Reply) -> Reply {
        if call["Identity"] != nil {
            let person = try recipients.person(call.identity)
            guard person.mailboxPurpose == nil else { throw ExchangeError.notFound(try call.identity) }
            return try answer([recipients.json(person, isMailbox: true)], call)
        }
        return try answer(
            recipients.mailboxes(["MailUser", "GuestMailUser"]).map { recipients.json($0, isMailbox: true) }, call)
    }

    @Sendable private func named(_ call: CmdletCall) throws(Reply) -> Reply {
        let identity = try call.identity
        let found = recipients.recipients(named: identity)
        guard !found.isEmpty else { throw ExchangeError.notFound(identity) }
        return try answer(found, call)
    }

    @Sendable private func permissions(_ call: CmdletCall) throws(Reply) -> Reply {
        let person = try recipients.person(call.identity)
        if store.switches.showsNoPermissions { return try answer([], call) }
        let own = MailboxPermission(user: "NT AUTHORITY\\SELF", rights: ["FullAccess", "ReadPermission"])
        let domain = "NAMPR01A001"
        var rows: [MailboxPermission] = [own]
        for trustee in trustees(store[person.id].delegates, of: person) {
            var row = MailboxPermission(user: trustee.name)
            row.isOneText = trustee.isOdd
            rows.append(row)
        }
        rows += store[person.id].rows
        rows.append(MailboxPermission(user: "\(domain)\\Administrator", isInherited: true, isDenied: true))
        rows.append(MailboxPermission(user: "\(domain)\\Organization Management", isInherited: true))
        rows.append(MailboxPermission(user: "NT AUTHORITY\\SYSTEM", isInherited: true))
        return try answer(rows.map { $0.json(identity: RecipientDirectory.alias(person)) }, call)
    }

    @Sendable private func senders(_ call: CmdletCall) throws(Reply) -> Reply {
        let person = try recipients.person(call.identity)
        let names = ["NT AUTHORITY\\SELF"] + trustees(store[person.id].senders, of: person).map(\.name)
        return try answer(
            names.map { name in
                [
                    "Identity": .string(RecipientDirectory.alias(person)), "Trustee": .string(name),
                    "AccessControlType": "Allow", "AccessRights": ["SendAs"], "IsInherited": false,
                ]
            }, call)
    }

    /// People by principal name, in hostile mode now and then by alias or with a domain; groups by name; what is gone by
    /// its security identifier.
    private func trustees(_ ids: [String], of mailbox: Person) -> [(name: String, isOdd: Bool)] {
        let state = recipients.directory.state
        return ids.map { id in
            if let group = state.groups[id] { return (group.displayName, false) }
            guard let number = state.number(ofID: id), state.isPresent(number) else {
                return ("S-1-5-21-1085031214-1563985344-725345543-\(UInt16(truncatingIfNeeded: id.hashValue))", false)
            }
            let person = state.person(number)
            guard let hostility = pager.hostility else { return (person.userPrincipalName, false) }
            var generator = SeededGenerator(hostility.seed, "trustee", mailbox.id, id)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: return (RecipientDirectory.alias(person), true)
            case 1: return ("SANDBOX\\\(RecipientDirectory.alias(person))", false)
            case 2: return (person.userPrincipalName, true)
            default: return (person.userPrincipalName, false)
            }
        }
    }

    private func set(_ call: CmdletCall, mailUser: Bool) throws(Reply) -> Reply {
        let person = try recipients.person(call.identity)
        guard (person.mailboxPurpose == nil) == mailUser else { throw ExchangeError.notFound(try call.identity) }
        let names = ["UserCertificate", "UserSMimeCertificate"]
        var changes: [String: ByteListParameter] = [:]
        for name in names {
            guard let value = call[name] else { continue }
            let parameter = try ByteListParameter(value, name: name)
            guard !store.switches.refused.contains(parameter.form) else { throw ByteListParameter.refusal(name) }
            changes[name] = parameter
        }
        guard person.onPremisesNumber == nil else {
            throw ExchangeError.outsideWriteScope(
                person.displayName, action: "\(call.name)', '\(changes.keys.sorted().joined(separator: ","))")
        }
        var warnings = changes.isEmpty ? ["The command completed successfully but no settings have been modified."] : []
        let ignored = store.switches.ignored
        store.change(person.id) { held in
            if let change = changes["UserCertificate"], !ignored.contains(change.form) {
                held.userCertificates = change.applied(to: held.userCertificates)
            }
            if let change = changes["UserSMimeCertificate"], !ignored.contains(change.form) {
                held.userSMIMECertificates = change.applied(to: held.userSMIMECertificates)
                warnings += held.userSMIMECertificates.compactMap {
                    SMIMECertificateCheck.complaint($0, userCertificates: held.userCertificates)
                }.map { "A value of UserSMimeCertificate \($0)." }
            }
        }
        return try answer([], call, warnings: warnings)
    }

    private func answer(_ rows: [JSONValue], _ call: CmdletCall, warnings: [String] = []) throws(Reply) -> Reply {
        try pager.answer(rows, call, most: store.switches.pageSize, warnings: warnings)
    }
}
