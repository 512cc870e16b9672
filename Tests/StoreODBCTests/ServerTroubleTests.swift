// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import StoreODBC
import Synchronization
import TestSupport
import Testing
import ThrowAwayServers

/// What happens to a write when something happens to its connection.
@Suite(.timeLimit(.minutes(10))) struct ServerTroubleTests {
    private func prepare(_ database: ODBCDatabase, rows: Int = 2) async throws {
        let dialect = database.dialect
        try await database.write { connection in
            _ = try connection.execute(
                "CREATE TABLE items (id \(dialect.integer) NOT NULL PRIMARY KEY, n \(dialect.integer) NOT NULL)")
        }
        try await database.write { connection in
            for id in 0..<rows { try connection.execute("INSERT INTO items (id, n) VALUES (?, 0)", [SQLValue(id)]) }
        }
    }

    private func numbers(_ database: ODBCDatabase) async throws -> [Int] {
        try await database.read { try $0.query("SELECT n FROM items ORDER BY id") { try $0[0] } }
    }

    /// Each of the two has a row that the other one wants. One is undone whole, also what it did before; it runs again.
    @Test(arguments: ThrowAwayEngine.allCases) func aDeadlockLosesNothing(_ engine: ThrowAwayEngine) async throws {
        let database = try await TestPlace(engine).openMigrated()
        try await prepare(database)
        let runs = Counter()
        let bothHaveOne = Barrier(2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (mine, other) in [(0, 1), (1, 0)] {
                group.addTask {
                    try await database.write { connection in
                        let run = runs.next()
                        try connection.execute("INSERT INTO items (id, n) VALUES (?, 0)", [SQLValue(10 + mine)])
                        try connection.execute("UPDATE items SET n = n + 1 WHERE id = ?", [SQLValue(mine)])
                        if run <= 2 { bothHaveOne.wait() }
                        try connection.execute("UPDATE items SET n = n + 1 WHERE id = ?", [SQLValue(other)])
                        _ = try connection.execute("UPDATE items SET n = n + 1 WHERE id = ?", [SQLValue(10 + mine)])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await numbers(database) == [2, 2, 1, 1])
        #expect(runs.count == 3)
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func aRowThatIsHeldTooLongIsBusy(_ engine: ThrowAwayEngine) async throws {
        let database = try await TestPlace(engine).openMigrated(.init(lockTimeout: .seconds(1)))
        try await prepare(database)
        let (isHeld, mayGo) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let holder: Void = database.write { connection in
            try connection.execute("UPDATE items SET n = 5 WHERE id = 0")
            isHeld.signal()
            mayGo.wait()
        }
        try await blocking { isHeld.wait() }
        let refused = await code {
            try await database.write { connection in
                try connection.execute("UPDATE items SET n = 7 WHERE id = 1")
                _ = try connection.execute("UPDATE items SET n = 7 WHERE id = 0")
            }
        }
        mayGo.signal()
        try await holder
        #expect(refused == .busy)
        #expect(try await numbers(database) == [5, 0])
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func whoWaitsForAConnectionIsToldInTime(_ engine: ThrowAwayEngine) async throws {
        let database = try await TestPlace(engine).openMigrated(.init(writers: 1, waitTimeout: .seconds(1)))
        try await prepare(database)
        let (isHeld, mayGo) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let holder: Void = database.write { _ in
            isHeld.signal()
            mayGo.wait()
        }
        try await blocking { isHeld.wait() }
        #expect(await code { try await database.write { _ = try $0.execute("DELETE FROM items") } } == .busy)
        mayGo.signal()
        try await holder
        #expect(try await numbers(database) == [0, 0])
    }

    /// Sessions that the server has ended in the meantime, and one that it ends in the middle of the work.
    @Test(arguments: ThrowAwayEngine.allCases)
    func aConnectionThatIsGoneIsReplaced(_ engine: ThrowAwayEngine) async throws {
        let place = try await TestPlace(engine)
        let database = try await place.openMigrated(.init(readers: 1, writers: 1))
        try await prepare(database)
        try await place.endSessions()
        try await database.write { _ = try $0.execute("UPDATE items SET n = 1 WHERE id = 0") }
        try await place.endSessions()
        #expect(try await numbers(database) == [1, 0])

        let runs = Counter()
        let (isHalf, mayGo) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let work: Void = database.write { connection in
            try connection.execute("UPDATE items SET n = n + 1 WHERE id = 0")
            if runs.next() == 1 {
                isHalf.signal()
                mayGo.wait()
            }
            _ = try connection.execute("UPDATE items SET n = n + 1 WHERE id = 1")
        }
        try await blocking { isHalf.wait() }
        try await place.endSessions()
        mayGo.signal()
        try await work
        #expect(try await numbers(database) == [2, 1])
        #expect(runs.count == 2)
    }

    /// The confirmation is lost, the work is not: it must not be done twice.
    @Test(arguments: ThrowAwayEngine.allCases, [CuttingProxy.Cut.before, .after])
    func aLostCommitIsLookedUp(_ engine: ThrowAwayEngine, _ cut: CuttingProxy.Cut) async throws {
        let place = try await TestPlace(engine)
        let proxy = try CuttingProxy(to: place.server.port)
        let database = try await place.plain.through(port: proxy.port).openMigrated(.init(readers: 1, writers: 1))
        try await prepare(database)
        // Now the connection is there, and the next COMMIT that passes is that of the write below.
        let runs = Counter()
        proxy.arm(cut)
        try await database.write { connection in
            _ = runs.next()
            _ = try connection.execute("UPDATE items SET n = n + 1 WHERE id = 0")
        }
        #expect(proxy.cuts == 1)
        #expect(try await numbers(database) == [1, 0])
        #expect(runs.count == (cut == .before ? 2 : 1))
    }

    /// What a transaction has written itself tells as well as a receipt.
    @Test(arguments: ThrowAwayEngine.allCases, [CuttingProxy.Cut.before, .after])
    func aCommitWithAProofNeedsNoReceipt(_ engine: ThrowAwayEngine, _ cut: CuttingProxy.Cut) async throws {
        let place = try await TestPlace(engine)
        let proxy = try CuttingProxy(to: place.server.port)
        let database = try await place.plain.through(port: proxy.port).openMigrated(.init(readers: 1, writers: 1))
        try await prepare(database)
        func receipts() async throws -> Int {
            try await database.read { try $0.value("SELECT COUNT(*) FROM write_receipts") ?? 0 }
        }
        let before = try await receipts()
        let runs = Counter()
        proxy.arm(cut)
        try await database.write { connection in
            _ = runs.next()
            try connection.execute("UPDATE items SET n = n + 1 WHERE id = 0")
            connection.isProved(
                by: CommitProof(
                    waiting: .init("SELECT n FROM items WHERE id = ? FOR UPDATE", [SQLValue(0)]),
                    question: .init("SELECT n FROM items WHERE id = ?", [SQLValue(0)])))
        }
        #expect(proxy.cuts == 1)
        #expect(try await numbers(database) == [1, 0])
        #expect(runs.count == (cut == .before ? 2 : 1))
        #expect(try await receipts() == before)
    }

    /// Without a table for receipts, and with a server that does not come back: nobody knows, and that is said.
    @Test(arguments: ThrowAwayEngine.allCases)
    func whatCannotBeLookedUpIsUnknown(_ engine: ThrowAwayEngine) async throws {
        let place = try await TestPlace(engine)
        let proxy = try CuttingProxy(to: place.server.port)
        let database = try await place.plain.through(port: proxy.port).open(.init(writers: 1))
        try await prepare(database)
        proxy.arm(.after)
        let unknown = await code {
            try await database.write { _ = try $0.execute("UPDATE items SET n = 1 WHERE id = 0") }
        }
        #expect(unknown == .unknownOutcome)
        #expect(proxy.cuts == 1)
    }

    /// A plan that was prepared before another node changed the schema.
    @Test(arguments: ThrowAwayEngine.allCases)
    func aStatementIsPreparedAnewWhenTheSchemaHasChanged(_ engine: ThrowAwayEngine) async throws {
        let place = try await TestPlace(engine)
        let database = try await place.openMigrated(.init(readers: 1, writers: 1))
        try await prepare(database)
        let other = try await place.open(.init(readers: 1, writers: 1))
        for columns in 2..<5 {
            let found = try await database.read { try $0.query("SELECT * FROM items WHERE id = 0")[0] }
            #expect(found.values.count == columns)
            #expect(try found["n"] as Int == 0)
            try await other.write { connection in
                _ = try connection.execute(
                    "ALTER TABLE items ADD COLUMN added_\(columns) \(connection.dialect.integer)")
            }
        }
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func whatTheServerHasNoRoomForIsRefused(_ engine: ThrowAwayEngine) async throws {
        let database = try await TestPlace(engine).openMigrated(.init(writers: 1))
        let dialect = database.dialect
        try await database.write { connection in
            _ = try connection.execute(
                "CREATE TABLE blobs (id \(dialect.integer) NOT NULL PRIMARY KEY, bytes \(dialect.blob) NOT NULL)")
        }
        let bytes = [UInt8](repeating: 7, count: 17 << 20)
        let refused = await code {
            try await database.write { connection in
                _ = try connection.execute("INSERT INTO blobs (id, bytes) VALUES (1, ?)", [.blob(bytes)])
            }
        }
        // MariaDB's max_allowed_packet is 16 MiB, PostgreSQL's limit is 1 GiB.
        #expect(refused == (engine == .mariadb ? .tooLong : nil))
        try await database.write { connection in
            _ = try connection.execute("INSERT INTO blobs (id, bytes) VALUES (2, ?)", [.blob([1])])
        }
        let found: [[UInt8]] = try await database.read { connection in
            try connection.query("SELECT bytes FROM blobs ORDER BY id") { try $0[0] }
        }
        #expect(found == (engine == .mariadb ? [[1]] : [bytes, [1]]))
    }
}

extension TestPlace {
    /// Ends all sessions of this database on the server.
    func endSessions() async throws {
        switch server.engine {
        case .mariadb:
            let ids = try await server.sql(
                "SELECT id FROM information_schema.processlist WHERE db = '\(address.database)'")
            for id in ids.split(separator: "\n") { _ = try? await server.sql("KILL \(id)") }
        case .postgresql:
            try await server.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(address.database)'")
        }
    }
}

/// Threads that go on together.
private final class Barrier: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let left: Mutex<Int>
    private let count: Int

    init(_ count: Int) {
        self.count = count
        left = Mutex(count)
    }

    func wait() {
        let isLast = left.withLock { left in
            left -= 1
            return left == 0
        }
        if isLast {
            for _ in 1..<count { semaphore.signal() }
        } else {
            semaphore.wait()
        }
    }
}

/// Counts how often a body runs.
private final class Counter: Sendable {
    private let number = Mutex(0)

    var count: Int { number.withLock { $0 } }

    func next() -> Int {
        number.withLock { number in
            number += 1
            return number
        }
    }
}
