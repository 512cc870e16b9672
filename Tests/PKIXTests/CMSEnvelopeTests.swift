// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import TestSupport
import Testing

@Suite struct CMSEnvelopeTests {
    @Test func everyRecipientOpensItWithOpenSSL() async throws {
        let authority = try TestAuthority()
        let types: [KeyType] = [.rsa2048, .rsa4096, .p256, .p384]
        let keys = try types.map { try PrivateKey.generate($0) }
        let certificates = try keys.map { try authority.issue(.smimeEncryption, [("CN", "KRA")], $0.publicKey) }
        let content = Secret("line one\nline two\r\n\u{0}binary")
        let envelope = try CMSEnvelope.encrypt(content, recipients: certificates)
        let directory = try TemporaryDirectory()
        let file = try directory.write(envelope, "archive.cms")
        for (key, certificate) in zip(keys, certificates) {
            #expect(try CMSEnvelope.decrypt(envelope, certificate: certificate, key: key).revealed == content.revealed)
            let keyFile = try directory.write(key.pem().revealed, "key.pem")
            let certificateFile = try directory.write(certificate.pem, "certificate.pem")
            #expect(
                try await Tool.openssl(
                    "cms", "-decrypt", "-binary", "-inform", "DER", "-in", file, "-inkey", keyFile, "-recip",
                    certificateFile) == content.revealed)
        }
        let text = try await Tool.openssl("cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", file)
        #expect(text.contains("id-smime-ct-authEnvelopedData"))
        #expect(text.contains("aes-256-gcm"))
        // SHA-1 is what OAEP means where it names no hash (RFC 4055 §4.1).
        let recipients = text.components(separatedBy: "rsaesOaep").dropFirst()
            .map { $0.components(separatedBy: "encryptedKey")[0] }
        #expect(recipients.count == 2 && recipients.allSatisfy { $0.contains("sha256") && !$0.contains("sha1") })
        #expect(text.contains("dhSinglePass-stdDH-sha256kdf-scheme"))
    }

    /// What names another cipher (AES-256 in ECB, CBC, OFB, CFB, key wrap, CCM), or brings less of the tag, is not opened at all.
    @Test(arguments: [KeyType.rsa2048, .p256]) func nothingOpensUnauthenticated(_ type: KeyType) throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generate(type)
        let certificate = try authority.issue(.smimeEncryption, [("CN", "KRA")], key.publicKey)
        let envelope = try CMSEnvelope.encrypt(
            Secret(String(repeating: "content", count: 100)), recipients: [certificate])
        let gcm: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2E]
        let place = try #require(envelope.indices.dropLast(9).last { Array(envelope[$0..<$0 + 9]) == gcm }) + 8
        for cipher: UInt8 in 0x29...0x2F where cipher != 0x2E {
            var changed = envelope
            changed[place] = cipher
            #expect(throws: PKIXError.self) { try CMSEnvelope.decrypt(changed, certificate: certificate, key: key) }
            // Once more with an initialization vector of 16 bytes, the parameter that CBC, OFB and CFB want, in the room that
            // GCM's nonce and length of the tag had.
            #expect(Array(envelope[place + 1...place + 4]) == [0x30, 0x11, 0x04, 0x0C])
            changed.replaceSubrange(
                place + 1...place + 19, with: [0x04, 0x81, 0x10] + [UInt8](repeating: 7, count: 16))
            #expect(throws: PKIXError(.cannotOpen, "")) {
                try CMSEnvelope.decrypt(changed, certificate: certificate, key: key)
            }
        }
        #expect(envelope[envelope.count - 18..<envelope.count - 16] == [0x04, 0x10])
        for length in [1, 4, 8, 12, 15] {
            var changed = Array(envelope.dropLast(16 - length))
            changed[changed.count - length - 1] = UInt8(length)
            // ContentInfo, [0] and AuthEnvelopedData have lengths of two bytes, and the type lies between the first two.
            for start in [0, 17, 21] {
                #expect(changed[start + 1] == 0x82)
                let size = (Int(changed[start + 2]) << 8 | Int(changed[start + 3])) - 16 + length
                (changed[start + 2], changed[start + 3]) = (UInt8(size >> 8), UInt8(size & 0xFF))
            }
            #expect(throws: PKIXError(.cannotOpen, "")) {
                try CMSEnvelope.decrypt(changed, certificate: certificate, key: key)
            }
        }
        #expect(try CMSEnvelope.decrypt(envelope, certificate: certificate, key: key).revealed.count == 700)
    }

    @Test func onlyARecipientOpensIt() throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try authority.issue(.smimeEncryption, [("CN", "KRA")], key.publicKey)
        let envelope = try CMSEnvelope.encrypt(Secret("content"), recipients: [certificate])
        let otherKey = try PrivateKey.generate(.rsa2048)
        let other = try authority.issue(.smimeEncryption, [("CN", "Eve")], otherKey.publicKey)
        #expect(throws: PKIXError(.cannotOpen, "")) {
            try CMSEnvelope.decrypt(envelope, certificate: other, key: otherKey)
        }
        #expect(throws: PKIXError(.cannotOpen, "")) {
            try CMSEnvelope.decrypt(envelope, certificate: certificate, key: otherKey)
        }
    }

    @Test func changedBytesDoNotOpen() throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generate(.p256)
        let certificate = try authority.issue(.smimeEncryption, [("CN", "KRA")], key.publicKey)
        let envelope = try CMSEnvelope.encrypt(Secret("content"), recipients: [certificate])
        for index in envelope.indices {
            var changed = envelope
            changed[index] ^= 1
            let opened = try? CMSEnvelope.decrypt(changed, certificate: certificate, key: key)
            // Some bytes carry nothing, such as the version number; none may change the content.
            #expect(opened == nil || opened?.revealed == "content", "byte \(index)")
        }
        #expect(throws: PKIXError(.malformed, "")) {
            try CMSEnvelope.decrypt(envelope + [0], certificate: certificate, key: key)
        }
    }

    @Test func unauthenticatedEnvelopesAreRefused() async throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try authority.issue(.smimeEncryption, [("CN", "KRA")], key.publicKey)
        let directory = try TemporaryDirectory()
        let output = directory.path + "/out"
        _ = try await Tool.openssl(
            "cms", "-encrypt", "-aes-256-cbc", "-outform", "DER", "-out", output,
            try directory.write(certificate.pem, "certificate.pem"), input: Array("content".utf8))
        let der = try Array(Data(contentsOf: URL(fileURLWithPath: output)))
        #expect(throws: PKIXError(.malformed, "")) { try CMSEnvelope.decrypt(der, certificate: certificate, key: key) }
    }

    @Test func noRecipientIsRefused() {
        #expect(throws: PKIXError(.unacceptable, "")) { try CMSEnvelope.encrypt(Secret("x"), recipients: []) }
    }
}
