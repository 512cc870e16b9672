// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import StoreSQLite
import Synchronization
import TestSupport
import Testing

/// What only the embedded database does.
@Suite(.onlySQLite("the door to the file")) struct SQLiteDatabaseTests {
    let folder: TemporaryFolder
    let database: SQLiteDatabase

    init() async throws {
        folder = try TemporaryFolder()
        var options = SQLiteDatabase.Options(busyTimeout: .milliseconds(100))
        // Bodies wait here for what happens once.
        options.runsBodiesTwice = false
        database = try SQLiteDatabase(path: folder.path + "/test.db", options: options)
        try await database.write { connection in
            try connection.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, note TEXT UNIQUE)")
            try connection.execute(
                """
                CREATE TABLE parts (id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES items (id) \
                DEFERRABLE INITIALLY DEFERRED)
                """)
        }
    }

    private func count() async throws -> Int? {
        try await database.read { try $0.value("SELECT COUNT(*) FROM items") }
    }

    /// A server that ends a deadlock runs a body again; here every body is, and leaves what one run leaves.
    @Test func aBodyThatIsRunTwiceLeavesWhatOneRunLeaves() async throws {
        var options = SQLiteDatabase.Options()
        options.runsBodiesTwice = true
        let twice = try SQLiteDatabase(path: folder.path + "/twice.db", options: options)
        let runs = Mutex(0)
        try await twice.write { connection in
            runs.withLock { $0 += 1 }
            try connection.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, note TEXT)")
            try connection.execute("INSERT INTO items (id) VALUES (1)")
        }
        #expect(runs.withLock(\.self) == 2)
        #expect(try await twice.read { try $0.value("SELECT COUNT(*) FROM items") } == 1)
        await #expect(throws: StoreError.self) {
            try await twice.write { connection in
                try connection.execute("INSERT INTO items (id) VALUES (2)")
                try connection.execute("INSERT INTO items (id) VALUES (1)")
            }
        }
        #expect(try await twice.read { try $0.value("SELECT COUNT(*) FROM items") } == 1)
    }

    /// An order leaves once its intent is committed, so that a power failure right afterwards must not take it back; and
    /// what is erased must be gone from the file.
    @Test func theWriterWaitsForTheDiskAndErasesWhatIsDeleted() async throws {
        let settings = try await database.write { connection in
            try ["synchronous", "secure_delete", "foreign_keys"].map {
                try connection.value("PRAGMA \($0)", [], as: Int.self)
            }
        }
        // 2 is FULL: the write-ahead log is on the disk before a commit is confirmed.
        #expect(settings == [2, 1, 1])
        #expect(try await database.write { try $0.value("PRAGMA journal_mode", [], as: String.self) } == "wal")
    }

    @Test func aFailingCommitFailsItsWholeGroup() async throws {
        // While the first call holds the thread, the others gather into one group.
        let gate = DispatchSemaphore(value: 0)
        async let first: Void = database.write { _ in gate.wait() }
        try await Task.sleep(for: .milliseconds(50))
        let outcomes = await withTaskGroup(of: StoreError?.self) { group in
            for number in 0..<10 {
                group.addTask {
                    do {
                        try await database.write { connection in
                            try connection.execute("INSERT INTO items (id) VALUES (?)", [SQLValue(number)])
                            // A foreign key that is checked at the commit.
                            if number == 3 { try connection.execute("INSERT INTO parts (item) VALUES (1000)") }
                        }
                        return nil
                    } catch { return error as? StoreError }
                }
            }
            try? await Task.sleep(for: .milliseconds(50))
            gate.signal()
            return await group.reduce(into: []) { $0.append($1) }
        }
        try await first
        let failed = outcomes.count { $0?.code == .constraint }
        #expect(failed >= 1)
        #expect(try await count() == 10 - failed)
        try await database.write { try $0.execute("INSERT INTO items (id) VALUES (77)") }
        #expect(try await count() == 11 - failed)
    }

    @Test func statementsCanBeNestedAndLeftEarly() async throws {
        struct Enough: Error {}
        try await database.write { connection in
            for id in 0..<10 { try connection.execute("INSERT INTO items (id) VALUES (?)", [SQLValue(id)]) }
        }
        let seen = try await database.read { connection in
            var seen = 0
            try? connection.forEachRow("SELECT id FROM items") { _ in
                try connection.forEachRow("SELECT id FROM items") { _ in seen += 1 }
                if seen >= 20 { throw Enough() }
            }
            return seen
        }
        #expect(seen == 20)
        await database.close()
    }

    @Test func closingFinishesWhatWasAskedAndRefusesTheRest() async throws {
        let database = database
        let writes = (0..<50).map { number in
            Task {
                try await database.write { try $0.execute("INSERT INTO items (id) VALUES (?)", [SQLValue(number)]) }
            }
        }
        for write in writes { _ = try await write.value }
        await database.close()
        await database.close()
        let error = await #expect(throws: StoreError.self) { try await count() }
        #expect(error?.code == .connection)
        #expect(try await Tool.python(countScript, database.path) == "50\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["test.db"])
    }

    @Test func anotherProcessMayWriteToo() async throws {
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
            for i in range(200):
                c.execute('BEGIN IMMEDIATE'); c.execute('INSERT INTO items (id) VALUES (?)', (100000 + i,)); c.execute('COMMIT')
            print('done')
            """
        async let other = Tool.python(script, database.path)
        for number in 0..<200 {
            while true {
                do {
                    try await database.write { try $0.execute("INSERT INTO items (id) VALUES (?)", [SQLValue(number)]) }
                    break
                } catch let error as StoreError where error.code == .busy { continue }
            }
        }
        #expect(try await other == "done\n")
        #expect(try await count() == 400)
        try await Tool.judge(database.path)
    }

    private let countScript = """
        import sqlite3, sys
        print(sqlite3.connect(sys.argv[1]).execute('SELECT COUNT(*) FROM items').fetchone()[0])
        """
}
