// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import StoreSQLite
import TestSupport
import Testing

@Suite struct MigrationTests {
    @Test func freshDatabaseGetsAllStepsAndASecondTimeNone() async throws {
        let database = try await TestDatabase(nil)
        let migrator = Migrator(OrderLedger.migrations)
        #expect(try await migrator.migrate(database).count == OrderLedger.migrations.count + 2)
        #expect(try await migrator.migrate(database) == [])
        try await database.judge()
    }

    @Test func roomsAddStepsLater() async throws {
        let temporary = try await TemporaryLedger()
        let added = Migration("people-1") { ["CREATE TABLE people (id \($0.integer) NOT NULL PRIMARY KEY)"] }
        #expect(try await Migrator([added] + OrderLedger.migrations).migrate(temporary.database) == ["people-1"])
    }

    @Test func databaseOfANewerProgramIsRefused() async throws {
        let temporary = try await TemporaryLedger()
        try await temporary.database.write { connection in
            try connection.execute("INSERT INTO migrations (name, applied_at) VALUES ('ledger-99', 0)")
        }
        let error = await #expect(throws: StoreError.self) {
            try await Migrator(OrderLedger.migrations).migrate(temporary.database)
        }
        #expect(error?.code == .newerSchema)
        #expect(error?.message.contains("ledger-99") == true)
    }

    @Test func aFailingStepLeavesNothing() async throws {
        let database = try await TestDatabase(nil)
        let bad = Migration("bad-1") { dialect in
            ["CREATE TABLE half (id \(dialect.integer))", "CREATE TABLE half (id \(dialect.integer))"]
        }
        let error = await #expect(throws: StoreError.self) { try await Migrator([bad]).migrate(database) }
        #expect(error?.code == .exists)
        let isThere = await (try? database.read { try $0.query("SELECT id FROM half").isEmpty }) ?? false
        // Where definitions commit by themselves, the next start goes on behind them.
        #expect(isThere == database.dialect.commitsDefinitions)
    }

    /// Where definitions commit by themselves, a start that dies between any two commits is gone on with by the next one.
    @Test(
        .onlySQLite("it compares the schema that the file names; ServerNodesTests breaks off on servers"),
        arguments: [false, true])
    func aStartThatBreaksOffAnywhereIsGoneOnWith(losesRecords: Bool) async throws {
        let folder = try TemporaryFolder()
        var dialect = SQLDialect.sqlite
        dialect.commitsDefinitions = true
        func schema(_ database: any SQLDatabase) async throws -> [String] {
            try await database.read { connection in
                try connection.query("SELECT type, name, sql FROM sqlite_master ORDER BY type, name") { row in
                    "\(try row[0] as String) \(try row[1] as String) \(try row[2] as String? ?? "")"
                }.filter { !$0.contains("unfinished_migrations") }
            }
        }
        let whole = try SQLiteDatabase(path: folder.path + "/whole.db")
        let names = try await Migrator(OrderLedger.migrations).migrate(whole)
        let expected = try await schema(whole)
        // Each start replays all that was there before, so that the whole of it takes minutes.
        let step = TestSize.choose(7, full: 1)
        var point = Int(TestSeed.choose("where a start breaks off", in: 1...UInt64(step)))
        while true {
            let file = try SQLiteDatabase(path: folder.path + "/\(point).db")
            let database = WatchedDatabase(file, dialect: dialect)
            database.breakOff(after: point, losesRecords: losesRecords)
            do {
                try await Migrator(OrderLedger.migrations).migrate(database)
                break
            } catch is StoreError {}
            database.breakOff(after: nil)
            let rest = try await Migrator(OrderLedger.migrations).migrate(database)
            #expect(rest == names.suffix(rest.count))
            #expect(try await schema(file) == expected)
            let counters = try await file.read { try $0.query("SELECT name FROM id_sequences") { try $0[0] as String } }
            #expect(Set(counters).count == counters.count && counters.contains("orders"))
            let (ledger, order) = (OrderLedger(database: file), NewOrder.sample("ada"))
            #expect(try await ledger.plan(order).id == 1)
            point += step
        }
        #expect(point > names.count)
    }

    /// One that exists already and was not made by the step that broke off is somebody else's.
    @Test(.onlySQLite("a dialect of another kind on its file")) func whatIsThereAlreadyIsNoMigration() async throws {
        let folder = try TemporaryFolder()
        let file = try SQLiteDatabase(path: folder.path + "/certway.db")
        var dialect = SQLDialect.sqlite
        dialect.commitsDefinitions = true
        let database = WatchedDatabase(file, dialect: dialect)
        let step = Migration("people-1") { _ in ["CREATE TABLE one (id INTEGER)", "CREATE TABLE two (id INTEGER)"] }
        try await file.write { connection in _ = try connection.execute("CREATE TABLE two (id INTEGER)") }
        let error = await #expect(throws: StoreError.self) { try await Migrator([step]).migrate(database) }
        #expect(error?.code == .exists)
    }

    /// A database of the program before counters were made by migrations and lengths were looked at.
    @Test(.onlySQLite("no server had been met when the older one was made")) func anOlderDatabaseGoesOn() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/certway.db"
        try await OldDatabase.write(to: path)
        let database = try SQLiteDatabase(path: path)
        let steps = try await Migrator(OrderLedger.migrations).migrate(database)
        #expect(steps.contains("ledger-9-counters") && !steps.contains("ledger-1-orders"))
        let ledger = OrderLedger(database: database)
        #expect(try await ledger.orders().map(\.id) == [2, 1])
        #expect(try await ledger.certificates().map(\.serialNumber) == ["0A1"])
        // Counters go on where they were, and those that nobody had needed yet are there.
        #expect(try await ledger.plan(.sample("cyd")).id == 3)
        #expect(try await ledger.apply([.put(kind: "template", name: "smime", body: [:])]) == 1)
        // What was stored when nobody looked at lengths is worked on.
        try await ledger.releaseLeases(of: nil)
        let claim = try #require(
            try await ledger.claim(limit: 9, owner: "node", leaseFor: .seconds(60)).first { $0.orderID == 2 })
        try await ledger.record(claim, OrderChange("keyed", "").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]))
        try await Tool.judge(path)
    }

    /// What is too long for a server is refused by every engine, before anything is bought with it.
    @Test func lengthsAreLookedAt() async throws {
        let temporary = try await TemporaryLedger()
        var new = NewOrder.sample("ada")
        new.product = String(repeating: "é", count: 200)
        #expect(try await temporary.ledger.plan(new).product == new.product)
        new = NewOrder.sample("bob")
        new.product = String(repeating: "p", count: 201)
        let error = await #expect(throws: StoreError.self) { try await temporary.ledger.plan(new) }
        #expect(error?.code == ([.sqlite, .sqlserver].contains(temporary.database.engine) ? .constraint : .tooLong))
        // Many scalars make one character.
        let family = "👩‍👩‍👧"
        #expect(SQLDialect.sqlite.cut(family + family, to: 6) == family + "👩")
        #expect(SQLDialect.sqlite.cut("abc", to: 3) == "abc")
        var other = SQLDialect.sqlite
        other.lengthUnit = .utf16
        #expect(other.cut("a🔑b", to: 3) == "a🔑" && other.cut("a🔑b", to: 2) == "a")
    }

    @Test func manyMayStartAtOnce() async throws {
        let first = try await TestDatabase(nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let database = try await first.another()
                    try await Migrator(OrderLedger.migrations).migrate(database)
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
        try await first.judge()
    }
}
