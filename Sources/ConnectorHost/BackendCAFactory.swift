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

    /// - Parameter makeHTTPClient: a client that trusts the given roots and no others; the system's for nil.
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

    /// What the backend CA would be made of now.
    func sources(_ configuration: BackendCAConfiguration) -> BackendCASources {
        BackendCASources(configuration, catalogue.usable(named: configuration.connector))
    }

    /// Whether the backend CA is one of our own; reads its profile and its module, and makes nothing.
    func isOwnAuthority(_ configuration: BackendCAConfiguration) -> Bool {
        guard let profile = catalogue.outline(named: configuration.connector) else { return false }
        return (try? modules.connectorType(for: profile.module)) is any AuthorityRunning.Type
    }

    /// - Parameters:
    ///   - predecessor: what stood in its place; its rate limiter goes on as long as the connection is the same, for the CA goes on
    ///     counting.
    ///   - nodes: how many share the CA's limits.
    /// - Throws: the sentence that says why the backend CA cannot be used; an operator must act, and other backend CAs are
    ///   not affected.
    public func make(
        _ configuration: BackendCAConfiguration, after predecessor: BackendCA? = nil, nodes: Int = 1
    ) throws -> BackendCA {
        let profile = try profile(configuration)
        let connection = CAConnection.text(configuration, profile)
        let limits = (configuration.limits ?? profile.limits).map { $0.share(among: nodes) }
        var limiter = predecessor?.limiter
        if predecessor?.connection != connection { limiter = nil }
        limiter?.replaceLimits(limits)
        let parts = try parts(
            configuration, profile, limiter ?? SlidingWindowRateLimiter(limits: limits, clock: clock))
        return BackendCA(
            name: configuration.name, profile: parts.profile,
            connector: try parts.connectorType.init(
                profile: parts.profile, settings: parts.settings, services: parts.services),
            acceptedRoots: parts.acceptedRoots, acceptedRootsFile: configuration.acceptedRoots, connection: connection,
            pollEvery: configuration.pollEvery, limiter: parts.services.rateLimiter as? SlidingWindowRateLimiter,
            secrets: parts.settings.secrets, signInNames: signInNames(parts))
    }

    private func signInNames(_ parts: BackendCAParts) -> [String: String]? {
        let names = parts.profile.settings.filter(\.signsIn).map(\.key)
        guard !names.isEmpty else { return nil }
        return parts.settings.values.filter { names.contains($0.key) }.mapValues { $0.string ?? $0.text }
    }

    /// What a backend CA is made of, for whoever makes its connector several times.
    ///
    /// - Throws: as `make`.
    public func parts(_ configuration: BackendCAConfiguration) throws -> BackendCAParts {
        let profile = try profile(configuration)
        return try parts(
            configuration, profile,
            SlidingWindowRateLimiter(limits: configuration.limits ?? profile.limits, clock: clock))
    }

    private func profile(_ configuration: BackendCAConfiguration) throws(SettingsError) -> ConnectorProfile {
        if let profile = catalogue.profile(named: configuration.connector), profile.isEnabled { return profile }
        throw SettingsError(catalogue.explainMissing(configuration.connector))
    }

    private func parts(
        _ configuration: BackendCAConfiguration, _ profile: ConnectorProfile, _ limiter: SlidingWindowRateLimiter
    ) throws -> BackendCAParts {
        let services = ConnectorServices(
            http: try makeHTTPClient(configuration.tlsRoots.map { try SettingsFile(path: $0).rootsPEM("tlsRoots") }),
            clock: clock, logger: logger, rateLimiter: limiter)
        return BackendCAParts(
            profile: profile, connectorType: try modules.connectorType(for: profile.module),
            settings: try resolve(configuration, profile), services: services,
            acceptedRoots: try SettingsFile(path: configuration.acceptedRoots, applied: configuration.appliedRoots)
                .roots("acceptedRoots"))
    }

    /// Reads the secrets and checks every value against the profile's schema.
    private func resolve(_ configuration: BackendCAConfiguration, _ profile: ConnectorProfile) throws
        -> ConnectorSettings
    {
        var values = configuration.settings
        let (references, bare) = profile.takeSecrets(from: &values)
        var problems = bare.map { "settings.\($0): \(SecretReference.expectation)" }
        var secrets: [String: Secret] = [:]
        for (key, reference) in references.sorted(by: { $0.key < $1.key }) {
            do { secrets[key] = try reference.resolve(for: "settings.\(key)") } catch { problems.append(error.message) }
        }
        guard problems.isEmpty else { throw SettingsError(problems.joined(separator: "; ")) }
        return try profile.settings(
            values: values, secrets: secrets, environment: configuration.environment, endpoint: configuration.endpoint,
            absenceIsSureAfter: configuration.absenceIsSureAfter)
    }
}
