// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorHost
import ConnectorKit
import Delivery
import Directory
import Enrollment
import Foundation
import HTTPTransport
import KeyArchival
import Ledger
import MicrosoftGraph
import PKIX
import Settings
import Store
import StoreSQLite

/// Everything wired: what the commands work with.
struct Gateway: Sendable {
    let home: GatewayHome
    let database: any SQLDatabase
    let ledger: OrderLedger
    let configuration: GatewayConfiguration
    let profiles: Profiles
    let backends: BackendCARegistry
    let mirror: DirectoryMirror
    let planner: EnrollmentPlanner
    let logger: StandardLogger
    let http: any HTTPClient

    /// Opens an existing gateway.
    ///
    /// - Throws: `SettingsError` when there is none yet, `StoreError` for a database that cannot be used, `Diagnostics`
    ///   for a stored configuration that this version does not understand.
    static func open(_ invocation: Invocation) async throws -> Gateway {
        let home = invocation.home
        guard home.exists else {
            throw SettingsError(
                "no gateway in \(home.path): begin with 'certway apply -f FILE', or name its folder with --home DIR")
        }
        return try await open(invocation, home: home)
    }

    /// Opens the gateway in `home`, which exists.
    static func open(_ invocation: Invocation, home: GatewayHome) async throws -> Gateway {
        let logger = invocation.logger
        return try await make(
            home, try await openDatabase(home), Profiles(invocation), CurlHTTPClient(trace: logger.trace), logger)
    }

    /// The same gateway with configuration and profiles as they are now.
    func reloaded() async throws -> Gateway {
        try await Self.make(home, database, profiles, http, logger)
    }

    /// Changes whenever `reloaded` would give something else.
    var revision: Revision {
        get async throws {
            Revision(configuration: try await ledger.configurationRevision(), profiles: profiles.catalogue.stamp)
        }
    }

    struct Revision: Equatable {
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

    static func openDatabase(_ home: GatewayHome) async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: home.database)
        try await Migrator(OrderLedger.migrations + DirectorySchema.migrations + DecisionStore.migrations).migrate(
            database)
        return database
    }
}
