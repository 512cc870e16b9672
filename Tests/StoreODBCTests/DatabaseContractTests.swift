// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import TestSupport
import Testing

/// What every database does behind the one door, whatever its engine.
@Suite(.timeLimit(.minutes(5))) struct DatabaseContractTests {
    private func items(_ engine: TestEngine) async throws -> TestDatabase {
        let database = try await TestDatabase([], on: engine)
        let dialect = database.dialect
        try await database.write { connection in
            try connection.execute(
                "CREATE TABLE items (id \(dialect.integer) NOT NULL PRIMARY KEY, \(dialect.column("note", 20)) UNIQUE)")
        }
        return database
    }

    private func count(_ database: TestDatabase) async throws -> Int? {
        try await database.read { try $0.value("SELECT COUNT(*) FROM items") }
    }

    @Test(arguments: TestEngine.real) func valuesComeBackAsTheyWent(_ engine: TestEngine) async throws {
        let database = try await TestDatabase(nil, on: engine)
        let dialect = database.dialect
        let bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let long = String(repeating: "é🔑x ", count: 100_000)
        // Ends of chunks fall inside of characters.
        let values: [[SQLValue]] = [
            [.integer(.min), "", "Zoë Müller 🔑 ", .blob([]), .blob([0, 255]), .real(0.1), nil],
            [.integer(.max), "a", .text(long), .blob(bytes), nil, .real(-1e300), 0],
            [0, "a ", .text(String(repeating: "é", count: 32_767)), nil, .blob([0]), nil, -1],
            [
                1, nil, .text(String(repeating: "🔑", count: 16_383) + "x"), .blob(Array(bytes.prefix(65_536))), nil,
                nil, nil,
            ],
            [2, "'\"\\%_?", nil, .blob(Array(bytes.prefix(65_537))), nil, .real(0), nil],
        ]
        try await database.write { connection in
            try connection.execute(
                """
                CREATE TABLE kinds (a \(dialect.integer) NOT NULL PRIMARY KEY, b \(dialect.text(100)), c \(dialect.longText), \
                d \(dialect.blob), e \(dialect.blob), f DOUBLE PRECISION, g \(dialect.integer))
                """)
        }
        for row in values {
            try await database.write { connection in
                _ = try connection.execute("INSERT INTO kinds (a, b, c, d, e, f, g) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            }
        }
        for row in values {
            let found = try await database.read { connection in
                try connection.query("SELECT a, b, c, d, e, f, g FROM kinds WHERE a = ?", [row[0]])[0]
            }
            #expect(found.values == row)
            #expect(try found["g"] as Int? == Int(sqlValue: row[6]))
            #expect(throws: StoreError.self) { try found["no such"] as String? }
        }
        let sums = try await database.read { connection in
            try connection.query("SELECT SUM(g) AS s, COUNT(*) AS n, MAX(b) AS m FROM kinds")[0]
        }
        #expect(sums.values == [-1, 5, "a "])
        await database.close()
    }

    /// Byte by byte, with blanks at the end.
    @Test(arguments: TestEngine.real) func textIsComparedByteByByte(_ engine: TestEngine) async throws {
        let database = try await items(engine)
        let notes = ["a", "A", "a ", "á", "ß", "ss", "", "Z", "🔑", "b"]
        try await database.write { connection in
            for (id, note) in notes.enumerated() {
                try connection.execute("INSERT INTO items (id, note) VALUES (?, ?)", [SQLValue(id), .text(note)])
            }
        }
        let ordered: [String] = try await database.read { connection in
            try connection.query("SELECT note FROM items ORDER BY note") { try $0[0] }
        }
        #expect(ordered == notes.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        for note in notes {
            let found: Int? = try await database.read {
                try $0.value("SELECT COUNT(*) FROM items WHERE note = ?", [.text(note)])
            }
            #expect(found == 1, "\(note)")
        }
    }

    @Test(arguments: TestEngine.real)
    func whatCannotBeKeptIsRefused(_ engine: TestEngine) async throws {
        let database = try await items(engine)
        func insert(_ note: SQLValue) async -> StoreError.Code? {
            await code {
                try await database.write { _ = try $0.execute("INSERT INTO items (id, note) VALUES (1, ?)", [note]) }
            }
        }
        #expect(await insert("a\u{0}b") == .constraint)
        let found = await code {
            _ = try await database.read { try $0.query("SELECT id FROM items WHERE note = ?", ["a\u{0}b"]) }
        }
        #expect(found == .constraint)
        #expect(await insert(.text(String(repeating: "é", count: 21))) == (engine == .sqlite ? .constraint : .tooLong))
        #expect(await insert(.text(String(repeating: "🔑", count: 20))) == nil)
        #expect(await insert("b") == .constraint)
        #expect(try await count(database) == 1)
        try await database.write {
            _ = try $0.execute("INSERT INTO items (id, note) VALUES (2, ?)", [.text("a\u{0}b".storable)])
        }
        #expect(try await database.read { try $0.value("SELECT note FROM items WHERE id = 2") } == "a\u{FFFD}b")
    }

    @Test(arguments: TestEngine.real)
    func aBodyThatThrowsLeavesNothing(_ engine: TestEngine) async throws {
        struct Refusal: Error {}
        let database = try await items(engine)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    do {
                        try await database.write { connection in
                            try connection.execute("INSERT INTO items (id) VALUES (?)", [SQLValue(number)])
                            if number % 5 == 0 { throw Refusal() }
                        }
                        return true
                    } catch is Refusal { return false }
                }
            }
            let kept = try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            #expect(kept == 80)
        }
        #expect(try await count(database) == 80)
    }

    @Test(arguments: TestEngine.real)
    func readersSeeOneSnapshotAndCannotWrite(_ engine: TestEngine) async throws {
        let database = try await items(engine)
        let counts = try await database.read { connection in
            let before: Int? = try connection.value("SELECT COUNT(*) FROM items")
            let written = DispatchSemaphore(value: 0)
            Task {
                try await database.write { _ = try $0.execute("INSERT INTO items (id) VALUES (1)") }
                written.signal()
            }
            written.wait()
            return [before, try connection.value("SELECT COUNT(*) FROM items")]
        }
        #expect(counts == [0, 0])
        #expect(try await count(database) == 1)
        #expect(await code { try await database.read { _ = try $0.execute("DELETE FROM items") } } == .readOnly)
        #expect(try await count(database) == 1)
    }

    /// What was changed counts, whether it became different or not.
    @Test(arguments: TestEngine.real) func rowsThatMatchAreCounted(_ engine: TestEngine) async throws {
        let database = try await items(engine)
        let counts = try await database.write { connection in
            try connection.execute("INSERT INTO items (id, note) VALUES (1, 'a')")
            return [
                try connection.execute("UPDATE items SET note = 'a' WHERE id = 1"),
                try connection.execute("UPDATE items SET note = 'b' WHERE id = 2"),
                try connection.execute("DELETE FROM items WHERE id = 2"),
            ]
        }
        #expect(counts == [1, 0, 0])
    }

    @Test(arguments: TestEngine.real) func upsertInsertsThenUpdates(_ engine: TestEngine) async throws {
        let database = try await items(engine)
        for note in ["one", "two"] {
            try await database.write { try $0.put(into: "items", key: ["id": 7], values: ["note": .text(note)]) }
        }
        #expect(try await database.read { try $0.value("SELECT note FROM items WHERE id = 7") } == "two")
        #expect(try await count(database) == 1)
    }

    @Test(arguments: TestEngine.real)
    func appendOnlyTablesStayAsTheyAre(_ engine: TestEngine) async throws {
        let database = try await items(engine)
        for statement in database.dialect.appendOnly("items") {
            try await database.write { _ = try $0.execute(statement) }
        }
        try await database.write { _ = try $0.execute("INSERT INTO items (id, note) VALUES (1, 'a')") }
        for statement in ["UPDATE items SET note = 'b'", "DELETE FROM items"] {
            #expect(await code { try await database.write { _ = try $0.execute(statement) } } == .constraint)
        }
        #expect(try await database.read { try $0.value("SELECT note FROM items") } == "a")
    }

    @Test(arguments: TestEngine.real)
    func closingFinishesWhatWasAskedAndRefusesTheRest(_ engine: TestEngine) async throws {
        let database = try await items(engine)
        let writes = (0..<50).map { number in
            Task {
                try await database.write { _ = try $0.execute("INSERT INTO items (id) VALUES (?)", [SQLValue(number)]) }
            }
        }
        for write in writes { _ = try await write.value }
        await database.close()
        await database.close()
        #expect(await code { _ = try await count(database) } == .connection)
    }
}
