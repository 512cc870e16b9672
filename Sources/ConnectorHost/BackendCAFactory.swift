// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import PKIX
import Secrets
import Settings

/// Makes backend CAs from configuration, profile and module.
public struct BackendCAFactory: Sendable {
    private let catalogue: ProfileCatalogue
    private let modules: ModuleLoader
    private let clock: any ConnectorClock
    private let logger: any ConnectorLogger
    private let makeHTTPClient: @Sendable (_ tlsRootsPEM: String?) throws -> any HTTPClient

    /// - Parameter makeHTTPClient: a client that also trusts the given roots.
    public init(
        catalogue: ProfileCatalogue, modules: ModuleLoader, clock: any ConnectorClock = SystemClock(),
        logger: any ConnectorLogger, makeHTTPClient: @escaping @Sendable (String?) throws -> any HTTPClient
    ) {
        self.catalogue = catalogue
        self.modules = modules
        self.clock = clock
        self.logger = logger
        self.makeHTTPClient = makeHTTPClient
    }

    /// - Returns: the backend CA, or the sentence that says why it cannot be used; other backend CAs are not affected.
    public func make(_ configuration: BackendCAConfiguration) -> BackendCARegistry.Entry {
        do {
            return .ready(try build(configuration))
        } catch {
            return .unusable("\(error)")
        }
    }

    private func build(_ configuration: BackendCAConfiguration) throws -> BackendCA {
        let parts = try parts(configuration)
        return BackendCA(
            name: configuration.name, profile: parts.profile,
            connector: try parts.connectorType.init(
                profile: parts.profile, settings: parts.settings, services: parts.services),
            acceptedRoots: parts.acceptedRoots, pollEvery: configuration.pollEvery)
    }

    /// What a backend CA is made of, for whoever makes its connector several times.
    ///
    /// - Throws: the sentence that says why the backend CA cannot be used; an operator must act.
    public func parts(_ configuration: BackendCAConfiguration) throws -> BackendCAParts {
        guard let profile = catalogue.profile(named: configuration.connector) else {
            throw SettingsError(catalogue.explainMissing(configuration.connector))
        }
        guard profile.isEnabled else {
            throw SettingsError(
                "connector profile \"\(profile.name)\" is not enabled; remove 'enabled: false' in \(profile.file)")
        }
        let services = ConnectorServices(
            http: try makeHTTPClient(configuration.tlsRoots.map { try SettingsFile(path: $0).text() }),
            clock: clock, logger: logger,
            rateLimiter: SlidingWindowRateLimiter(limits: configuration.limits ?? profile.limits, clock: clock))
        return BackendCAParts(
            profile: profile, connectorType: try modules.connectorType(for: profile.module),
            settings: try resolve(configuration, profile), services: services,
            acceptedRoots: try Certificate.all(pem: SettingsFile(path: configuration.acceptedRoots).text()))
    }

    /// Reads the secrets and checks every value against the profile's schema.
    private func resolve(_ configuration: BackendCAConfiguration, _ profile: ConnectorProfile) throws
        -> ConnectorSettings
    {
        var values = configuration.settings
        var secrets: [String: Secret] = [:]
        for (key, reference) in try profile.takeSecrets(from: &values) { secrets[key] = try reference.resolve() }
        return try profile.settings(
            values: values, secrets: secrets, environment: configuration.environment, endpoint: configuration.endpoint,
            absenceIsSureAfter: configuration.absenceIsSureAfter)
    }
}
