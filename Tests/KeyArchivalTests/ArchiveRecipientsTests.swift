// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyArchival
import PKIX
import Testing

/// Who can open a record is told by the key, not by what names it.
@Suite struct ArchiveRecipientsTests {
    /// The certificate of an agent, made once more with another key: issuer and serial number are those of the first.
    private static func twins() throws -> [(certificate: Certificate, key: PrivateKey)] {
        let serial = SerialNumber([7])
        return try [PrivateKey.generate(.p256), .generate(.p256)].map { key in
            var builder = CertificateBuilder(
                profile: .smimeEncryption, subject: [("CN", "Agent")], publicKey: try key.publicKey,
                notBefore: Date() - 86_400, notAfter: Date() + 86_400)
            builder.serialNumber = serial
            return (try builder.selfSigned(key: key), key)
        }
    }

    @Test func aCertificateMadeOnceMoreIsAnotherAgent() throws {
        let twins = try Self.twins()
        let (old, new) = (try AgentIdentity(twins[0].certificate), try AgentIdentity(twins[1].certificate))
        let stranger = try AgentIdentity(TestAgent(.p256).agent.certificate)
        #expect(old.name == new.name && old.key != new.key && stranger.name != old.name)
        let cms = try KeyArchive.archive(
            privateKey: try .generate(.p256),
            recipients: [KeyRecoveryAgent(name: "a", certificate: twins[0].certificate)])
        let known = [old.name: old.key]
        let recorded = try ArchiveRecipients(cms: cms) { known[$0] }
        #expect([old, new, stranger].map(recorded.verdict) == [.opens, .otherKey, .none])
        #expect(recorded.areExactly([old]) && !recorded.areExactly([new]) && !recorded.areExactly([old, stranger]))
        // What is not on record is not taken for anything.
        let before = try ArchiveRecipients(cms: cms) { _ in nil }
        #expect([old, new, stranger].map(before.verdict) == [.unknown, .unknown, .none])
        #expect(!before.areExactly([old]) && !before.areExactly([new]))
    }
}
