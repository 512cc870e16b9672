// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyArchival
import PKIX
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct RewrapTests {
    /// Several agents, RSA and on curves; OpenSSL and Python open as each of them.
    @Test(arguments: [KeyType.rsa2048, .p256]) func everyAgentOpensByOtherTools(_ type: KeyType) async throws {
        let agents = try [TestAgent(.rsa2048), TestAgent(.p256), TestAgent(.rsa3072), TestAgent(.p384)]
        let key = try PrivateKey.generate(type)
        let archived = try KeyArchive.archive(privateKey: key, recipients: agents.map(\.agent))
        for agent in agents {
            #expect(try await Self.openssl(archived, agent) == key.publicKey.pem)
            #expect(try await Self.python(archived, agent) == key.publicKey.pem)
        }
        let stranger = try TestAgent(.p256)
        await #expect(throws: Tool.Failure.self) { try await Self.python(archived, stranger) }
    }

    /// As an RSA agent, as one on a curve, and as one whose key is elsewhere.
    @Test(arguments: [0, 1, 2]) func newAgentsOpenAndOldOnesDoNot(_ way: Int) async throws {
        let (old, oldCurve) = try (TestAgent(.rsa2048), TestAgent(.p256))
        let new = try [TestAgent(.rsa3072), TestAgent(.p384)]
        let key = try PrivateKey.generate(.rsa2048)
        let archived = try KeyArchive.archive(privateKey: key, recipients: [old.agent, oldCurve.agent])
        let opener = way == 1 ? oldCurve : old
        let agentKey: AgentKey = way == 2 ? .service(ElsewhereKey(key: old.key)) : .file(opener.key)
        let made = try await KeyArchive.rewrap(
            cms: archived, certificate: opener.agent.certificate, agent: agentKey,
            to: new.map(\.agent.certificate))
        #expect(
            try CMSEnvelope.recipients(of: made)
                == Set(new.map { IssuerAndSerialNumber($0.agent.certificate) }))
        for agent in new {
            let opened = try KeyArchive.recover(cms: made, certificate: agent.agent.certificate, key: agent.key)
            #expect(try opened.publicKey == key.publicKey)
            #expect(try await Self.openssl(made, agent) == key.publicKey.pem)
            #expect(try await Self.python(made, agent) == key.publicKey.pem)
        }
        for agent in [old, oldCurve] {
            #expect(throws: PKIXError(.cannotOpen, "")) {
                try KeyArchive.recover(cms: made, certificate: agent.agent.certificate, key: agent.key)
            }
        }
        // And once more, from the new ones to another.
        let last = try TestAgent(.p256)
        let again = try await KeyArchive.rewrap(
            cms: made, certificate: new[0].agent.certificate, agent: .file(new[0].key),
            to: [last.agent.certificate])
        #expect(
            try KeyArchive.recover(cms: again, certificate: last.agent.certificate, key: last.key).publicKey
                == key.publicKey)
    }

    @Test func keyElsewhereOpens() async throws {
        let (agent, other) = try (TestAgent(.rsa2048), TestAgent(.p256))
        let key = try PrivateKey.generate(.p256)
        let archived = try KeyArchive.archive(privateKey: key, recipients: [other.agent, agent.agent])
        let service = ElsewhereKey(key: agent.key)
        let opened = try await KeyArchive.recover(
            cms: archived, certificate: agent.agent.certificate, agent: .service(service))
        #expect(try opened.publicKey == key.publicKey)
        await #expect(throws: PKIXError(.unacceptable, "")) {
            try await KeyArchive.recover(cms: archived, certificate: other.agent.certificate, agent: .service(service))
        }
    }

    /// What a service gives is held to the content: another key in its place opens nothing, and no record is made of it.
    @Test(arguments: [32, 16, 7, 0]) func wrongContentKeyMakesNoRecord(_ count: Int) async throws {
        let (agent, new) = try (TestAgent(.rsa2048), TestAgent(.p256))
        let archived = try KeyArchive.archive(privateKey: try PrivateKey.generate(.p256), recipients: [agent.agent])
        let liar = ElsewhereKey(key: agent.key, answer: SecureRandom.secret(count))
        await #expect(throws: PKIXError(.cannotOpen, "")) {
            try await KeyArchive.rewrap(
                cms: archived, certificate: agent.agent.certificate, agent: .service(liar),
                to: [new.agent.certificate])
        }
        await #expect(throws: PKIXError(.cannotOpen, "")) {
            try await KeyArchive.recover(cms: archived, certificate: agent.agent.certificate, agent: .service(liar))
        }
    }

    @Test func agentsKeyIsReadAsPEMAndAsPKCS12() throws {
        let agent = try TestAgent(.rsa2048)
        let password = Secret("of the agent's file")
        let pfx = try PKCS12Bundle(key: agent.key, certificate: agent.agent.certificate)
            .encrypted(password: password, friendlyName: "agent", iterations: 2048)
        let sources: [(Secret, Secret?)] = [
            (try agent.key.pem(), nil), (try agent.key.pem(passphrase: password), password), (Secret(pfx), password),
        ]
        for (content, passphrase) in sources {
            guard case .file(let key) = try AgentKey(file: content, passphrase: passphrase) else {
                Issue.record("a file became something else")
                continue
            }
            #expect(try key.publicKey == agent.key.publicKey)
        }
        #expect(throws: PKIXError.self) { try AgentKey(file: Secret(pfx), passphrase: Secret("wrong")) }
        #expect(throws: PKIXError.self) { try AgentKey(file: Secret("neither of both"), passphrase: nil) }
    }

    private static func files(_ record: [UInt8], _ agent: TestAgent) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try Data(record).write(to: URL(filePath: folder.path("key.cms")))
        try Data(agent.key.pem().revealed.utf8).write(to: URL(filePath: folder.path("agent.key")))
        try Data(agent.agent.certificate.pem.utf8).write(to: URL(filePath: folder.path("agent.pem")))
        return folder
    }

    private static func openssl(_ record: [UInt8], _ agent: TestAgent) async throws -> String {
        let folder = try files(record, agent)
        defer { withExtendedLifetime(folder) {} }
        return try await Tool.run(
            [
                "sh", "-c",
                "openssl cms -decrypt -binary -inform DER -in key.cms -inkey agent.key -recip agent.pem"
                    + " | openssl pkey -inform DER -pubout",
            ], folder: folder.path(""))
    }

    private static func python(_ record: [UInt8], _ agent: TestAgent) async throws -> String {
        let folder = try files(record, agent)
        defer { withExtendedLifetime(folder) {} }
        let judge = URL(filePath: #filePath).deletingLastPathComponent().path + "/archive-judge.py"
        return try await Tool.run(
            ["/usr/bin/python3", judge] + ["key.cms", "agent.pem", "agent.key"].map(folder.path))
    }
}

/// A key that only answers, as one in a vault does.
private struct ElsewhereKey: ContentKeyService {
    let key: PrivateKey
    /// In the place of the true answer.
    var answer: Secret?
    let label = "a key elsewhere"

    func unwrap(_ wrapped: WrappedContentKey) async throws -> Secret {
        #expect(wrapped.algorithm == .oaepSHA256)
        return try answer ?? key.decryptOAEP(wrapped.encryptedKey, hash: .sha256)
    }
}
