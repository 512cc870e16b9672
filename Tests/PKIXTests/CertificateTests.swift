// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import TestSupport
import Testing

@Suite struct CertificateTests {
    /// Profile, key, OpenSSL's purpose for it.
    static let leaves: [(CertificateProfile, KeyType, String)] = [
        (.smime, .rsa2048, "smimesign"), (.smime, .rsa2048, "smimeencrypt"),
        (.smimeMultipurpose, .rsa2048, "sslclient"),
        (.smimeSigning, .p256, "smimesign"), (.smimeEncryption, .rsa3072, "smimeencrypt"),
        (.clientAuthentication, .p384, "sslclient"), (.tlsServer, .p256, "sslserver"),
        (.tlsServer, .rsa2048, "sslserver"),
    ]

    @Test(arguments: leaves) func opensslAcceptsTheChain(
        _ profile: CertificateProfile, _ type: KeyType, _ purpose: String
    )
        async throws
    {
        let authority = try TestAuthority(type)
        let leaf = try authority.issue(
            profile, [("CN", "Ada")], PrivateKey.generate(type).publicKey, names: [.rfc822Name("ada@sandbox.example")])
        let directory = try TemporaryDirectory()
        let root = try directory.write(authority.root.pem, "root.pem")
        let issuing = try directory.write(authority.certificate.pem, "issuing.pem")
        let file = try directory.write(leaf.pem, "leaf.pem")
        #expect(
            try await Tool.openssl(
                "verify", "-x509_strict", "-purpose", purpose, "-CAfile", root, "-untrusted", issuing, file
            ).hasSuffix("OK\n"))
        try CertificateChain([leaf, authority.certificate]).verify(trustAnchors: [authority.root], at: authority.now)
    }

    @Test func logonCertificateHasEverything() async throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generate(.rsa2048)
        var builder = authority.builder(
            .clientAuthentication, [("C", "DE"), ("O", "Prüfstelle"), ("CN", "Ada Łovelace")], try key.publicKey,
            names: [.userPrincipalName("ada@sandbox.example"), .rfc822Name("ada@sandbox.example")])
        builder.securityIdentifier = "S-1-5-21-1004336348-1177238915-682003330-512"
        builder.certificatePolicies = ["1.3.6.1.4.1.99999.1", "2.23.140.1.5.1.3"]
        builder.crlDistributionPoints = ["http://crl.sandbox.example/issuing.crl"]
        builder.ocspURLs = ["http://ocsp.sandbox.example"]
        builder.caIssuersURLs = ["http://ca.sandbox.example/issuing.cer"]
        let made = try builder.signed(by: authority.certificate, key: authority.key)
        let read = try Certificate(pem: made.pem)
        #expect(read == made)
        #expect(read.subject == builder.subject)
        #expect(read.subject.commonName == "Ada Łovelace")
        #expect(read.subject.description == "CN=Ada Łovelace,O=Prüfstelle,C=DE")
        #expect(read.issuer == authority.certificate.subject)
        #expect(read.serialNumber == builder.serialNumber)
        #expect(read.serialNumber.bytes.count == 16)
        #expect(read.notBefore == builder.notBefore)
        #expect(read.notAfter == builder.notAfter)
        #expect(try read.publicKey == key.publicKey)
        #expect(read.subjectAlternativeNames == builder.alternativeNames)
        #expect(read.emailAddresses == ["ada@sandbox.example"])
        #expect(read.userPrincipalNames == ["ada@sandbox.example"])
        #expect(read.keyUsage == .digitalSignature)
        #expect(read.extendedKeyUsage == [.clientAuthentication])
        #expect(!read.isCA)
        #expect(read.securityIdentifier == builder.securityIdentifier)
        #expect(read.certificatePolicies == builder.certificatePolicies)
        #expect(read.crlDistributionPoints == builder.crlDistributionPoints)
        #expect(read.ocspURLs == builder.ocspURLs)
        #expect(read.caIssuersURLs == builder.caIssuersURLs)
        #expect(read.authorityKeyIdentifier == authority.certificate.subjectKeyIdentifier)
        #expect(try read.subjectKeyIdentifier == read.publicKey.keyIdentifier)
        #expect(read.isIssued(by: authority.certificate))
        #expect(!read.isIssued(by: authority.root))
        #expect(authority.root.isSelfSigned)
        #expect(authority.certificate.isCA && authority.certificate.pathLengthConstraint == 0)
        #expect(authority.certificate.keyUsage == [.keyCertSign, .cRLSign])

        let program = """
            import sys
            from cryptography import x509
            from cryptography.x509.oid import NameOID
            c = x509.load_pem_x509_certificate(sys.stdin.buffer.read())
            sid = c.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.3.6.1.4.1.311.25.2")).value.value
            # The structure of KB5014754, written out byte by byte by this judge.
            text = sys.argv[1].encode()
            def tlv(tag, body): return bytes([tag, len(body)]) + body
            name = tlv(6, bytes.fromhex("2b060104018237190201")) + tlv(0xa0, tlv(4, text))
            assert sid == tlv(0x30, tlv(0xa0, name)), sid.hex()
            assert c.serial_number > 0
            country = c.subject.get_attributes_for_oid(NameOID.COUNTRY_NAME)[0]
            assert country._type == x509.name._ASN1Type.PrintableString
            for a in c.subject:
                if a.oid != country.oid: assert a._type == x509.name._ASN1Type.UTF8String, a
            names = c.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            print(names[0].type_id.dotted_string, names[0].value.hex(), names[1].value, c.fingerprint(c.signature_hash_algorithm).hex())
            """
        let judged = try await Tool.python(program, builder.securityIdentifier ?? "", input: Array(made.pem.utf8))
        let utf8String = [UInt8](arrayLiteral: 0x0c, 19) + Array("ada@sandbox.example".utf8)
        let hex = utf8String.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(judged == "1.3.6.1.4.1.311.20.2.3 \(hex) ada@sandbox.example \(made.sha256Fingerprint)\n")
    }

    @Test func emptySubjectMakesNamesCritical() async throws {
        let authority = try TestAuthority()
        let leaf = try authority.issue(
            .smime, [], PrivateKey.generate(.p256).publicKey, names: [.rfc822Name("ada@sandbox.example")])
        let text = try await Tool.openssl("x509", "-noout", "-text", input: Array(leaf.pem.utf8))
        #expect(text.contains("X509v3 Subject Alternative Name: critical"))
    }

    @Test func everyKindOfNameIsReadBack() throws {
        let authority = try TestAuthority()
        let names: [GeneralName] = [
            .rfc822Name("ada@sandbox.example"), .dNSName("sandbox.example"),
            .uniformResourceIdentifier("tag:microsoft.com,2022-09-14:sid:S-1-5-21-1"), .iPAddress([127, 0, 0, 1]),
            .directoryName([("CN", "Ada")]), .registeredID("1.2.3.4"), .userPrincipalName("ädä@sandbox.example"),
            .otherName(type: "1.2.3.4.5", der: [0x04, 0x02, 1, 2]),
        ]
        let leaf = try authority.issue(.tlsServer, [("CN", "x")], PrivateKey.generate(.p256).publicKey, names: names)
        #expect(leaf.subjectAlternativeNames == names)
    }

    @Test func wrongIssuerKeyIsRefused() throws {
        let authority = try TestAuthority()
        let builder = authority.builder(.smime, [("CN", "x")], try PrivateKey.generate(.p256).publicKey)
        #expect(throws: PKIXError(.unacceptable, "")) {
            try builder.signed(by: authority.certificate, key: authority.rootKey)
        }
        #expect(throws: PKIXError(.unacceptable, "")) { try builder.selfSigned(key: authority.key) }
    }

    @Test func wrongNamesOfTheRequesterAreRefused() throws {
        let authority = try TestAuthority()
        var builder = authority.builder(.smime, [("CN", "x")], try PrivateKey.generate(.p256).publicKey)
        builder.alternativeNames = [.rfc822Name("jürgen@sandbox.example")]
        #expect(throws: PKIXError(.unacceptable, "")) {
            try builder.signed(by: authority.certificate, key: authority.key)
        }
        builder.alternativeNames = []
        builder.securityIdentifier = "root"
        #expect(throws: PKIXError(.unacceptable, "")) {
            try builder.signed(by: authority.certificate, key: authority.key)
        }
        builder.securityIdentifier = nil
        builder.certificatePolicies = ["not an oid"]
        #expect(throws: PKIXError.self) { try builder.signed(by: authority.certificate, key: authority.key) }
        builder.certificatePolicies = []
        builder.notAfter = builder.notBefore
        #expect(throws: PKIXError(.unacceptable, "")) {
            try builder.signed(by: authority.certificate, key: authority.key)
        }
    }

    @Test func garbageIsRefused() throws {
        let root = try TestAuthority().root
        #expect(throws: PKIXError(.malformed, "")) { try Certificate(der: []) }
        #expect(throws: PKIXError(.malformed, "")) { try Certificate(der: root.der + [0]) }
        #expect(throws: PKIXError(.malformed, "")) { try Certificate(der: Array(root.der.dropLast())) }
        #expect(throws: PKIXError(.malformed, "")) { try Certificate(pem: "nothing") }
        #expect(throws: PKIXError(.malformed, "")) {
            try Certificate.all(pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
        }
    }

    /// The side on which nobody relies on it: a month 99 is neither a beginning nor an end.
    @Test(arguments: ["330518033320Z", "200913122640Z"]) func aTimeThatCannotBeReadIsNeverValid(time: String) throws {
        let key = try PrivateKey.generate(.p256)
        let (begin, end) = (Date(timeIntervalSince1970: 1_600_000_000), Date(timeIntervalSince1970: 2_000_000_000))
        let der = try CertificateBuilder(
            profile: .clientAuthentication, subject: [("CN", "x")], publicKey: key.publicKey, notBefore: begin,
            notAfter: end
        ).selfSigned(key: key).der
        #expect(try Certificate(der: der).isValid(at: begin + 1))
        let place = try #require(der.firstRange(of: Array(time.utf8)))
        var changed = der
        changed.replaceSubrange(place, with: Array((time.prefix(2) + "99" + time.dropFirst(4)).utf8))
        let certificate = try Certificate(der: changed)
        #expect([begin, begin + 1, end - 1, end, end + 1].allSatisfy { !certificate.isValid(at: $0) })
        #expect(certificate.notBefore == begin || certificate.notBefore == .distantFuture)
        #expect(certificate.notAfter == end || certificate.notAfter == .distantPast)
    }

    @Test func textWithSeveralCertificates() throws {
        let authority = try TestAuthority()
        let text =
            "\u{FEFF}subject=one\n" + authority.certificate.pem.replacing("\n", with: "\r\n") + "\n"
            + authority.root.pem
        #expect(try Certificate.all(pem: text) == [authority.certificate, authority.root])
        #expect(try Certificate.all(pem: "") == [])
    }

    @Test func serialNumbers() {
        #expect(SerialNumber([0, 0, 0x0A, 0xBC]).hex == "0ABC")
        #expect(SerialNumber(hex: "a:bc") == SerialNumber([0x0A, 0xBC]))
        #expect(SerialNumber(hex: "00") == SerialNumber([]))
        #expect(SerialNumber(hex: "xyz") == nil)
        #expect(SerialNumber(hex: "") == nil)
        #expect(Set((0..<100).map { _ in SerialNumber.random() }).count == 100)
    }
}
