// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import HTTPTransport
public import PKIX

/// Everything the checks need: the backend CA, how to make its connector again, what to order and how much.
public struct ConformanceBench: Sendable {
    public var profile: ConnectorProfile
    public var connectorType: any CertificateAuthorityConnector.Type
    public var settings: ConnectorSettings
    public var services: ConnectorServices
    /// Roots that issued certificates must chain to.
    public var acceptedRoots: [Certificate]
    public var trial: OrderTrial
    /// What is ordered to prove logon, where another template or product is for that; nil for what the profile says.
    public var logon: OrderTrial?
    public var subjects: TestSubjects
    /// How many orders may be placed; nil for any number, as at a sandbox.
    public var orderLimit: Int?
    /// How long to wait for what the CA does by itself.
    public var patience: Duration
    public var pollEvery: Duration
    /// How many orders at once the load check places.
    public var concurrentOrders: Int
    /// Makes our sandbox wait, approve, reject and expire; nil for a CA that cannot be told.
    public var sandbox: (any SandboxControl)?
    /// Fetches CRLs; unlike the connector's client it may be asked for plain http.
    public var publications: any HTTPClient
    /// The CRL now in force, for certificates that name no place; DER or PEM.
    public var currentCRL: (@Sendable () async throws -> [UInt8])?
    /// Printed and reported, so that a run can be repeated.
    public var seed: UInt64
    /// Hears what a check waits for, while it does, and what a person is to do meanwhile.
    public var tell: @Sendable (String) -> Void = { _ in }

    public init(
        profile: ConnectorProfile, connectorType: any CertificateAuthorityConnector.Type, settings: ConnectorSettings,
        services: ConnectorServices, acceptedRoots: [Certificate], trial: OrderTrial, logon: OrderTrial? = nil,
        subjects: TestSubjects, orderLimit: Int? = nil, patience: Duration = .seconds(30),
        pollEvery: Duration = .seconds(1),
        concurrentOrders: Int = 200, sandbox: (any SandboxControl)? = nil, publications: any HTTPClient,
        currentCRL: (@Sendable () async throws -> [UInt8])? = nil, seed: UInt64
    ) {
        self.profile = profile
        self.connectorType = connectorType
        self.settings = settings
        self.services = services
        self.acceptedRoots = acceptedRoots
        self.trial = trial
        self.logon = logon
        self.subjects = subjects
        self.orderLimit = orderLimit
        self.patience = patience
        self.pollEvery = pollEvery
        self.concurrentOrders = concurrentOrders
        self.sandbox = sandbox
        self.publications = publications
        self.currentCRL = currentCRL
        self.seed = seed
    }

    /// The connector again, with other settings or services.
    func connector(
        settings: ConnectorSettings? = nil, change: (inout ConnectorServices) -> Void = { _ in }
    ) throws -> any CertificateAuthorityConnector {
        var services = services
        change(&services)
        return try connectorType.init(profile: profile, settings: settings ?? self.settings, services: services)
    }

    /// Whether the connector is a CA of its own: then its clock is the CA's.
    var isOwnCA: Bool { connectorType is any AuthorityCreating.Type }
}
