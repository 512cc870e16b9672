// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Directory
import Foundation
import HTTPTransport
import Ledger
import PKIX
import Planning
import Settings
import Store

/// Everything wired, as it was configured at one moment: what use cases and the service work with.
public struct Gateway: Sendable {
    public let store: GatewayStore
    public let configuration: GatewayConfiguration
    public let profiles: Profiles
    /// Made when something needs them; what a command does not ask for costs it nothing.
    public let backends: BackendCARegistry
    public let logger: StandardLogger
    public let http: any HTTPClient
    let sealingKeyIdentifier: String?

    public var home: GatewayHome { store.home }
    public var database: any SQLDatabase { store.database }
    public var ledger: OrderLedger { store.ledger }
    public var mirror: DirectoryMirror { store.mirror }
    public var planner: EnrollmentPlanner {
        var planner = store.planner
        planner.facts = { [backends, desk, clock = ledger.clock] template in
            (backends.product(of: template), try desk.rules(for: template, at: clock.now()))
        }
        return planner
    }

    /// Opens an existing gateway.
    ///
    /// - Parameter mayMigrate: as `GatewayStore.open`.
    /// - Throws: `SettingsError` when there is none yet, `StoreError` for a database that cannot be used, `Diagnostics`
    ///   for a stored configuration that this version does not understand.
    public static func open(
        _ home: GatewayHome, profiles: Profiles, logger: StandardLogger, mayMigrate: Bool = true
    ) async throws -> Gateway {
        let store = try await GatewayStore.open(home, mayMigrate: mayMigrate)
        let configuration = try await store.configuration()
        let http = CurlHTTPClient(trace: logger.trace)
        let factory = factory(store, profiles, logger, http)
        return Gateway(
            store: store, configuration: configuration, profiles: profiles,
            backends: BackendCARegistry(configuration.backendCAs, factory: factory), logger: logger, http: http,
            sealingKeyIdentifier: try await store.sealingKeyIdentifier)
    }

    private static func factory(
        _ store: GatewayStore, _ profiles: Profiles, _ logger: StandardLogger, _ http: any HTTPClient
    ) -> BackendCAFactory {
        BackendCAFactory(
            catalogue: profiles.catalogue, modules: profiles.modules, clock: store.clock, logger: logger,
            makeHTTPClient: { roots in
                roots.map { CurlHTTPClient(trustAnchorsPEM: $0, trace: logger.trace) } ?? http
            })
    }

    /// A gateway with a configuration that is not stored, to ask its backend CAs: they are made anew, with connections of their own.
    public func trial(_ configuration: GatewayConfiguration) -> Gateway {
        Gateway(
            store: store, configuration: configuration, profiles: profiles,
            backends: BackendCARegistry(
                configuration.backendCAs, factory: Self.factory(store, profiles, logger, http)),
            logger: logger, http: http, sealingKeyIdentifier: sealingKeyIdentifier)
    }

    /// The same gateway with the configuration as it is now. Its backend CAs are handed over: those whose configuration is
    /// unchanged keep their connectors, sign-ins, rate windows and alarms.
    public func reloaded() async throws -> Gateway {
        let configuration = try await store.configuration()
        backends.configure(configuration.backendCAs)
        return Gateway(
            store: store, configuration: configuration, profiles: profiles, backends: backends, logger: logger,
            http: http, sealingKeyIdentifier: sealingKeyIdentifier)
    }

    /// The key that seals working copies. Makes nothing.
    ///
    /// - Throws: `SettingsError` when it is not the one that was made with the home; the operator must act.
    public func sealingKey() throws(SettingsError) -> SealingKey { try home.sealingKey(sealingKeyIdentifier) }

    /// Why nothing new may be ordered as long as the file of the sealing key is as it is now, in one sentence with the next step;
    /// nil when nothing stands against it. Costs a few system calls and makes nothing.
    public func sealingKeyFault() -> String? {
        do {
            _ = try sealingKey()
            return nil
        } catch {
            return "nothing new is ordered: \(error.message)"
        }
    }

    /// Why nothing new is ordered at a backend CA, nil when no file stands against it: one that decides who can read a key, or whose certificates are believed, holds
    /// something else than was applied. Costs a few system calls.
    ///
    func fileFault(at backendCA: String) -> String? {
        configuration.exchangedFiles.first { $0.place.backendCA.map { $0 == backendCA } ?? true }?.sentence
    }

    /// Changes whenever `reloaded` would give something else.
    public var revision: Int64 {
        get async throws { try await ledger.configurationRevision() }
    }
}
