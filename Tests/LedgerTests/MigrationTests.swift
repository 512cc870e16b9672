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
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(path: folder.path + "/certway.db")
        let migrator = Migrator(OrderLedger.migrations)
        #expect(try await migrator.migrate(database).count == OrderLedger.migrations.count + 1)
        #expect(try await migrator.migrate(database) == [])
        try await Tool.judge(database.path)
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
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(path: folder.path + "/certway.db")
        let bad = Migration("bad-1") { _ in ["CREATE TABLE half (id INTEGER)", "CREATE TABLE half (id INTEGER)"] }
        await #expect(throws: StoreError.self) { try await Migrator([bad]).migrate(database) }
        let tables = try await database.read { try $0.query("SELECT name FROM sqlite_master") { try $0[0] as String } }
        #expect(tables == [])
    }

    @Test func manyMayStartAtOnce() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/certway.db"
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let database = try SQLiteDatabase(path: path)
                    try await Migrator(OrderLedger.migrations).migrate(database)
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
        try await Tool.judge(path)
    }
}
