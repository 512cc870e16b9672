// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import ThrowAwayServers

/// One server of each engine for all tests of this process; it ends with it.
public enum TestServers {
    private static let mariadb = Task { try await ThrowAwayServer(.mariadb, options: inHaste(.mariadb)) }
    private static let postgresql = Task { try await ThrowAwayServer(.postgresql, options: inHaste(.postgresql)) }
    private static let count = Mutex(0)

    public static func shared(_ engine: ThrowAwayEngine) async throws -> ThrowAwayServer {
        switch engine {
        case .mariadb: try await mariadb.value
        case .postgresql: try await postgresql.value
        }
    }

    /// The name of a database that no other test has.
    public static func databaseName() -> String { "test_\(count.withLock { count in count += 1; return count })" }

    /// No waiting for the disk: nobody restarts this server, and making a table would take most of the time of a test.
    private static func inHaste(_ engine: ThrowAwayEngine) -> [String] {
        switch engine {
        case .mariadb: ["--innodb-flush-method=nosync", "--innodb-doublewrite=0", "--innodb-stats-persistent=0"]
        case .postgresql: ["-cfsync=off", "-cfull_page_writes=off", "-cautovacuum=off"]
        }
    }
}
