// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Directory
import Enrollment
import Foundation
import KeyArchival
import MicrosoftGraph
import PKIX
import Settings

extension Gateway {
    /// - Throws: `SettingsError` when no tenant is configured or its credential cannot be read.
    func graphClient() throws -> GraphClient {
        guard let tenant = configuration.tenant else {
            throw SettingsError("no tenant is configured: add section 'tenant' and run 'certway apply -f FILE'")
        }
        let endpoints = TenantEndpoints(cloud: tenant.cloud, authority: tenant.login, graph: tenant.graph)
        let credential: any TokenCredential =
            switch tenant.credential {
            case .secret(let reference):
                ClientSecretCredential(
                    tenant: tenant.id, clientID: tenant.clientID, secret: try reference.resolve(), endpoints: endpoints)
            case .certificate(let path, let key):
                try CertificateCredential(
                    tenant: tenant.id, clientID: tenant.clientID,
                    certificate: Certificate(pem: try SettingsFile(path: path).text()),
                    key: PrivateKey(pem: try key.resolve()), endpoints: endpoints)
            }
        return GraphClient(
            endpoints: endpoints, credential: credential, sender: RequestSender(http: http, logger: logger))
    }

    func uploader(_ graph: GraphClient) throws -> IntunePFXUploader? {
        guard let intune = configuration.intune else { return nil }
        let key = try RSAPublicBlob.publicKey(Array(SettingsFile(path: intune.publicKey).bytes()))
        return IntunePFXUploader(
            graph: graph,
            settings: try IntuneSettings(
                publicKey: key, providerName: intune.providerName, keyName: intune.keyName,
                paddingScheme: intune.paddingScheme, encryption: intune.pfxEncryption))
    }

    func keyRecoveryAgents() throws -> [KeyRecoveryAgent] {
        try configuration.keyRecoveryAgents.map { agent in
            try KeyRecoveryAgent(
                name: agent.name, certificate: Certificate(pem: try SettingsFile(path: agent.certificate).text()))
        }
    }

    /// The engine and the pass it serves. Takes the gateway's lock: one process works on a folder at a time.
    func makeWork(onActivity: @escaping @Sendable (EnrollmentPass.Activity) -> Void) async throws -> (
        engine: EnrollmentEngine, pass: EnrollmentPass
    ) {
        try home.acquireLock()
        let owner = "\(ProcessInfo.processInfo.hostName):\(home.path)"
        // The lock is ours, so whoever held leases under this name is dead.
        try await ledger.releaseLeases(of: owner)
        let graph = try graphClient()
        let context = EnrollmentContext(
            ledger: ledger, backends: backends, keyRecoveryAgents: try keyRecoveryAgents(),
            sealingKey: try home.loadSealingKey(),
            keyGenerator: KeyGenerator(concurrency: configuration.limits.keyGenerators), uploader: try uploader(graph),
            clock: SystemClock(), logger: logger)
        let engine = EnrollmentEngine(
            context: context, owner: owner, concurrency: configuration.limits.concurrency)
        return (engine, pass(graph, onActivity))
    }

    func pass(_ graph: GraphClient, _ onActivity: @escaping @Sendable (EnrollmentPass.Activity) -> Void = { _ in })
        -> EnrollmentPass
    {
        EnrollmentPass(
            configuration: configuration,
            synchronizer: DirectorySynchronizer(graph: graph, database: database, logger: logger), planner: planner,
            backends: backends, onActivity: onActivity)
    }
}
