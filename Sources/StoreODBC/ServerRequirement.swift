// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// What a server must be before anything is asked of it; each is said in one sentence with the next step.
enum ServerRequirement {
    /// - Parameter version: as the server names it.
    /// - Throws: `StoreError` with code `unsuitable` for a server or database that cannot be used.
    static func check(_ connection: ODBCConnection, _ version: String) throws {
        let address = connection.address
        switch address.family {
        case .mysql: try requireVersion(version, at: address)
        case .postgresql:
            try requireVersion(version, at: address)
            let encoding: String = try connection.value("SHOW server_encoding") ?? ""
            guard encoding == "UTF8" else {
                throw unsuitable(
                    address,
                    "keeps text as \(encoding), where not every name has room: make it anew by CREATE DATABASE … ENCODING 'UTF8' "
                        + "TEMPLATE template0")
            }
        case .sqlserver:
            // Azure SQL calls itself 12 for ever; 5, 8 and 12 are its editions.
            let edition: Int = try connection.value("SELECT CAST(SERVERPROPERTY('EngineEdition') AS INT)") ?? 0
            if ![5, 8, 12].contains(edition) { try requireVersion(version, at: address) }
            let snapshots: Int? = try connection.value(
                "SELECT CAST(snapshot_isolation_state AS INT) FROM sys.databases WHERE database_id = DB_ID()")
            guard snapshots == nil || snapshots == 1 else {
                throw unsuitable(
                    address,
                    "does not let a reader see one moment: ALTER DATABASE \(address.database) SET ALLOW_SNAPSHOT_ISOLATION ON"
                )
            }
        }
    }

    static func requireVersion(_ version: String, at address: ServerAddress) throws(StoreError) {
        let least: (name: String, number: (Int, Int, Int)) =
            switch address.family {
            case .mysql where version.contains("MariaDB"): ("MariaDB 10.6", (10, 6, 0))
            case .mysql: ("MySQL 8.0.17", (8, 0, 17))
            case .postgresql: ("PostgreSQL 12", (12, 0, 0))
            case .sqlserver: ("SQL Server 2016", (13, 0, 0))
            }
        let beginning = version.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let numbers = beginning.split(separator: ".").map { Int($0) ?? 0 } + [0, 0, 0]
        guard (numbers[0], numbers[1], numbers[2]) < least.number else { return }
        throw unsuitable(
            address, "is version \(version), and \(least.name) is the oldest that does: bring the server up to date")
    }

    private static func unsuitable(_ address: ServerAddress, _ sentence: String) -> StoreError {
        StoreError(.unsuitable, "the database \(address) \(sentence)")
    }
}
