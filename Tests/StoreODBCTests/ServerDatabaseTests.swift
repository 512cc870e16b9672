// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import StoreODBC
import TestSupport
import Testing
import ThrowAwayServers

/// What only a database on a server does.
@Suite(.timeLimit(.minutes(5))) struct ServerDatabaseTests {
    @Test(arguments: ThrowAwayEngine.allCases) func theServerSaysWhatItIs(_ engine: ThrowAwayEngine) async throws {
        let database = try await TestPlace(engine).open()
        #expect(database.dialect.name == engine.rawValue)
        #expect(database.version.first?.isNumber == true)
        await database.close()
    }

    /// PostgreSQL says that a COMMIT after a failed statement was done, and MariaDB goes on in a new transaction after a deadlock:
    /// a body that goes on after an error must not be told that its work was kept.
    @Test(arguments: ThrowAwayEngine.allCases)
    func aBodyCannotGoOnAfterAnError(_ engine: ThrowAwayEngine) async throws {
        let database = try await TestPlace(engine).openMigrated()
        let dialect = database.dialect
        try await database.write {
            _ = try $0.execute("CREATE TABLE items (id \(dialect.integer), note \(dialect.text(20)) UNIQUE)")
        }
        func count() async throws -> Int? { try await database.read { try $0.value("SELECT COUNT(*) FROM items") } }
        let refused = await code {
            try await database.write { connection in
                try connection.execute("INSERT INTO items (id, note) VALUES (1, 'a')")
                _ = try? connection.execute("INSERT INTO items (id, note) VALUES (2, 'a')")
                _ = try? connection.execute("INSERT INTO items (id, note) VALUES (3, 'c')")
            }
        }
        #expect(refused == .constraint)
        #expect(try await count() == 0)
        try await database.write { _ = try $0.execute("INSERT INTO items (id, note) VALUES (3, 'c')") }
        #expect(try await count() == 1)
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func theServersClockIsInMilliseconds(_ engine: ThrowAwayEngine) async throws {
        let database = try await TestPlace(engine).open()
        let now = try #require(database.dialect.now)
        let time: Date? = try await database.read { try $0.value("SELECT \(now)") }
        // The server is on this machine: the same clock, and a minute for a slow one.
        #expect(abs(try #require(time).timeIntervalSinceNow) < 60)
    }
}
