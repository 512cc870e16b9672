// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import StoreODBC
import TestSupport
import Testing
import ThrowAwayServers

/// Servers that die, freeze or are full.
@Suite(.timeLimit(.minutes(10))) struct ServerKillTests {
    private func prepare(
        _ engine: ThrowAwayEngine, _ options: ODBCDatabase.Options = .init()
    ) async throws -> (TestPlace, ODBCDatabase) {
        let place = try await TestPlace(on: ThrowAwayServer(engine))
        let database = try await place.openMigrated(options)
        try await database.write { connection in
            _ = try connection.execute("CREATE TABLE items (id \(connection.dialect.integer) NOT NULL PRIMARY KEY)")
        }
        return (place, database)
    }

    private func insert(_ id: Int, into database: ODBCDatabase) async -> StoreError.Code? {
        await code {
            try await database.write { connection in
                _ = try connection.execute("INSERT INTO items (id) VALUES (?)", [SQLValue(id)])
            }
        }
    }

    /// Whatever the caller is told is what the database has, also when it is killed in the middle.
    @Test(arguments: ThrowAwayEngine.allCases)
    func whatAKilledServerHasKeptIsWhatWasSaid(_ engine: ThrowAwayEngine) async throws {
        // A server that has just come back, beside others and builds, took longer than ten seconds to let somebody in.
        let (place, database) = try await prepare(engine, .init(loginTimeout: .seconds(60)))
        var (kept, refused, unknown): (Set<Int>, Set<Int>, Set<Int>) = ([], [], [])
        for round in 0..<TestSize.choose(2, full: 50) {
            let outcomes = try await withThrowingTaskGroup(of: [(Int, StoreError.Code?)].self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        var outcomes: [(Int, StoreError.Code?)] = []
                        // Until the first error of this round.
                        for number in 0..<10_000 where outcomes.last?.1 == nil {
                            let id = (round * 4 + writer) * 10_000 + number
                            outcomes.append((id, await insert(id, into: database)))
                        }
                        return outcomes
                    }
                }
                try await Task.sleep(for: .milliseconds(Int.random(in: 20...200)))
                try await place.server.kill()
                // Later than a body is tried again.
                try await Task.sleep(for: .seconds(3))
                try await place.server.start()
                return try await group.reduce(into: []) { $0 += $1 }
            }
            for (id, failure) in outcomes {
                switch failure {
                case nil: kept.insert(id)
                case .unknownOutcome?: unknown.insert(id)
                default: refused.insert(id)
                }
            }
        }
        let found = Set(try await database.read { try $0.query("SELECT id FROM items") { try $0[0] as Int } })
        #expect(kept.subtracting(found) == [])
        #expect(refused.intersection(found) == [])
        // The server came back each time, so it could be asked.
        #expect(unknown == [])
        #expect(kept.isEmpty == false && refused.isEmpty == false)
        await database.close()
        try await place.server.end()
    }

    /// Nobody waits for ever for a server that keeps its connections and does not answer.
    @Test(arguments: ThrowAwayEngine.allCases)
    func aFrozenServerIsGivenUp(_ engine: ThrowAwayEngine) async throws {
        let limits = ODBCDatabase.Options(
            readers: 1, writers: 1, loginTimeout: .seconds(2), statementTimeout: .seconds(1), lockTimeout: .seconds(1),
            outcomeTimeout: .seconds(1), grace: .seconds(1))
        let (place, database) = try await prepare(engine, limits)
        #expect(await insert(1, into: database) == nil)
        _ = try await database.read { try $0.query("SELECT id FROM items") }
        place.server.freeze()
        #expect(await insert(2, into: database) == .connection)
        #expect(await code { _ = try await database.read { try $0.query("SELECT id FROM items") } } == .connection)
        #expect(await code { _ = try await place.open(limits) } == .connection)
        place.server.thaw()
        #expect(await insert(3, into: database) == nil)
        let found: [Int] = try await database.read { try $0.query("SELECT id FROM items ORDER BY id") { try $0[0] } }
        #expect(found == [1, 3])
        try await place.server.end()
    }

    /// As an old primary is after its successor has taken over.
    @Test func aServerThatTakesNoChangesIsReadOnly() async throws {
        let (place, database) = try await prepare(.mariadb)
        try await place.server.sql("SET GLOBAL read_only = 1")
        #expect(await insert(1, into: database) == .readOnly)
        try await place.server.sql("SET GLOBAL read_only = 0")
        #expect(await insert(1, into: database) == nil)
        try await place.server.end()
    }

    @Test func aTableWithoutSpaceIsFull() async throws {
        let (place, database) = try await prepare(.mariadb, .init(writers: 1))
        try await place.server.sql(
            "SET SESSION max_heap_table_size = 16384; CREATE TABLE small (n CHAR(255)) ENGINE = MEMORY",
            in: place.address.database)
        var failure: StoreError.Code?
        for _ in 0..<1000 where failure == nil {
            failure = await code {
                try await database.write { _ = try $0.execute("INSERT INTO small (n) VALUES ('x')") }
            }
        }
        #expect(failure == .full)
        #expect(await insert(1, into: database) == nil)
        try await place.server.end()
    }

    @Test(arguments: ThrowAwayEngine.allCases) func aServerThatIsEndedLeavesNothing(_ engine: ThrowAwayEngine)
        async throws
    {
        let server = try await ThrowAwayServer(engine)
        #expect(FileManager.default.fileExists(atPath: server.folder))
        try await server.end()
        #expect(FileManager.default.fileExists(atPath: server.folder) == false)
    }
}
