// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
public import Gateway
import Ledger
import Store

/// Finds what a word means that stands in a ticket or mail: a person, an order, a certificate, or what the configuration names.
/// Index look-ups only, however many certificates there are.
public struct SearchAdministration: Sendable {
    /// Of each kind at most.
    static let most = 10

    private let store: GatewayStore
    private let caller: Caller

    public init(_ store: GatewayStore, caller: Caller) { (self.store, self.caller) = (store, caller) }

    /// What stands for one thing alone: an id, a reference or its beginning, a serial number however it is written, a fingerprint, a CA's
    /// id, a principal name, an address. Where nothing has that, whatever begins so: names and addresses of people, and serial numbers.
    ///
    /// - Returns: nothing, the one thing, or what there is to choose from, of the kinds that the caller may read.
    /// - Throws: `StoreError`.
    public func find(_ word: String) async throws -> [FoundThing] {
        let word = word.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !word.isEmpty, word.count <= 400, !word.utf8.contains(0) else { return [] }
        var found = try await people(named: word) + orders(word) + certificates(word, isWhole: true) + configured(word)
        // Whose principal name it is stands before what has it, too.
        if found.isEmpty { found = try await people(called: word) + certificates(word, isWhole: false) }
        return found
    }

    private func may(_ kind: FoundThing.Kind) -> Bool { caller.may(kind.permission) }

    private func people(named word: String) async throws -> [FoundThing] {
        guard may(.person) else { return [] }
        var people = try await store.mirror.people(named: word).filter { !$0.userPrincipalName.isEmpty }
        let whole = people.filter {
            $0.id == word.lowercased() || $0.userPrincipalName.lowercased() == word.lowercased()
        }
        // An alias of somebody else is no second meaning of a principal name.
        if !whole.isEmpty { people = whole }
        var found = people.map(Self.thing)
        guard found.isEmpty, word.contains("@") else { return found }
        // Who was called so once.
        for known in try await store.ledger.subscribers(matching: word).prefix(Self.most) {
            let now = try await store.mirror.people(named: known.subscriberID).first { !$0.userPrincipalName.isEmpty }
            found.append(
                now.map(Self.thing)
                    ?? FoundThing(.person, known.userPrincipalName, key: known.subscriberID))
        }
        return found
    }

    private func people(called word: String) async throws -> [FoundThing] {
        guard may(.person) else { return [] }
        return try await store.mirror.people(called: word, limit: Self.most).people.map(Self.thing)
    }

    private static func thing(_ person: DirectoryPerson) -> FoundThing {
        let name = person.displayName.map { "\($0) <\(person.userPrincipalName)>" } ?? person.userPrincipalName
        return FoundThing(.person, name, key: person.userPrincipalName)
    }

    private func orders(_ word: String) async throws -> [FoundThing] {
        guard may(.order) else { return [] }
        return try await store.ledger.orders(identifiedBy: word, limit: Self.most).map { order in
            let title =
                "\(order.reference), \(order.template) of \(order.userPrincipalName): \(order.stage.rawValue)"
                + (order.isHeld ? " (held)" : "")
            return FoundThing(.order, title, key: order.reference)
        }
    }

    private func certificates(_ word: String, isWhole: Bool) async throws -> [FoundThing] {
        guard may(.certificate) else { return [] }
        return try await store.ledger.certificates(numbered: word, isWhole: isWhole, limit: Self.most).map { record in
            let title =
                "\(record.serialNumber), \(record.template) of \(record.userPrincipalName): \(record.status.rawValue), ends "
                + String(record.notAfter.ISO8601Format().prefix(10))
            return FoundThing(.certificate, title, key: "\(record.id)")
        }
    }

    private func configured(_ word: String) async throws -> [FoundThing] {
        // A configuration that cannot be read is no reason against a look at the rest.
        guard let configuration = try? await store.configuration() else { return [] }
        var found: [FoundThing] = []
        if may(.template), configuration.templates.contains(where: { $0.name == word }) {
            found.append(FoundThing(.template, "template \(word)", key: word))
        }
        if may(.backendCA), configuration.backendCAs.contains(where: { $0.name == word }) {
            found.append(FoundThing(.backendCA, "backend CA \(word)", key: word))
        }
        return found
    }
}
