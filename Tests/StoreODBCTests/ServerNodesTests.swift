// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import StoreODBC
import Synchronization
import TestSupport
import Testing
import ThrowAwayServers

/// Several programs on one database.
@Suite(.timeLimit(.minutes(10))) struct ServerNodesTests {
    /// Those that start at once make the schema once.
    @Test(arguments: ThrowAwayEngine.allCases) func manyMayStartAtOnce(_ engine: ThrowAwayEngine) async throws {
        let place = try await TestPlace(engine)
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let database = try await place.open(.init(readers: 1, writers: 1))
                    let applied = try await Migrator(OrderLedger.migrations).migrate(database)
                    await database.close()
                    return applied
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.count == Set(applied).count)
        #expect(applied.count > OrderLedger.migrations.count)
    }

    /// Where definitions commit by themselves, half of a step stays when a node dies in it; the next one goes on from there.
    @Test(arguments: ThrowAwayEngine.allCases)
    func aStepThatBrokeOffIsTakenUpAgain(_ engine: ThrowAwayEngine) async throws {
        let database = try await TestPlace(engine).open()
        let integer = database.dialect.integer
        let first = "CREATE TABLE half (id \(integer) NOT NULL PRIMARY KEY)"
        let broken = Migration("half-1") { _ in [first, "CREATE TABLE half ("] }
        let whole = Migration("half-1") { _ in [first, "ALTER TABLE half ADD n \(integer)"] }
        #expect(await code { try await Migrator([broken]).migrate(database) } != nil)
        #expect(try await Migrator([whole]).migrate(database).contains("half-1"))
        try await database.write { _ = try $0.execute("INSERT INTO half (id, n) VALUES (1, 2)") }
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func whatIsDoneAloneIsDoneByOne(_ engine: ThrowAwayEngine) async throws {
        let place = try await TestPlace(engine)
        let inside = Inside()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                let database = try await place.open(.init(readers: 1, writers: 1))
                group.addTask {
                    for _ in 0..<3 {
                        try await database.alone("test") {
                            inside.enter()
                            try await Task.sleep(for: .milliseconds(5))
                            inside.leave()
                        }
                    }
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(inside.most == 1)
        #expect(inside.entries == 12)
    }

    /// Four nodes share the orders out among themselves: each has one owner.
    @Test(arguments: ThrowAwayEngine.allCases) func eachOrderIsClaimedOnce(_ engine: ThrowAwayEngine) async throws {
        let place = try await TestPlace(engine)
        let count = TestSize.choose(100, full: 1000)
        let first = try await place.open()
        try await Migrator(OrderLedger.migrations).migrate(first)
        let ledger = OrderLedger(database: first)
        for number in 0..<count {
            _ = try await ledger.plan(
                NewOrder(
                    template: "smime", backendCA: "ca", product: "p", subscriberID: "user-\(number)",
                    userPrincipalName: "user-\(number)@example.test",
                    names: ["emails": ["user-\(number)@example.test"]],
                    request: ["keyType": "rsa2048"]))
        }
        let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for node in 0..<4 {
                let database = try await place.open(.init(readers: 1, writers: 2))
                group.addTask {
                    let ledger = OrderLedger(database: database)
                    var mine: [Int64] = []
                    while case let claims = try await ledger.claim(
                        limit: 7, owner: "node-\(node)", leaseFor: .seconds(600)), !claims.isEmpty
                    { mine += claims.map(\.orderID) }
                    await database.close()
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // Rows that another node has locked for a moment are passed over, and may be left over.
        var rest: [Int64] = []
        while case let claims = try await ledger.claim(limit: 100, owner: "last", leaseFor: .seconds(600)),
            !claims.isEmpty
        {
            rest += claims.map(\.orderID)
        }
        #expect(claimed.count == Set(claimed).count)
        #expect(claimed.count + rest.count == count && Set(claimed + rest).count == count)
    }
}

/// How many are inside at once.
private final class Inside: Sendable {
    private let state = Mutex((now: 0, most: 0, entries: 0))

    func enter() {
        state.withLock { state in
            state.now += 1
            state.entries += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() { state.withLock { $0.now -= 1 } }

    var most: Int { state.withLock(\.most) }
    var entries: Int { state.withLock(\.entries) }
}
