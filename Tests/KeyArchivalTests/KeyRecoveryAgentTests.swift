// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyArchival
import PKIX
import TestSupport
import Testing

@Suite struct KeyRecoveryAgentTests {
    @Test func soundAgentsGiveNoFinding() throws {
        let agents = try [TestAgent(.rsa2048).agent, TestAgent(.p256).agent]
        #expect(KeyRecoveryAgent.findings(agents, at: Date()).isEmpty)
    }

    @Test func findingsSayWhatToDo() throws {
        let soon = try TestAgent(.p256, validDays: 10).agent.findings(at: Date())
        #expect(soon.map(\.severity) == [.warning])
        let late = try TestAgent(.p256).agent.findings(at: Date() + 86400 * 400)
        #expect(late.map(\.severity) == [.error])
        let early = try TestAgent(.p256).agent.findings(at: Date() - 86400 * 40)
        #expect(early.first?.message.contains("not valid before") == true)
        let signer = try TestAgent(.rsa2048, profile: .smimeSigning).agent.findings(at: Date())
        #expect(signer.map(\.severity) == [.error])
        #expect(signer[0].message.contains("digitalSignature, expected keyEncipherment"), "\(signer)")
        let curve = try TestAgent(.p256, profile: .smimeSigning).agent.findings(at: Date())
        #expect(curve.first?.message.contains("expected keyAgreement") == true)
    }

    @Test func aShortKeyCanBeBroken() async throws {
        let made = try await Run.tool(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=Grace", "-days",
                "90", "-addext", "keyUsage=keyEncipherment",
            ])
        let agent = KeyRecoveryAgent(name: "Grace", certificate: try Certificate(pem: made.output))
        let findings = agent.findings(at: Date() + 60)
        #expect(findings.map(\.severity) == [.error])
        #expect(findings.first?.message.contains("1024 bits") == true)
    }

    @Test func oneAgentIsAWarningAndNoneAnError() throws {
        let agent = try TestAgent(.p256).agent
        #expect(KeyRecoveryAgent.findings([agent], at: Date()).map(\.severity) == [.warning])
        #expect(KeyRecoveryAgent.findings([], at: Date()).map(\.severity) == [.error])
    }

    /// Nothing is encrypted for a key that does not protect; each is a finding that names the agent, and archives nothing.
    @Test func keysThatDoNotProtectAreErrors() async throws {
        var keys: [PublicKey] = []
        for curve in ["secp112r1", "secp224r1"] {
            let made = try await Tool.openssl(
                "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)")
            keys.append(try await PublicKey(pem: Tool.openssl("pkey", "-pubout", input: Array(made.utf8))))
        }
        var modulus = SecureRandom.bytes(256)
        modulus[0] |= 0x80
        modulus[255] |= 1
        for exponent: [UInt8] in [[1], [2], [3]] {
            keys.append(try RSAParts(modulus: modulus, exponent: exponent).publicKey)
        }
        keys.append(try PrivateKey.generateWeak().publicKey)
        for key in keys {
            let agent = try TestAgent.agent("Grace", for: key)
            let findings = agent.findings(at: Date()).filter { $0.severity == .error }
            #expect(findings.count == 1 && findings[0].message.hasPrefix("key recovery agent Grace: "), "\(findings)")
            let sound = try TestAgent(.p256).agent
            #expect(throws: PKIXError(.unacceptable, "")) {
                try KeyArchive.archive(privateKey: .generate(.p256), recipients: [sound, agent])
            }
        }
    }

    @Test func twoCertificatesOfOneKeyAreNotTwoAgents() throws {
        let (one, other) = (try PrivateKey.generate(.p256).publicKey, try PrivateKey.generate(.rsa2048).publicKey)
        let agents = try [
            TestAgent.agent("Ada", for: one), TestAgent.agent("Grace", for: other), TestAgent.agent("Eve", for: one),
        ]
        let findings = KeyRecoveryAgent.findings(agents, at: Date())
        #expect(findings.map(\.severity) == [.error])
        #expect(findings.first?.message.contains("key recovery agents Ada, Eve have the same key") == true)
        #expect(throws: PKIXError(.unacceptable, "")) {
            try KeyArchive.archive(privateKey: .generate(.p256), recipients: agents)
        }
        #expect(KeyRecoveryAgent.findings(Array(agents.prefix(2)), at: Date()).isEmpty)
    }

    /// A record names its recipients so: of two with one name and number it would open for one alone.
    @Test func twoCertificatesOfOneNumberAreNotTwoAgents() async throws {
        let folder = try TemporaryFolder()
        func agent(_ name: String, serial: Int) async throws -> KeyRecoveryAgent {
            try await Tool.run(
                [
                    "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "agent.pem",
                    "-days", "800", "-subj", "/CN=Agent", "-set_serial", "\(serial)",
                ], folder: folder.path)
            let pem = try String(contentsOfFile: folder.path("agent.pem"), encoding: .utf8)
            return KeyRecoveryAgent(name: name, certificate: try Certificate(pem: pem))
        }
        let agents = try await [agent("Ada", serial: 5), agent("Grace", serial: 6), agent("Eve", serial: 5)]
        let findings = KeyRecoveryAgent.findings(agents, at: Date())
        #expect(findings.map(\.severity) == [.error])
        #expect(findings.first?.message.contains("agents Ada, Eve have the same issuer and serial number") == true)
        #expect(throws: PKIXError(.unacceptable, "")) {
            try KeyArchive.archive(privateKey: .generate(.p256), recipients: agents)
        }
        #expect(KeyRecoveryAgent.findings(Array(agents.prefix(2)), at: Date()).isEmpty)
    }

    /// What cannot be read restricts: it is never as if it were not there.
    @Test func aKeyUsageThatCannotBeReadIsRefusedWithTheCertificate() async throws {
        let folder = try TemporaryFolder()
        try await Tool.run(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "agent.pem",
                "-subj",
                "/CN=Agent", "-addext", "2.5.29.15=DER:0401FF",
            ], folder: folder.path)
        let pem = try String(contentsOfFile: folder.path("agent.pem"), encoding: .utf8)
        #expect(throws: PKIXError(.malformed, "")) { try Certificate(pem: pem) }
    }
}
