// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
public import Gateway
public import JSONDocuments
import KeyHoldings
import Ledger
import Records
import Settings

/// Shared mailboxes: who may open them, and who has their keys.
public struct MailboxAdministration: Sendable {
    /// A mailbox with the people who may open it and the keys that are with them.
    public struct Card: Sendable {
        /// Somebody who may open the mailbox or write in its name.
        public struct Member: Sendable {
            public let id: String
            public let userPrincipalName: String
            /// `fullAccess`, `sendAs`.
            public let rights: [String]
            /// By which groups; empty for a right of the person's own.
            public let via: String
            public let since: Date

            var json: JSONValue {
                [
                    "id": .string(id), "userPrincipalName": .string(userPrincipalName), "rights": JSONValue(rights),
                    "via": .string(via), "since": .string(since.ISO8601Format()),
                ]
            }
        }

        public let id: String
        public let address: String
        public let name: String
        public let isPresent: Bool
        public let readAt: Date?
        public let problem: String?
        public let people: [Member]
        public let keys: [KeyHolding]

        /// As programs see it.
        public var json: JSONValue {
            [
                "id": .string(id), "address": .string(address), "displayName": .string(name),
                "present": .bool(isPresent), "readAt": JSONValue(readAt?.ISO8601Format()),
                "problem": JSONValue(problem), "people": .array(people.map(\.json)),
                "keys": .array(keys.map { $0.json(mailbox: address) }),
            ]
        }
    }

    private let store: GatewayStore
    private let caller: Caller

    public init(_ store: GatewayStore, caller: Caller) { (self.store, self.caller) = (store, caller) }

    private var entrance: Entrance { Entrance(caller, store.ledger.audit) }

    /// Every shared mailbox that Exchange lists, as it was last read; empty before a template is for mailboxes.
    ///
    /// - Throws: `AccessDenied`, `StoreError`.
    public func list() async throws -> [Card] {
        try await entrance.require(.readPeople)
        var cards: [Card] = []
        for mailbox in try await store.mirror.mailboxes() where mailbox.isPresent {
            cards.append(try await card(mailbox))
        }
        return cards
    }

    /// - Parameter word: address or object id.
    /// - Throws: `SettingsError` for one that there is not.
    public func mailbox(_ word: String) async throws -> Card {
        try await entrance.require(.readPeople)
        return try await card(try await find(word))
    }

    /// Says that nobody may open a mailbox any more, whose list of people came back empty: its keys are taken back, and its key is
    /// changed where the template says so.
    ///
    /// - Parameter isDryRun: whether to tell only whom it means.
    public func release(_ word: String, because cause: String, isDryRun: Bool) async throws -> Card {
        let wish = Entrance.Wish(.releaseMailbox, AuditObject(.mailbox, word), because: cause)
        return try await entrance.pass(.grantException, to: wish, isDryRun ? .byTheUseCase : .all) {
            let mailbox = try await find(word)
            let before = try await card(mailbox)
            if isDryRun { return before }
            guard try await store.mirror.release(mailbox: mailbox.id, at: store.clock.now()) else {
                throw Obstacle("nobody may open \(mailbox.address) already", instead: "the next pass goes by it")
            }
            try await store.ledger.audit.record(
                AuditEntry(
                    .releaseMailbox, AuditObject(.mailbox, mailbox.address), by: AuditActor(named: caller.name),
                    before: ["people": JSONValue(before.people.map(\.userPrincipalName))], after: ["people": []],
                    reason: cause))
            return try await card(try await find(word))
        }
    }

    private func find(_ word: String) async throws -> SharedMailbox {
        guard let mailbox = try await store.mirror.mailbox(word) else {
            throw SettingsError(
                "there is no shared mailbox \(word): 'certway mailbox list' shows those that Exchange lists",
                at: .commandLine)
        }
        return mailbox
    }

    private func card(_ mailbox: SharedMailbox) async throws -> Card {
        let people = try await store.mirror.people(ofMailbox: mailbox.id).filter(\.isPresent)
        let known = try await store.mirror.peopleAsMembers(ids: people.map(\.personID))
        let names = Dictionary(
            known.map { ($0.person.id, $0.person.userPrincipalName) }, uniquingKeysWith: { first, _ in first })
        let members = people.map { person in
            Card.Member(
                id: person.personID, userPrincipalName: names[person.personID] ?? person.personID,
                rights: (person.rights.contains(.fullAccess) ? ["fullAccess"] : [])
                    + (person.rights.contains(.sendAs) ? ["sendAs"] : []),
                via: person.via, since: person.since)
        }
        let isUnopened = try await store.mirror.peopleAsMembers(ids: [mailbox.id]).first?.isUnopened(
            includesGuests: true)
        let lack = isUnopened ?? false ? EnrollmentMember.unopened : nil
        let keys = try await KeyHoldingStore(store.ledger).holdings(ofOwner: mailbox.id).filter {
            $0.isWanted || $0.actual != .absent
        }
        return Card(
            id: mailbox.id, address: mailbox.address, name: mailbox.name, isPresent: mailbox.isPresent,
            readAt: mailbox.readAt, problem: mailbox.problem ?? lack,
            people: members.sorted { $0.userPrincipalName < $1.userPrincipalName }, keys: keys)
    }
}
