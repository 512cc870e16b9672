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
        #expect(KeyRecoveryAgent.findings([agent, agent], at: Date()).map(\.severity) == [.warning])
        #expect(KeyRecoveryAgent.findings([], at: Date()).map(\.severity) == [.error])
    }
}
