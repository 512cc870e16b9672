// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Enrollment
import Ledger
import Settings
import Store
import StoreSQLite

/// The folder of a gateway and what lies in its database: all that most questions need. Opening it reads no configuration,
/// no profile and no secret.
public struct GatewayStore: Sendable {
    public let home: GatewayHome
    public let database: any SQLDatabase
    public let ledger: OrderLedger
    public let mirror: DirectoryMirror
    public let planner: EnrollmentPlanner

    private init(_ home: GatewayHome, _ database: any SQLDatabase) {
        self.home = home
        self.database = database
        ledger = OrderLedger(database: database)
        mirror = DirectoryMirror(database: database)
        planner = EnrollmentPlanner(database: database, mirror: mirror, ledger: ledger)
    }

    /// Opens an existing gateway.
    ///
    /// - Throws: `SettingsError` when there is none yet, `StoreError` for a database that cannot be used.
    public static func open(_ home: GatewayHome) async throws -> GatewayStore {
        guard home.exists else {
            throw SettingsError(
                "no gateway in \(home.path): begin with 'certway apply -f FILE', or name its folder with --home DIR")
        }
        return try await create(home)
    }

    /// Opens a gateway, and makes its database where there is none; the folder must be there.
    ///
    /// - Throws: `StoreError` for a database that cannot be used.
    public static func create(_ home: GatewayHome) async throws -> GatewayStore {
        let database = try SQLiteDatabase(path: home.database)
        try await Migrator(OrderLedger.migrations + DirectorySchema.migrations + DecisionStore.migrations).migrate(
            database)
        return GatewayStore(home, database)
    }

    /// The configuration as it is stored now.
    ///
    /// - Parameter compiles: whether expressions are compiled, which costs some 30 ms; else each is when it is first used.
    /// - Throws: `Diagnostics` for one that this version does not understand.
    public func configuration(compiles: Bool = false) async throws -> GatewayConfiguration {
        try await ConfigurationStore(ledger: ledger).load(
            file: "configuration in \(home.database)", compiles: compiles)
    }
}
