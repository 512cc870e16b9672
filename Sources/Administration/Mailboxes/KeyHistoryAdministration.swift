// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import Fulfilment
public import Gateway
public import JSONDocuments
public import KeyHoldings
import Ledger
import Records
public import Settings

/// Which keys people are to have on their devices, and whether they do.
public struct KeyHistoryAdministration: Sendable {
    /// Keys of one person, the one that began last first.
    public struct History: Sendable {
        public let id: String
        public let userPrincipalName: String
        public let keys: [KeyHolding]
        /// Addresses of shared mailboxes, by object id.
        public let mailboxes: [String: String]
        /// How keys come out of the archive here, for advice.
        public let recovery: RecoveryConfiguration
        /// Whether a template here keeps keys on devices.
        public let isKept: Bool

        /// Why there are no keys, and what would change that.
        public var nothing: Obstacle {
            isKept
                ? Obstacle(
                    "none of the keys of \(userPrincipalName) is to be on devices",
                    instead:
                        "what is compromised, was withdrawn or is older than keyHistory is taken from them; 'certway why' says what "
                        + "the person is to have")
                : Obstacle(
                    "no template here keeps keys on devices",
                    instead:
                        "keys are kept by keyHistory in the template, those of mailboxes by for: mailboxes; without, 'certway "
                        + "certificate withdraw' with --order-again orders another certificate, with another key")
        }

        /// What is to be on devices and is not, or not for the connectors of today.
        public var gaps: [KeyHolding] { keys.filter { $0.isWanted && $0.state != .delivered } }

        /// Those that cannot be delivered again, because no copy of them is at hand.
        public var withoutCopy: [KeyHolding] { keys.filter { $0.isWanted && $0.copy != .kept } }

        public var json: JSONValue {
            [
                "id": .string(id), "userPrincipalName": .string(userPrincipalName),
                "keys": .array(keys.map { $0.json(mailbox: mailboxes[$0.ownerID], recovery) }),
                "gaps": JSONValue(gaps.count), "withoutCopy": JSONValue(withoutCopy.count),
            ]
        }
    }

    private let store: GatewayStore
    private let caller: Caller

    public init(_ store: GatewayStore, caller: Caller) { (self.store, self.caller) = (store, caller) }

    private var holdings: KeyHoldingStore { KeyHoldingStore(store.ledger) }
    private var entrance: Entrance { Entrance(caller, store.ledger.audit) }

    /// Which keys a person is to have, and has, and why.
    ///
    /// - Parameter word: as `PersonAdministration.person`.
    /// - Throws: `SettingsError` when it means nobody, or several; `AccessDenied`, `StoreError`.
    public func history(_ word: String) async throws -> History {
        try await entrance.require(.readPeople)
        return try await history(of: try await PersonAdministration(store).person(word))
    }

    /// The caller's own.
    public func own() async throws -> History {
        try await entrance.require(.readOwn)
        guard let id = caller.objectID?.lowercased() else {
            return History(
                id: "", userPrincipalName: caller.name, keys: [], mailboxes: [:], recovery: RecoveryConfiguration(),
                isKept: false)
        }
        return try await history(id, caller.name)
    }

    func history(of person: DirectoryPerson) async throws -> History {
        try await history(person.id, person.userPrincipalName)
    }

    private func history(_ id: String, _ name: String) async throws -> History {
        let keys = try await holdings.holdings(ofPerson: id).filter { $0.isWanted || $0.actual != .absent }
        return try await history(id, name, keys)
    }

    /// Who is to have the key of a certificate.
    public func holders(ofCertificate id: Int64) async throws -> History {
        try await entrance.require(.readCertificates)
        let keys = try await holdings.holdings(ofCertificate: id)
        return try await history("", "", keys)
    }

    private func history(_ id: String, _ name: String, _ keys: [KeyHolding]) async throws -> History {
        let configuration = try await store.configuration()
        return History(
            id: id, userPrincipalName: name, keys: keys, mailboxes: try await addresses(),
            recovery: configuration.recovery,
            isKept: configuration.templates.contains(where: \.keepsKeys))
    }

    private func addresses() async throws -> [String: String] {
        Dictionary(
            try await store.mirror.mailboxes().map { ($0.id, $0.address) }, uniquingKeysWith: { first, _ in first })
    }

    /// Has all keys that a person is to have delivered again of which a copy is at hand, whatever is known of them: for a new device, or
    /// where somebody has deleted records. The others stay as they are (`History.withoutCopy`). Nothing is bought by it.
    ///
    /// - Parameters:
    ///   - certificates: only the keys of these, by number; nil for all.
    ///   - isDryRun: whether to tell only which they are.
    /// - Returns: the keys as they are then.
    public func redeliver(
        _ word: String, only certificates: Set<Int64>? = nil, isDryRun: Bool
    ) async throws -> History {
        let wish = Entrance.Wish(.redeliverKeys, AuditObject(.key, word), person: word)
        return try await entrance.pass(.redeliver, to: wish, isDryRun ? .byTheUseCase : .all) {
            let person = try await PersonAdministration(store).person(word)
            let found = try await history(of: person)
            let wanted = found.keys.filter { $0.isWanted && certificates?.contains($0.certificateID) ?? true }
            guard !wanted.isEmpty else {
                throw found.nothing
            }
            let sent = wanted.filter { $0.copy == .kept }
            if isDryRun || sent.isEmpty {
                return History(
                    id: person.id, userPrincipalName: person.userPrincipalName, keys: wanted,
                    mailboxes: found.mailboxes, recovery: found.recovery, isKept: found.isKept)
            }
            _ = try await holdings.redeliver(person: person.id, certificates: certificates)
            try await store.ledger.audit.record(
                AuditEntry(
                    .redeliverKeys, AuditObject(.key, person.userPrincipalName), by: AuditActor(named: caller.name),
                    person: person.userPrincipalName, after: ["keys": JSONValue(sent.map(\.serialNumber))]))
            let now = try await history(of: person)
            let meant = Set(wanted.map(\.certificateID))
            return History(
                id: now.id, userPrincipalName: now.userPrincipalName,
                keys: now.keys.filter { meant.contains($0.certificateID) }, mailboxes: now.mailboxes,
                recovery: now.recovery, isKept: now.isKept)
        }
    }
}

extension KeyHolding {
    /// As programs see it.
    ///
    /// - Parameters:
    ///   - mailbox: the address of the mailbox whose key it is; nil for the person's own.
    ///   - recovery: how keys come out of the archive here, for advice; nil for none.
    public func json(mailbox: String?, _ recovery: RecoveryConfiguration? = nil) -> JSONValue {
        [
            "serialNumber": .string(serialNumber), "template": .string(template), "stage": .string(stage),
            "userPrincipalName": .string(userPrincipalName), "personID": .string(personID),
            "mailbox": isOwn ? .null : .string(mailbox ?? ownerID), "wanted": .bool(isWanted),
            "state": .string(state.rawValue), "notBefore": .string(notBefore.ISO8601Format()),
            "notAfter": .string(notAfter.ISO8601Format()), "since": .string(since.ISO8601Format()),
            "deliveredAt": JSONValue(deliveredAt?.ISO8601Format()),
            "nextActionAt": JSONValue(nextActionAt?.ISO8601Format()), "problem": JSONValue(problem(recovery)),
            "remark": JSONValue(remark),
        ]
    }

    /// Why it is not as it should be, and what a person can do about it.
    public func problem(_ recovery: RecoveryConfiguration?) -> String? {
        guard let problem else { return nil }
        return recovery.flatMap(advice).map { "\(problem); \($0)" } ?? problem
    }
}
