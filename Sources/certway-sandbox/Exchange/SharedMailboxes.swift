// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The shared mailboxes that a tenant begins with (`--mailboxes N`): accounts that nobody signs in to.
enum SharedMailboxes {
    private static let names = [
        ("support", "Support"), ("accounting", "Accounting"), ("sales", "Sales"), ("info", "Information"),
        ("applications", "Applications"),
    ]

    /// The first is opened by three people, the second by two, the third by a group of two; then it begins again.
    static func make(_ count: Int, seed: UInt64, directory: TenantDirectory, store: MailboxStore) {
        let people = directory.state.numbers
        for number in 0..<count {
            let (local, name) = names[number % names.count]
            let round = number / names.count
            let address = "\(local)\(round == 0 ? "" : String(round + 1))"
            var generator = SeededGenerator(seed, "mailbox", address)
            let id = add(
                "\(address)@\(PersonGenerator.domain)", name: round == 0 ? name : "\(name) \(round + 1)",
                id: generator.guid(), directory: directory)
            guard !people.isEmpty else { continue }
            let state = directory.state
            func person(_ offset: Int) -> String { state.person((number * 3 + offset) % people.count).id }
            switch number % 3 {
            case 0: store.change(id) { $0.delegates = unique([person(0), person(1), person(2)]) }
            case 1: store.change(id) { $0.delegates = unique([person(0), person(1)]) }
            default:
                let members: [GroupMember] = unique([person(0), person(1)]).compactMap { id in
                    state.number(ofID: id).map { GroupMember.person($0) }
                }
                let group = TenantGroup(
                    id: generator.guid(), displayName: "\(name) team \(round + 1)", members: members)
                directory.change { $0.put(group) }
                store.change(id) { $0.delegates = [group.id] }
            }
            store.change(id) { $0.senders = Array($0.delegates.prefix(1)) }
        }
    }

    /// - Returns: the object id.
    static func add(_ address: String, name: String, id: String, directory: TenantDirectory) -> String {
        var person = Person(
            id: id, userPrincipalName: address, displayName: name, mail: address,
            proxyAddresses: [
                "SMTP:\(address)", "smtp:\(address.prefix { $0 != "@" })@\(PersonGenerator.initialDomain)",
            ])
        person.isEnabled = false
        person.mailboxPurpose = "shared"
        let added = person
        directory.change { _ = $0.add(added) }
        return id
    }

    private static func unique(_ ids: [String]) -> [String] {
        ids.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
