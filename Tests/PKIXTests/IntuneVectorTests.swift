// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct IntuneVectorTests {
    /// What the product may hand to Intune; `pkcs1` has no door in PKIX on purpose.
    static let positive = try? IntuneVectors().vectors("positive").filter { $0.hash != nil }
    static let negative = try? IntuneVectors().vectors("negative")
    static let publicKeyFiles = [
        "connector-rsa2048-public.rsapublicblob", "connector-rsa2048-public.pem", "connector-rsa2048-public-crlf.pem",
        "connector-rsa4096-public.rsapublicblob", "connector-rsa4096-public.pem", "connector-rsa4096-public-crlf.pem",
    ]

    @Test func thereAreVectors() {
        #expect(Self.positive?.count == 17)
        #expect(Self.negative?.count == 6)
    }

    @Test(arguments: positive ?? []) func positiveVectorsOpen(_ vector: IntuneVectors.Vector) throws {
        let key = try IntuneVectors.privateKey(bits: vector.keyBits)
        let plaintext = try key.decryptOAEP(vector.ciphertext, hash: #require(vector.hash))
        #expect(plaintext.withBytes { Array($0) } == vector.plaintext)
    }

    @Test(arguments: negative ?? []) func negativeVectorsDoNotGiveThePassword(_ vector: IntuneVectors.Vector) throws {
        let key = try IntuneVectors.privateKey(bits: vector.keyBits)
        let plaintext = try? key.decryptOAEP(vector.ciphertext, hash: #require(vector.hash))
        let password = Array(try IntuneVectors().passwordOfPFXFiles.utf8)
        #expect(plaintext?.withBytes { Array($0) } != password)
    }

    @Test(arguments: publicKeyFiles) func everyPublicKeyFormEncrypts(_ name: String) throws {
        let bits = name.contains("4096") ? 4096 : 2048
        let privateKey = try IntuneVectors.privateKey(bits: bits)
        let publicKey = try RSAPublicBlob.publicKey(Fixture.bytes("intune/\(name)"))
        #expect(try publicKey == privateKey.publicKey)
        for vector in Self.positive ?? [] where vector.keyBits == bits {
            let plaintext = Secret(try #require(vector.plaintext))
            let hash = try #require(vector.hash)
            let ciphertext = try publicKey.encryptOAEP(plaintext, hash: hash)
            #expect(ciphertext.count == bits / 8)
            #expect(try privateKey.decryptOAEP(ciphertext, hash: hash).withBytes { Array($0) } == vector.plaintext)
        }
    }

    @Test func otherPublicKeyForms() throws {
        let pem = try Fixture.bytes("intune/connector-rsa2048-public.pem")
        let key = try RSAPublicBlob.publicKey(pem)
        #expect(try RSAPublicBlob.publicKey([0xEF, 0xBB, 0xBF] + pem) == key)
        #expect(try RSAPublicBlob.publicKey(key.der) == key)
        let certificate = try Fixture.bytes("intune/user-cert.der")
        let ofUser = try Certificate(der: certificate).publicKey
        #expect(try RSAPublicBlob.publicKey(certificate) == ofUser)
        #expect(try RSAPublicBlob.publicKey(Array(Certificate(der: certificate).pem.utf8)) == ofUser)
    }

    /// Which of several was meant nobody can tell; and a private key has no business there.
    @Test func oneKeyAlone() throws {
        let pem = try Fixture.bytes("intune/connector-rsa2048-public.pem")
        let certificate = try Array(Certificate(der: Fixture.bytes("intune/user-cert.der")).pem.utf8)
        for file in [pem + pem, pem + certificate, certificate + certificate] {
            #expect(throws: PKIXError.self) { try RSAPublicBlob.publicKey(file) }
        }
        let secret = Array(PEM.encode([1, 2, 3], label: "PRIVATE KEY").utf8)
        #expect(throws: PKIXError.self) { try RSAPublicBlob.publicKey(pem + secret) }
    }

    /// As tools and portals show keys, made by openssl.
    @Test func base64AndPKCS1AreRead() async throws {
        let pem = try Fixture.bytes("intune/connector-rsa2048-public.pem")
        let key = try RSAPublicBlob.publicKey(pem)
        let blob = try Fixture.bytes("intune/connector-rsa2048-public.rsapublicblob")
        let converted = try await Tool.run(
            ["openssl", "rsa", "-pubin", "-RSAPublicKey_out"], input: pem)
        try #require(converted.contains("BEGIN RSA PUBLIC KEY"))
        let pkcs1 = try #require(try PEM.blocks(Array(converted.utf8)).first).der
        for file in [Array(converted.utf8), pkcs1] { #expect(try RSAPublicBlob.publicKey(file) == key) }
        for bytes in [key.der, pkcs1, blob] {
            for options in [[], [.lineLength64Characters, .endLineWithCarriageReturn]] as [Data.Base64EncodingOptions] {
                let text = Array(Data(bytes).base64EncodedString(options: options).utf8)
                for file in [text, [0xEF, 0xBB, 0xBF] + text + [13, 10]] {
                    #expect(try RSAPublicBlob.publicKey(file) == key)
                }
            }
        }
        #expect(throws: PKIXError.self) { try RSAPublicBlob.publicKey(pkcs1 + [0]) }
        #expect(throws: PKIXError.self) { try RSAPublicBlob.publicKey(Array(pkcs1.dropLast())) }
    }

    @Test func wrongPublicKeyFilesAreExplained() async throws {
        let blob = try Fixture.bytes("intune/connector-rsa2048-public.rsapublicblob")
        var wrongBits = blob
        wrongBits[4] = 1
        let small = try Array(
            await Tool.run(["sh", "-c", "openssl genrsa 1024 2>/dev/null | openssl rsa -pubout 2>/dev/null"]).utf8)
        let cases: [([UInt8], String)] = [
            ([], "found neither"), (Array("hello".utf8), "found neither"),
            (try Fixture.bytes("intune/connector-rsa2048-private.pem"), "private key"),
            (try Fixture.bytes("intune/connector-rsa2048-private.rsafullprivateblob"), "private key"),
            (Array(blob.dropLast()), "does not fit its header"), (blob + [0], "does not fit its header"),
            (Array(blob.prefix(10)), "cut short"), (wrongBits, "2049 bits"), (small, "1024 bits"),
            (try PrivateKey.generate(.p256).publicKey.der, "found EC P-256"), ([0x30, 0], "other DER"),
        ]
        for (file, words) in cases {
            let error = #expect(throws: PKIXError.self) { try RSAPublicBlob.publicKey(file) }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }

    @Test func capacityIsCheckedBeforeEncrypting() throws {
        let key = try IntuneVectors.privateKey(bits: 2048).publicKey
        let capacities: [(DigestAlgorithm, Int)] = [(.sha256, 190), (.sha384, 158), (.sha512, 126)]
        for (hash, capacity) in capacities {
            #expect(key.oaepCapacity(hash: hash) == capacity)
            _ = try key.encryptOAEP(Secret([UInt8](repeating: 97, count: capacity)), hash: hash)
            let error = #expect(throws: PKIXError(.tooLong, "")) {
                try key.encryptOAEP(Secret([UInt8](repeating: 97, count: capacity + 1)), hash: hash)
            }
            #expect(error?.message.contains("at most \(capacity)") == true)
        }
    }

    @Test func pythonOpensWhatWeEncrypt() async throws {
        let privatePEM = try Fixture.bytes("intune/connector-rsa2048-private.pem")
        let key = try IntuneVectors.privateKey(bits: 2048).publicKey
        let directory = try TemporaryDirectory()
        let file = try directory.write(key.encryptOAEP(Secret("opened"), hash: .sha512), "ciphertext")
        let program = """
            import sys
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import padding
            from cryptography.hazmat.primitives.serialization import load_pem_private_key
            key = load_pem_private_key(sys.stdin.buffer.read(), None)
            p = padding.OAEP(padding.MGF1(hashes.SHA512()), hashes.SHA512(), None)
            print(key.decrypt(open(sys.argv[1], "rb").read(), p).decode())
            """
        #expect(try await Tool.python(program, file, input: privatePEM) == "opened\n")
    }
}
