// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Fulfilment
import Gateway
import PKIX
import Settings
import Testing

/// What decides who can read keys, and which certificates are believed, counts as it was applied.
@Suite struct AppliedFilesTests {
    private func agent(_ name: String) throws -> String {
        let key = try PrivateKey.generate(.p256)
        return try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", name)], publicKey: key.publicKey, notBefore: Office.start,
            notAfter: Office.end
        ).selfSigned(key: key).pem
    }

    private func office() async throws -> (Office, yaml: String) {
        let office = try await Office()
        try office.folder.write("secret", to: "client")
        try office.folder.write(try agent("kra"), to: "kra.pem")
        let yaml = office.yaml(
            more: """
                tenant: {id: \(Office.tenant), clientID: \(Office.application), clientSecret: "file:\(office.folder.path("client"))"}
                keyRecoveryAgents: [{name: kra, certificate: "\(office.folder.path("kra.pem"))"}]
                """)
        try await office.apply(yaml)
        return (office, yaml)
    }

    private func current(_ office: Office) async throws -> CurrentGateway {
        CurrentGateway(try await office.gateway(), memory: EngineMemory())
    }

    @Test func anExchangedAgentGetsNoKeys() async throws {
        let (office, yaml) = try await office()
        let running = try await current(office)
        let applied = try await running.context().keyRecoveryAgents["kra"]
        #expect(try await running.context().fileFault("one") == nil)
        try office.folder.write(try agent("stranger"), to: "kra.pem")
        // Nobody gets a key and nothing is ordered, by what runs and by what begins now; what needs no key of anybody goes on.
        #expect(applied != nil)
        let fresh = try await current(office)
        for gateway in [running, fresh] {
            let context = try await gateway.context()
            #expect(context.keyRecoveryAgents["kra"] == nil || context.keyRecoveryAgents["kra"] == applied)
            #expect(context.fileFault("one")?.hasPrefix("keyRecoveryAgents.kra.certificate: file ") == true)
        }
        #expect(try await fresh.context().keyRecoveryAgents.isEmpty)
        let examination = try await Doctor(office.gateway()).examine()
        #expect(examination.findings.contains { $0.subject == "applied files" && $0.text.contains("kra.pem") })
        // Another part is applied without a look at this one, and does not take it up.
        try await office.apply(office.yaml(one: ", pollEvery: 5s"))
        #expect(try await running.context().keyRecoveryAgents.isEmpty)
        #expect(try await running.context().fileFault("one") != nil)
        let tried = try await office.apply(yaml, isDryRun: true)
        #expect(tried.warnings.contains { $0.contains("holds something else than when it was applied before") })
        #expect(try await running.context().keyRecoveryAgents.isEmpty)
        try await office.apply(yaml)
        #expect(try await running.context().fileFault("one") == nil)
        #expect(try await running.context().keyRecoveryAgents["kra"]?.certificate.subject.commonName == "stranger")
    }

    /// A process that starts without it looks after everything that needs no key of anybody.
    @Test func aMissingAgentStopsNewOrdersAndNothingElse() async throws {
        let (office, _) = try await office()
        try FileManager.default.removeItem(atPath: office.folder.path("kra.pem"))
        let context = try await current(office).context()
        #expect(context.keyRecoveryAgents.isEmpty)
        #expect(context.fileFault("one")?.contains("kra.pem cannot be read: put it back") == true)
        let examination = try await Doctor(office.gateway()).examine()
        #expect(examination.findings.contains { $0.subject == "applied files" && $0.text.contains("kra.pem") })
    }

    /// Put back, it is the same again.
    @Test func whatIsPutBackCountsAgain() async throws {
        let (office, _) = try await office()
        let running = try await current(office)
        #expect(try await running.context().fileFault("one") == nil)
        let content = try String(contentsOfFile: office.folder.path("kra.pem"), encoding: .utf8)
        try office.folder.write(try agent("stranger"), to: "kra.pem")
        #expect(try await running.context().fileFault("one") != nil)
        try office.folder.write(content, to: "kra.pem")
        #expect(try await running.context().fileFault("one") == nil)
    }

    /// Roots stop their own backend CA, and no other.
    @Test func exchangedRootsAreNotBelieved() async throws {
        let (office, _) = try await office()
        try office.folder.write(office.root.pem, to: "other.pem")
        try await office.apply(
            office.yaml().replacing(
                "connector: other-ca, acceptedRoots: \(office.folder.path)/root.pem",
                with:
                    "connector: other-ca, acceptedRoots: \(office.folder.path)/other.pem"))
        let running = try await current(office)
        #expect(try await running.context().fileFault("other") == nil)
        try office.folder.write(try agent("Foreign"), to: "other.pem")
        let context = try await running.context()
        #expect(context.fileFault("other")?.contains("nothing new is ordered at backend CA other") == true)
        #expect(context.fileFault("one") == nil)
        guard case .unusable(let reason)? = try await office.gateway().backends["other"] else {
            return #expect(Bool(false), "the foreign root is believed")
        }
        #expect(reason.contains("holds something else than when it was applied"))
    }

    /// A configuration that an earlier version has stored is held to its files from the first start on.
    @Test func anEarlierVersionsFilesAreHeldFromNowOn() async throws {
        let (office, _) = try await office()
        _ = try await office.ledger.apply([.delete(kind: "appliedFiles", name: "settings")])
        #expect(try await office.gateway().configuration.keyRecoveryAgents[0].appliedCertificate == nil)
        let gateway = try await office.gateway()
        try await ConfigurationStore(ledger: gateway.ledger).holdFiles(of: gateway.configuration)
        #expect(try await office.gateway().configuration.keyRecoveryAgents[0].appliedCertificate != nil)
    }
}
