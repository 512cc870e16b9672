// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Foundation
import Gateway
import KeyArchival
import MicrosoftGraph
import PKIX
import Secrets
import Settings
import YAMLDocuments

extension ConfigurationInspection {
    func look(at tenant: TenantConfiguration, _ reader: MappingReader) {
        // A verified domain has a dot; common, organizations and consumers are no tenant.
        if !tenant.id.contains(".") {
            note(reader, "id", guid: tenant.id, of: "the directory id or a domain of the tenant")
        }
        note(reader, "clientID", guid: tenant.clientID, of: "the application id of the app registration")
        for (key, address) in [("login", tenant.login), ("graph", tenant.graph), ("exchange", tenant.exchange)] {
            guard let address, let problem = ProfileEnvironment.problem(withAddress: address) else { continue }
            reader.add(key, problem)
        }
        certificates(reader, "tlsRoots", tenant.tlsRoots, "the roots of its TLS certificate")
        look(at: tenant.credential, of: tenant.clientID, in: tenant.id, reader)
    }

    /// The credential of an application.
    func look(
        at credential: TenantConfiguration.Credential, of clientID: String, in tenant: String, _ reader: MappingReader
    ) {
        switch credential {
        case .secret(let reference): secret(reader, "clientSecret", reference)
        case .certificate(let path, let reference):
            let certificate = certificates(
                reader, "clientCertificate", path, "the application's certificate", mayHoldKey: true
            ).first
            guard let pem = secret(reader, "clientKey", reference),
                let key = attempt(reader, "clientKey", { try PrivateKey(pem: pem) }), let certificate
            else { return }
            attempt(reader, "clientKey") {
                try CertificateCredential(
                    tenant: tenant, clientID: clientID, certificate: certificate, key: key,
                    endpoints: TenantEndpoints())
            }
        }
    }

    func look(at directory: CertificateDirectoryConfiguration, _ reader: MappingReader) {
        guard let server = directory.ldap else { return }
        certificates(reader, "tlsRoots", server.tlsRoots, "the roots of its TLS certificate")
        switch server.signIn {
        case .anonymous: break
        case .simple(_, let password): secret(reader, "bindPassword", password)
        case .certificate(let path, let key):
            certificates(reader, "clientCertificate", path, "the gateway's certificate")
            _ = file(reader, "clientKey", key)
        }
    }

    func look(at intune: IntuneConfiguration, _ reader: MappingReader) {
        guard let file = file(reader, "publicKey", intune.publicKey),
            let bytes = attempt(reader, "publicKey", { try file.bytes() }),
            let key = attempt(reader, "publicKey", { try RSAPublicBlob.publicKey(Array(bytes)) }),
            !intune.providerName.isEmpty, !intune.keyName.isEmpty
        else { return }
        attempt(reader, "publicKey") {
            try IntuneSettings(
                publicKey: key, providerName: intune.providerName, keyName: intune.keyName,
                paddingScheme: intune.paddingScheme, encryption: intune.pfxEncryption)
        }
    }

    /// Each agent by itself, and whether two are not told apart.
    func lookAtAgents() {
        var readable: [KeyRecoveryAgent] = []
        var lookedAt: [(agent: KeyRecoveryAgent, reader: MappingReader)] = []
        for (configured, reader) in zip(reading.configuration.keyRecoveryAgents, reading.keyRecoveryAgents) {
            guard isLookedAt(reader) else {
                readable += [try? configured.read()].compactMap(\.self)
                continue
            }
            let found = certificates(
                reader, "certificate", configured.certificate, "the agent's certificate", isOne: true)
            for certificate in found.prefix(1) {
                let agent = KeyRecoveryAgent(name: configured.name, certificate: certificate)
                readable.append(agent)
                lookedAt.append((agent, reader))
                for finding in agent.findings(at: now) where finding.severity == .error {
                    reader.add("certificate", finding.message)
                }
            }
        }
        for (names, finding) in KeyRecoveryAgent.confusions(readable) {
            lookedAt.first { names.contains($0.agent.name) }?.reader.add("certificate", finding.message)
        }
    }

    @discardableResult
    func secret(_ reader: MappingReader, _ key: String, _ reference: SecretReference) -> Secret? {
        // What is no reference is noted, and something else stands for it.
        guard let node = reader.node(key), node.scalar == reference.description else { return nil }
        return secret(reference, node, reader.path(of: key))
    }
}
