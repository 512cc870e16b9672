// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// The recipients that Exchange knows: people with a mailbox or a mail address, and groups.
struct RecipientDirectory: Sendable {
    let directory: TenantDirectory
    let store: MailboxStore

    /// A mailbox or mail user by object id, principal name or address.
    func person(_ identity: String) throws(Reply) -> Person {
        if let number = directory.presentNumber(identity) {
            let person = directory.state.person(number)
            if person.mailboxPurpose != nil || person.mail != nil { return person }
        }
        let wanted = identity.lowercased()
        let state = directory.state
        for number in state.numbers where state.isPresent(number) {
            let person = state.person(number)
            guard person.mailboxPurpose != nil || person.mail != nil else { continue }
            if Self.addresses(person).contains(where: { $0.lowercased() == "smtp:\(wanted)" })
                || person.mail?.lowercased() == wanted
            {
                return person
            }
        }
        throw ExchangeError.notFound(identity)
    }

    /// Everything of the name: people and groups, by object id, principal name, address, alias, display name or
    /// `DOMAIN\alias`.
    func recipients(named identity: String) -> [JSONValue] {
        let state = directory.state
        var wanted = identity.lowercased()
        if let slash = wanted.lastIndex(of: "\\") { wanted = String(wanted[wanted.index(after: slash)...]) }
        var found = state.groups.values.sorted { $0.id < $1.id }.filter { group in
            group.id == wanted || group.displayName.lowercased() == wanted || group.mail?.lowercased() == wanted
        }.map { Self.json($0) }
        for number in state.numbers where state.isPresent(number) {
            let person = state.person(number)
            let names = [
                person.id, person.userPrincipalName, person.mail ?? "", Self.alias(person), person.displayName,
            ]
            if names.contains(where: { $0.lowercased() == wanted }) { found.append(json(person, isMailbox: false)) }
        }
        return found
    }

    func mailboxes(_ kinds: Set<String>) -> [Person] {
        let state = directory.state
        return state.numbers.filter { state.isPresent($0) }.map { state.person($0) }.filter {
            kinds.contains(Self.kind($0))
        }
    }

    /// RecipientTypeDetails.
    static func kind(_ person: Person) -> String {
        switch person.mailboxPurpose {
        case "shared": "SharedMailbox"
        case "room": "RoomMailbox"
        case "equipment": "EquipmentMailbox"
        case nil: person.userType == "Guest" ? "GuestMailUser" : person.mail == nil ? "User" : "MailUser"
        default: "UserMailbox"
        }
    }

    static func alias(_ person: Person) -> String {
        String((person.mail ?? person.userPrincipalName).prefix { $0 != "@" })
    }

    private static func addresses(_ person: Person) -> [String] {
        person.proxyAddresses.filter { $0.contains(":") && !$0.lowercased().hasPrefix("spo:") }
    }

    /// - Parameter isMailbox: with what only Get-Mailbox and Get-MailUser print.
    func json(_ person: Person, isMailbox: Bool) -> JSONValue {
        var members: [String: JSONValue] = [
            "ExternalDirectoryObjectId": .string(person.id), "Name": .string(Self.alias(person)),
            "Alias": .string(Self.alias(person)), "DisplayName": .string(person.displayName),
            "PrimarySmtpAddress": JSONValue(person.mail), "EmailAddresses": JSONValue(Self.addresses(person)),
            "EmailAddresses@odata.type": "#Collection(String)",
            "RecipientTypeDetails": .string(Self.kind(person)), "IsDirSynced": .bool(person.onPremisesNumber != nil),
            "Guid@data.type": "System.Guid", "Guid": .string(person.id),
        ]
        guard isMailbox else { return .object(members) }
        let held = store[person.id]
        members["UserPrincipalName"] = .string(person.userPrincipalName)
        members["ExchangeGuid"] = .string(person.id)
        members["WhenCreatedUTC"] = "2024-01-05T10:11:12Z"
        members["WhenCreatedUTC@data.type"] = "System.DateTime"
        members["UserCertificate"] = Self.texts(held.userCertificates)
        members["UserSMimeCertificate"] = Self.texts(held.userSMIMECertificates)
        return .object(members)
    }

    private static func texts(_ values: [[UInt8]]) -> JSONValue {
        JSONValue(values.map { Data($0).base64EncodedString() })
    }

    private static func json(_ group: TenantGroup) -> JSONValue {
        [
            "ExternalDirectoryObjectId": .string(group.id), "Name": .string(group.displayName),
            "Alias": .string(group.displayName.filter { $0 != " " }), "DisplayName": .string(group.displayName),
            "PrimarySmtpAddress": JSONValue(group.mail), "EmailAddresses": JSONValue(group.proxyAddresses),
            "RecipientTypeDetails": "MailUniversalSecurityGroup", "IsDirSynced": false,
        ]
    }
}
