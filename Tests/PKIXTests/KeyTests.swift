// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct KeyTests {
    @Test(arguments: KeyType.allCases) func generatedKeysAreSoundForOpenSSL(_ type: KeyType) async throws {
        let key = try PrivateKey.generate(type)
        #expect(key.keyType == type)
        let directory = try TemporaryDirectory()
        let file = try directory.write(key.pem().revealed, "key.pem")
        #expect(try await Tool.openssl("pkey", "-in", file, "-check", "-noout").contains("Key is valid"))
        #expect(try await Tool.openssl("pkey", "-in", file, "-pubout") == key.publicKey.pem)
    }

    @Test func everyGeneratedKeyIsAnother() async throws {
        let keys = try await withThrowingTaskGroup(of: PublicKey.self) { group in
            for index in 0..<32 {
                group.addTask { try PrivateKey.generate(index % 2 == 0 ? .rsa2048 : .p256).publicKey }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(keys).count == 32)
    }

    @Test(arguments: [KeyType.rsa2048, .p256, .p384]) func pkcs8RoundTrip(_ type: KeyType) throws {
        let key = try PrivateKey.generate(type)
        #expect(try PrivateKey(pkcs8: key.pkcs8).publicKey == key.publicKey)
    }

    @Test func passphraseProtectsPEM() throws {
        let key = try PrivateKey.generate(.p256)
        let pem = try key.pem(passphrase: Secret("correct horse"))
        #expect(pem.revealed.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
        #expect(try PrivateKey(pem: pem, passphrase: Secret("correct horse")).publicKey == key.publicKey)
        #expect(throws: PKIXError(.wrongPassword, "")) { try PrivateKey(pem: pem, passphrase: Secret("wrong")) }
        #expect(throws: PKIXError(.wrongPassword, "")) { try PrivateKey(pem: pem) }
        #expect(throws: PKIXError(.malformed, "")) { try PrivateKey(pem: Secret("no key here")) }
        let broken = Secret(
            pem.revealed.replacing("PRIVATE KEY-----\n", with: "PRIVATE KEY-----\n!!!!", maxReplacements: 1))
        #expect(throws: PKIXError.self) { try PrivateKey(pem: broken, passphrase: Secret("correct horse")) }
    }

    /// What is encrypted opens again, up to the longest passphrase there is; longer ones and none are refused at writing.
    @Test(arguments: [1, 12, 1023, 1024]) func passphrasesOpenAgain(_ count: Int) async throws {
        let key = try PrivateKey.generate(.p256)
        let passphrase = String(repeating: "ä", count: count / 2) + String(repeating: "x", count: count % 2)
        #expect(passphrase.utf8.count == count)
        let pem = try key.pem(passphrase: Secret(passphrase))
        #expect(try PrivateKey(pem: pem, passphrase: Secret(passphrase)).publicKey == key.publicKey)
        #expect(throws: PKIXError(.wrongPassword, "")) {
            try PrivateKey(pem: pem, passphrase: Secret(passphrase + String(repeating: "x", count: 4000)))
        }
    }

    @Test(arguments: [0, 1025, 2000, 100_000]) func passphrasesThatNeverOpenAreRefused(_ count: Int) throws {
        let error = #expect(throws: PKIXError(.unacceptable, "")) {
            try PrivateKey.generate(.p256).pem(passphrase: Secret(String(repeating: "x", count: count)))
        }
        #expect(error?.message.contains("\(count) bytes, expected 1 to 1024") == true)
    }

    @Test func olderKeyFormsAreRead() async throws {
        for arguments in [["genrsa", "-traditional", "2048"], ["ecparam", "-genkey", "-name", "prime256v1"]] {
            let pem = try await Tool.run(["openssl"] + arguments)
            #expect(try PrivateKey(pem: Secret(pem)).keyType != nil)
        }
    }

    @Test(arguments: SignaturePadding.allCases) func signaturesVerifyElsewhere(_ padding: SignaturePadding) async throws
    {
        let key = try PrivateKey.generate(.rsa2048)
        let message = Array("what was signed".utf8)
        let signature = try key.sign(message, padding: padding)
        #expect(try key.publicKey.verify(signature, of: message, padding: padding))
        #expect(try !key.publicKey.verify(signature, of: message + [0], padding: padding))
        let directory = try TemporaryDirectory()
        var arguments = [
            "openssl", "dgst", "-sha256", "-verify", try directory.write(key.publicKey.pem, "public.pem"), "-signature",
            try directory.write(signature, "signature"),
        ]
        if padding == .pss { arguments += ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"] }
        #expect(try await Tool.run(arguments, input: message).contains("Verified OK"))
    }

    @Test func curvesSignWithECDSA() throws {
        for type in [KeyType.p256, .p384] {
            let key = try PrivateKey.generate(type)
            let signature = try key.sign([1, 2, 3])
            #expect(try key.publicKey.verify(signature, of: [1, 2, 3]))
            #expect(throws: PKIXError(.unacceptable, "")) { try key.sign([1], padding: .pss) }
        }
    }

    @Test func keyIdentifierIsMethodOne() async throws {
        let key = try PrivateKey.generate(.rsa2048).publicKey
        let program = """
            import sys
            from cryptography.hazmat.primitives.serialization import load_pem_public_key
            from cryptography import x509
            key = load_pem_public_key(sys.stdin.buffer.read())
            print(x509.SubjectKeyIdentifier.from_public_key(key).digest.hex())
            """
        let expected = try await Tool.python(program, input: Array(key.pem.utf8))
        #expect(try SerialNumber(key.keyIdentifier) == SerialNumber(hex: String(expected.dropLast())))
    }

    @Test func passwordsUseTheirAlphabetEvenly() {
        var counts: [UInt8: Int] = [:]
        for _ in 0..<200 {
            SecureRandom.password(length: 67).withBytes { for byte in $0 { counts[byte, default: 0] += 1 } }
        }
        #expect(counts.count == 67)
        #expect(counts.keys.allSatisfy { (0x21...0x7E).contains($0) })
        // 200 expected per character; 5 standard deviations are 71.
        #expect(counts.values.allSatisfy { (120...280).contains($0) })
    }
}
