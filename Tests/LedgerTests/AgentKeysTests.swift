// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Records
import Store
import Testing

/// Which keys archived records are encrypted to stays beside them.
@Suite struct AgentKeysTests {
    private func issued(_ temporary: TemporaryLedger, keys: AgentKeys) async throws -> Order {
        let claim = try await temporary.claimed("ada")
        return try await temporary.ledger.record(
            claim,
            OrderChange("issued", "here").stage(.issued).certificate(.sample(1)).archivedKey(
                cms: [9], recipients: ["office"], keys: keys))
    }

    @Test func keysStandBesideTheRecordAndInTheList() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let order = try await issued(temporary, keys: AgentKeys(["name": "old"]))
        #expect(try await ledger.archivedKey(orderID: order.id)?.keys["name"] == "old")
        #expect(try await ledger.agentKeys(of: "name") == ["old"])
        #expect(try await ledger.agentKeys(of: "other").isEmpty)
        let entry: @Sendable (Int) -> AuditEntry = { _ in
            AuditEntry(.rewrapKeys, AuditObject(.key, "archive"), by: AuditActor(named: "eve"))
        }
        // Only what was replaced is for the new ones.
        let none = try await ledger.replaceArchive(
            [(order.id, [8], [7])], recipients: ["next"], keys: AgentKeys(["next": "n"]), entry: entry)
        #expect(none == 0)
        #expect(try await ledger.agentKeys(of: "next").isEmpty)
        let one = try await ledger.replaceArchive(
            [(order.id, [9], [7])], recipients: ["next"], keys: AgentKeys(["name": "new", "next": "n"]), entry: entry)
        #expect(one == 1)
        #expect(try await ledger.archive(most: 10).map(\.keys) == [AgentKeys(["name": "new", "next": "n"])])
        // A key that was once meant is never forgotten.
        #expect(try await ledger.agentKeys(of: "name") == ["old", "new"])
    }

    /// Of a record that an older program has made it is not known who opens it.
    @Test func whatOpensForNobodyIsCounted() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        for (number, keys) in [["a": "1"], ["a": "1", "b": "2"], ["b": "2"], [:]].enumerated() {
            let claim = try await temporary.claimed("person\(number)")
            _ = try await ledger.record(
                claim,
                OrderChange("issued", "here").stage(.issued).certificate(.sample(number)).archivedKey(
                    cms: [9], recipients: ["office"], keys: AgentKeys(keys)))
        }
        #expect(try await ledger.archivedKeys(openedByNoneOf: ["1", "2"]) == 0)
        #expect(try await ledger.archivedKeys(openedByNoneOf: ["2", "9"]) == 1)
        #expect(try await ledger.archivedKeys(openedByNoneOf: []) == 3)
    }

    @Test func whatHasOpenedIsKnown() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let order = try await issued(temporary, keys: AgentKeys())
        let entries = try await ledger.archive(of: [order.id])
        #expect(entries.map(\.keys) == [AgentKeys()])
        // One that was replaced since it was opened is left alone.
        _ = try await ledger.replaceArchive([(order.id, [9], [7])], recipients: ["office"], keys: AgentKeys()) { _ in
            AuditEntry(.rewrapKeys, AuditObject(.key, "archive"), by: AuditActor(named: "eve"))
        }
        try await ledger.noteOpened(entries, with: AgentKeys(["name": "key"]))
        #expect(try await ledger.archivedKey(orderID: order.id)?.keys == AgentKeys())
        try await ledger.noteOpened(try await ledger.archive(of: [order.id]), with: AgentKeys(["name": "key"]))
        #expect(try await ledger.archivedKey(orderID: order.id)?.keys == AgentKeys(["name": "key"]))
        #expect(try await ledger.agentKeys(of: "name") == ["key"])
    }

    /// On every engine, by every key.
    @Test func theArchiveIsListed() async throws {
        let temporary = try await TemporaryLedger()
        for key in OrderLedger.keySorting.keys {
            for isDescending in [true, false] {
                let request = ListRequest(sort: ListSort(key, isDescending: isDescending))
                #expect(try await temporary.ledger.keptKeys(request).items.isEmpty)
            }
        }
    }
}
