// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Directory
import Enrollment
import Foundation
import HTTPTransport
import Ledger
import Settings
import Store
import StoreSQLite

/// Everything wired, as it was configured at one moment: what use cases and the service work with.
public struct Gateway: Sendable {
    public let home: GatewayHome
    public let database: any SQLDatabase
    public let ledger: OrderLedger
    public let configuration: GatewayConfiguration
    public let profiles: Profiles
    public let backends: BackendCARegistry
    public let mirror: DirectoryMirror
    public let planner: EnrollmentPlanner
    public let logger: StandardLogger
    public let http: any HTTPClient

    /// Opens an existing gateway.
    ///
    /// - Throws: `SettingsError` when there is none yet, `StoreError` for a database that cannot be used, `Diagnostics`
    ///   for a stored configuration that this version does not understand.
    public static func open(_ home: GatewayHome, profiles: Profiles, logger: StandardLogger) async throws -> Gateway {
        guard home.exists else {
            throw SettingsError(
                "no gateway in \(home.path): begin with 'certway apply -f FILE', or name its folder with --home DIR")
        }
        return try await make(
            home, try await openDatabase(home), profiles, CurlHTTPClient(trace: logger.trace), logger)
    }

    /// The same gateway with configuration and profiles as they are now.
    public func reloaded() async throws -> Gateway {
        try await Self.make(home, database, profiles, http, logger)
    }

    /// Changes whenever `reloaded` would give something else.
    public var revision: Revision {
        get async throws {
            Revision(configuration: try await ledger.configurationRevision(), profiles: profiles.catalogue.stamp)
        }
    }

    public struct Revision: Sendable, Equatable {
        let configuration: Int64
        let profiles: [String: Date]
    }

    // Swift 6.3.1 ends with a signal in release builds when it inlines this into `open`.
    @inline(never)
    private static func make(
        _ home: GatewayHome, _ database: any SQLDatabase, _ profiles: Profiles, _ http: any HTTPClient,
        _ logger: StandardLogger
    ) async throws -> Gateway {
        let ledger = OrderLedger(database: database)
        let configuration = try await ConfigurationStore(ledger: ledger).load(file: "configuration in \(home.database)")
        let factory = BackendCAFactory(
            catalogue: profiles.catalogue, modules: profiles.modules, logger: logger,
            makeHTTPClient: { roots in
                roots.map { CurlHTTPClient(trustAnchorsPEM: $0, trace: logger.trace) } ?? http
            })
        let mirror = DirectoryMirror(database: database)
        return Gateway(
            home: home, database: database, ledger: ledger, configuration: configuration, profiles: profiles,
            backends: BackendCARegistry(configuration.backendCAs, factory: factory),
            mirror: mirror, planner: EnrollmentPlanner(database: database, mirror: mirror, ledger: ledger),
            logger: logger, http: http)
    }

    public static func openDatabase(_ home: GatewayHome) async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: home.database)
        try await Migrator(OrderLedger.migrations + DirectorySchema.migrations + DecisionStore.migrations).migrate(
            database)
        return database
    }
}
