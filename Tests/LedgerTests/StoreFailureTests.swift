// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import TestSupport
import Testing

@testable import StoreSQLite

/// What an operator meets: each failure has a code and a next step, leaves nothing half done, and passes.
@Suite(.timeLimit(.minutes(5)), .onlySQLite("files and pages; servers have failures of their own in StoreODBCTests"))
struct StoreFailureTests {
    private func code(_ body: () async throws -> Void) async -> StoreError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? StoreError)?.code }
    }

    @Test func aLockedDatabaseIsBusyAndServesAgain() async throws {
        let temporary = try await TemporaryLedger(options: .init(busyTimeout: .milliseconds(50)))
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], isolation_level=None)
            c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()
            """
        let locker = try await ChildProcess("python3", ["-c", script, temporary.path], output: .pipe)
        #expect(try await locker.line() == "locked\n")

        #expect(await code { _ = try await temporary.plan("ada") } == .busy)
        #expect(try await temporary.ledger.orders() == [])

        locker.closeInput()
        _ = await locker.end()
        _ = try await temporary.plan("ada")
        #expect(try await temporary.ledger.orders().count == 1)
    }

    @Test func aFullDatabaseTakesNothingHalfAndServesAgain() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        try await temporary.database.write { connection in
            let pages: Int = try connection.value("PRAGMA page_count") ?? 0
            try connection.execute("PRAGMA max_page_count = \(pages)")
        }
        let step = OrderChange("keyed", "key made").stage(.keyed)
            .sealedKey(Array(repeating: 7, count: 1 << 20), publicKey: [1], csr: [2])
        #expect(await code { try await ledger.record(claim, step) } == .full)
        #expect(try await ledger.order(claim.orderID) == claim.order)
        #expect(try await ledger.events(claim.orderID).count == 1)
        #expect(try await ledger.key(orderID: claim.orderID) == nil)

        try await temporary.database.write { try $0.execute("PRAGMA max_page_count = 1000000") }
        #expect(try await ledger.record(claim, step).stage == .keyed)
        try await temporary.database.judge()
    }

    @Test(
        .enabled("mounting a small disk needs root, and a container that lets it; a full run insists") {
            if TestSize.isFull { true } else { try await SmallDisk.isAllowed() }
        })
    func aFullDiskTakesNothingHalfAndServesAgain() async throws {
        let disk = try await SmallDisk(megabytes: 1)
        do {
            try await fill(disk)
        } catch {
            try await disk.remove()
            throw error
        }
        try await disk.remove()
    }

    private func fill(_ disk: SmallDisk) async throws {
        let database = try SQLiteDatabase(path: disk.path + "/certway.db")
        try await Migrator(OrderLedger.migrations).migrate(database)
        let ledger = OrderLedger(database: database)
        var made = 0
        var failure: StoreError?
        while failure == nil {
            do {
                _ = try await ledger.plan(.sample("user-\(made)"))
                made += 1
            } catch { failure = try #require(error as? StoreError) }
        }
        #expect(failure?.code == .full)
        #expect(made > 0)
        #expect(try await ledger.orders(OrderFilter(limit: 10_000)).count == made)

        try await disk.remount("size=4m")
        _ = try await ledger.plan(.sample("user-\(made)"))
        #expect(try await ledger.orders(OrderFilter(limit: 10_000)).count == made + 1)
        try await Tool.judge(database.path)
        await database.close()

        try await disk.remount("ro")
        #expect(await code { _ = try SQLiteDatabase(path: database.path) } == .readOnly)
        #expect(await code { _ = try SQLiteDatabase(path: disk.path + "/new.db") } == .readOnly)
    }

    /// A full disk shows as a failure to write, too.
    @Test(arguments: [(ENOSPC, StoreError.Code.full), (EDQUOT, .full), (EIO, .connection)])
    func whatAFailureToWriteMeans(_ systemError: Int32, _ code: StoreError.Code) {
        let writeFailed: Int32 = 778
        let error = StoreError(
            sqlite: writeFailed, systemError: systemError, text: "disk I/O error", path: "certway.db",
            busyTimeout: .seconds(1), sql: nil)
        #expect(error.code == code)
    }

    @Test func aDatabaseThatWasMovedAwayIsNotWrittenAnyMore() async throws {
        let temporary = try await TemporaryLedger()
        let order = try await temporary.plan("ada")
        let elsewhere = temporary.folder.path + "/elsewhere.db"
        try FileManager.default.moveItem(atPath: temporary.path, toPath: elsewhere)
        #expect(await code { _ = try await temporary.plan("bob") } == .connection)
        try FileManager.default.moveItem(atPath: elsewhere, toPath: temporary.path)
        _ = try await temporary.plan("bob")
        #expect(try await temporary.ledger.orders().count == 2)
        #expect(try await temporary.ledger.order(order.id) == order)
    }

    @Test func whatIsNoDatabaseIsRefused() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/certway.db"
        try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: path))
        #expect(await code { _ = try SQLiteDatabase(path: path) } == .corrupt)
        #expect(await code { _ = try SQLiteDatabase(path: folder.path) } == .connection)
        #expect(await code { _ = try SQLiteDatabase(path: folder.path + "/missing/certway.db") } == .connection)
    }

    @Test func theDatabaseOfAnotherProgramIsLeftAlone() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/places.sqlite"
        _ = try await Tool.python(
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE places (id INTEGER)')", path)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(await code { _ = try SQLiteDatabase(path: path) } == .corrupt)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func aDamagedPageIsReported() async throws {
        let temporary = try await TemporaryLedger()
        for number in 0..<200 { _ = try await temporary.plan("user-\(number)") }
        await temporary.database.close()
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: temporary.path))
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xAA, count: 200_000))
        try file.close()
        let error = await code {
            let database = try SQLiteDatabase(path: temporary.path)
            _ = try await OrderLedger(database: database).orders()
        }
        #expect(error == .corrupt)
    }

    @Test func theFilesAreTheOwnersAlone() async throws {
        let temporary = try await TemporaryLedger()
        _ = try await temporary.plan("ada")
        let files = try FileManager.default.contentsOfDirectory(atPath: temporary.folder.path)
        #expect(files.count == 3)
        for file in files { #expect(try mode(temporary.folder.path + "/" + file) == 0o600, "\(file)") }

        await temporary.database.close()
        chmod(temporary.path, 0o644)
        let again = try SQLiteDatabase(path: temporary.path)
        #expect(try mode(temporary.path) == 0o600)
        await again.close()
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
