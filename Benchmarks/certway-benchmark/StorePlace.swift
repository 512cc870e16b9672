// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import StoreODBC
import StoreSQLite
import ThrowAwayServers

enum StoreEngine: String, CaseIterable {
    case sqlite
    case mariadb
    case postgresql
}

/// An empty ledger on a database of its own, which ends with the measurement.
final class StorePlace: Sendable {
    private let open: @Sendable () async throws -> any SQLDatabase
    private let folder: String
    private let server: ThrowAwayServer?

    init(_ engine: StoreEngine) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "certway-store-\(UUID().uuidString)").path
        folder = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard let kind = ThrowAwayEngine(rawValue: engine.rawValue) else {
            server = nil
            open = { try SQLiteDatabase(path: "\(path)/certway.db") }
            return
        }
        // As a server of its own would be set up: without it the indexes of a million orders do not fit into what tests give it.
        let server = try await ThrowAwayServer(kind, options: kind == .mariadb ? ["--innodb-buffer-pool-size=2G"] : [])
        self.server = server
        let (address, password) = try await server.makeDatabase("benchmark")
        open = { try await ODBCDatabase.open(address, .password { password }, options: .init(writers: 8)) }
    }

    /// A door for each node.
    ///
    /// - Parameter migrations: how far its schema is.
    func open(
        _ nodes: Int, migrations: [Migration] = OrderLedger.migrations
    ) async throws -> [CountedDatabase] {
        var doors: [CountedDatabase] = []
        for _ in 0..<nodes { doors.append(CountedDatabase(try await open())) }
        try await Migrator(migrations).migrate(doors[0])
        return doors
    }

    func end() async throws {
        try await server?.end()
        try FileManager.default.removeItem(atPath: folder)
    }
}
