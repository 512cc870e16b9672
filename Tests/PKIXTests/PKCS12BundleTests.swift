// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct PKCS12BundleTests {
    @Test(arguments: PKCS12Bundle.Encryption.allCases, [KeyType.rsa2048, .p256])
    func othersOpenIt(_ encryption: PKCS12Bundle.Encryption, _ type: KeyType) async throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generate(type)
        let leaf = try authority.issue(.smime, [("CN", "Ada")], key.publicKey)
        let bundle = PKCS12Bundle(key: key, certificate: leaf, chain: [authority.certificate, authority.root])
        let password = SecureRandom.password()
        let bytes = try bundle.encrypted(password: password, encryption: encryption, friendlyName: "Ada Łovelace")

        let opened = try PKCS12Bundle.open(bytes, password: password)
        #expect(try opened.key.publicKey == key.publicKey)
        #expect(opened.certificate == leaf)
        #expect(opened.chain == [authority.certificate, authority.root])
        #expect(throws: PKIXError(.wrongPassword, "")) { try PKCS12Bundle.open(bytes, password: Secret("wrong")) }

        let directory = try TemporaryDirectory()
        let file = try directory.write(bytes, "ada.pfx")
        let passwordFile = try directory.write(password.revealed, "password")
        let text = try await Tool.run([
            "sh", "-c", "openssl pkcs12 -info -noenc -in \(file) -passin file:\(passwordFile) 2>&1",
        ])
        #expect(text.components(separatedBy: "localKeyID").count == 3, "on key bag and leaf bag")
        #expect(text.components(separatedBy: "BEGIN CERTIFICATE").count == 4)
        switch encryption {
        case .aes256SHA256:
            #expect(text.contains("MAC: sha256"))
            #expect(
                text.components(separatedBy: "PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256").count
                    == 3)
        case .tripleDESSHA1:
            #expect(text.contains("MAC: sha1"))
            #expect(text.components(separatedBy: "pbeWithSHA1And3-KeyTripleDES-CBC").count == 3)
        }

        let program = """
            import sys
            from cryptography.hazmat.primitives.serialization import pkcs12, Encoding, PublicFormat
            p = pkcs12.load_pkcs12(open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read())
            spki = lambda k: k.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            assert spki(p.key.public_key()) == spki(p.cert.certificate.public_key())
            print(len(p.additional_certs), p.cert.friendly_name.decode())
            """
        #expect(try await Tool.python(program, file, passwordFile) == "2 Ada Łovelace\n")
    }

    /// Nobody can tell a wrong password there, so it is not called one.
    @Test func withoutAMACItIsNotOpened() async throws {
        let authority = try TestAuthority()
        let directory = try TemporaryDirectory()
        let output = directory.path + "/plain.pfx"
        _ = try await Tool.openssl(
            "pkcs12", "-export", "-nomac", "-in", try directory.write(authority.certificate.pem, "ca.pem"), "-inkey",
            try directory.write(authority.key.pem().revealed, "ca.key"), "-passout", "pass:secret", "-out", output)
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: output)))
        #expect(throws: PKIXError(.malformed, "")) { try PKCS12Bundle.open(bytes, password: Secret("secret")) }
    }

    @Test func passwordMustBePrintable() throws {
        let authority = try TestAuthority()
        let bundle = PKCS12Bundle(key: authority.key, certificate: authority.certificate)
        for password in ["", "pässword", "tab\t", "nul\0"] {
            #expect(throws: PKIXError(.unacceptable, "")) { try bundle.encrypted(password: Secret(password)) }
        }
    }

    @Test func keyMustBelongToTheCertificate() throws {
        let authority = try TestAuthority()
        let bundle = PKCS12Bundle(key: authority.rootKey, certificate: authority.certificate)
        #expect(throws: PKIXError(.unacceptable, "")) { try bundle.encrypted(password: Secret("x")) }
    }

    @Test(arguments: ["user-3des-sha1.pfx", "user-aes256-sha256.pfx"]) func vectorsOpen(_ name: String) throws {
        let vectors = try IntuneVectors()
        let bundle = try PKCS12Bundle.open(
            Fixture.bytes("intune/\(name)"), password: Secret(vectors.passwordOfPFXFiles))
        #expect(bundle.certificate.der == (try Fixture.bytes("intune/user-cert.der")))
        #expect(bundle.chain.map(\.der) == [try Fixture.bytes("intune/ca-cert.der")])
        #expect(bundle.certificate.sha1Fingerprint == vectors.thumbprint)
        #expect(try bundle.key.publicKey == bundle.certificate.publicKey)
        #expect(throws: PKIXError(.wrongPassword, "")) {
            try PKCS12Bundle.open(Fixture.bytes("intune/\(name)"), password: Secret("wrong"))
        }
    }

    @Test func garbageIsRefused() throws {
        #expect(throws: PKIXError(.malformed, "")) { try PKCS12Bundle.open([], password: Secret("x")) }
        #expect(throws: PKIXError(.malformed, "")) { try PKCS12Bundle.open([0x30, 0], password: Secret("x")) }
    }
}
