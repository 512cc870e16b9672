// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyArchival
import PKIX
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct KeyArchiveTests {
    @Test(arguments: [KeyType.rsa2048, .p256]) func everyAgentRecoversTheKey(_ type: KeyType) throws {
        let agents = try [TestAgent(.rsa2048), TestAgent(.p256), TestAgent(.rsa3072)]
        let key = try PrivateKey.generate(type)
        let subscriber = try TestAgent.certificate(for: key, subject: "Ada")
        let archived = try KeyArchive.archive(privateKey: key, recipients: agents.map(\.agent))
        for agent in agents {
            let recovered = try KeyArchive.recover(
                cms: archived, certificate: agent.agent.certificate, key: agent.key, subscriber: subscriber)
            #expect(try recovered.publicKey == key.publicKey)
        }
        let other = try TestAgent(.p256)
        #expect(throws: PKIXError(.unacceptable, "")) {
            try KeyArchive.recover(
                cms: archived, certificate: agents[0].agent.certificate, key: agents[0].key,
                subscriber: other.agent.certificate)
        }
        #expect(throws: PKIXError(.cannotOpen, "")) {
            try KeyArchive.recover(cms: archived, certificate: other.agent.certificate, key: other.key)
        }
    }

    @Test(arguments: [KeyType.rsa2048, .p384]) func opensslRecoversTheKey(_ agentType: KeyType) async throws {
        let agent = try TestAgent(agentType)
        let key = try PrivateKey.generate(.rsa2048)
        let archived = try KeyArchive.archive(privateKey: key, recipients: [agent.agent])
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("certway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(archived).write(to: folder.appendingPathComponent("key.cms"))
        try Data(agent.key.pem().revealed.utf8).write(to: folder.appendingPathComponent("agent.key"))
        try Data(agent.agent.certificate.pem.utf8).write(to: folder.appendingPathComponent("agent.pem"))
        let printed = try await Tool.run(
            [
                "sh", "-c",
                "openssl cms -decrypt -binary -inform DER -in key.cms -inkey agent.key -recip agent.pem"
                    + " | openssl pkey -inform DER -pubout",
            ], folder: folder.path)
        #expect(try printed == key.publicKey.pem)
    }

    @Test func archivingNeedsSoundAgents() throws {
        let key = try PrivateKey.generate(.p256)
        #expect(throws: PKIXError(.unacceptable, "")) { try KeyArchive.archive(privateKey: key, recipients: []) }
        let sound = try TestAgent(.p256)
        let expired = try TestAgent(.p256, validDays: -1)
        let error = #expect(throws: PKIXError(.unacceptable, "")) {
            try KeyArchive.archive(privateKey: key, recipients: [sound.agent, expired.agent])
        }
        #expect(error?.message.contains("expired on") == true)
    }
}
