// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import Testing

/// One object, one encoding: what is not DER, or not to be read to its end, is refused (X.690, RFC 5280 §4.1).
@Suite struct DEREncodingTests {
    private let authority: TestAuthority
    private let leaf: Certificate

    init() throws {
        authority = try TestAuthority()
        leaf = try authority.issue(
            .smime, [("CN", "Ada")], PrivateKey.generate(.p256).publicKey, names: [.rfc822Name("ada@sandbox.example")])
    }

    /// The outer SEQUENCE, and one deep inside, in the ways that BER allows and DER does not.
    @Test func anotherEncodingOfTheSameCertificateIsRefused() throws {
        let (header, content) = try Self.split(leaf.der)
        #expect(header.count == 4)
        _ = try Certificate(der: header + content)
        #expect(throws: PKIXError(.malformed, "")) { try Certificate(der: [0x30, 0x80] + content + [0, 0]) }
        #expect(throws: PKIXError(.malformed, "")) {
            try Certificate(der: [0x30, 0x83, 0] + header[2...] + content)
        }
        #expect(throws: PKIXError(.malformed, "")) { try Certificate(der: leaf.der + [0]) }
        #expect(throws: PKIXError(.malformed, "")) { try Certificate(der: leaf.der + leaf.der) }
        // The algorithm of the signature, which no signature covers.
        let inner = try Self.split(content)
        let body = Array(content.prefix(inner.header.count + inner.content.count))
        let algorithm = try Self.split(Array(content.dropFirst(body.count)))
        let rest = content.dropFirst(body.count + algorithm.header.count + algorithm.content.count)
        let changed = body + [0x30, 0x80] + algorithm.content + [0, 0] + rest
        #expect(throws: PKIXError(.malformed, "")) {
            try Certificate(der: [0x30, 0x82, UInt8(changed.count >> 8), UInt8(changed.count & 0xFF)] + changed)
        }
    }

    @Test func bytesAfterTheEndAreRefusedEverywhere() throws {
        let key = try PrivateKey.generate(.p256)
        let csr = try CertificateSigningRequest.make(subject: [("CN", "Ada")], key: key).der
        let list = try CertificateRevocationList.make(
            issuer: authority.certificate, key: authority.key, number: 1, thisUpdate: authority.now,
            nextUpdate: authority.now + 60, entries: []
        ).der
        let pkcs8 = try key.pkcs8.withBytes { Array($0) }
        _ = try PrivateKey(pkcs8: Secret(pkcs8))
        _ = try CertificateSigningRequest(der: csr)
        _ = try CertificateRevocationList(der: list)
        for tail in [[0], [5, 0], [0x30, 0]] as [[UInt8]] {
            #expect(throws: PKIXError(.malformed, "")) { try CertificateSigningRequest(der: csr + tail) }
            #expect(throws: PKIXError(.malformed, "")) { try CertificateRevocationList(der: list + tail) }
            #expect(throws: PKIXError(.malformed, "")) { try PrivateKey(pkcs8: Secret(pkcs8 + tail)) }
            #expect(throws: PKIXError(.malformed, "")) { try PublicKey(der: key.publicKey.der + tail) }
        }
        for der in [csr, list] {
            let (_, content) = try Self.split(der)
            #expect(throws: PKIXError(.malformed, "")) {
                try CertificateSigningRequest(der: [0x30, 0x80] + content + [0, 0])
            }
            #expect(throws: PKIXError(.malformed, "")) {
                try CertificateRevocationList(der: [0x30, 0x80] + content + [0, 0])
            }
        }
    }

    /// RFC 5280 §4.1.2.2. The number is changed where it stands; the signature is not looked at here.
    @Test func aNumberThatIsNoneIsRefused() throws {
        var builder = authority.builder(
            .smime, [("CN", "Ada")], try PrivateKey.generate(.p256).publicKey, names: [.rfc822Name("a@sandbox.example")]
        )
        builder.serialNumber = SerialNumber([0x11, 0x22, 0x33])
        let der = try builder.signed(by: authority.certificate, key: authority.key).der
        func with(_ number: [UInt8]) throws -> Certificate {
            let place = try #require(der.firstRange(of: [2, 3, 0x11, 0x22, 0x33]))
            var changed = der
            changed.replaceSubrange(place, with: [2, 3] + number)
            return try Certificate(der: changed)
        }
        #expect(try with([0x44, 0, 0]).serialNumber == SerialNumber([0x44, 0, 0]))
        for number in [[0xFE, 1, 2], [0x80, 0, 0], [0, 0, 0], [0, 0x11, 1], [0xFF, 0xFF, 1]] as [[UInt8]] {
            #expect(throws: PKIXError(.malformed, "")) { try with(number) }
        }
    }

    /// Extensions by type, with content that their type does not have.
    @Test(
        arguments: [
            ("2.5.29.15", [0x04, 0x01, 0x07]), ("2.5.29.15", [0x03, 0x02, 0x05]), ("2.5.29.15", []),
            ("2.5.29.15", [0x03, 0x02, 0x05, 0xA0, 0x00]), ("2.5.29.15", [0x03, 0x02, 0x05, 0xBF]),
            ("2.5.29.37", [0x05, 0x00]), ("2.5.29.37", [0x30, 0x80, 0x00, 0x00]), ("2.5.29.17", [0x30, 0x01, 0x00]),
            ("2.5.29.19", [0x30, 0x03, 0x01, 0x01, 0x01]), ("2.5.29.19", [0x04, 0x00]),
            ("2.5.29.31", [0x02, 0x01, 0x01]),
            ("2.5.29.32", [0x30, 0x02, 0x05, 0x00]), ("2.5.29.30", [0x05, 0x00]), ("2.5.29.35", [0x0C, 0x00]),
            ("1.3.6.1.5.5.7.1.1", [0x30, 0x02, 0x30, 0x00]),
        ] as [(String, [UInt8])])
    func anExtensionThatCannotBeReadIsNotAbsent(_ type: String, _ der: [UInt8]) throws {
        var builder = try plainBuilder()
        builder.additionalExtensions = [.init(type: type, der: der)]
        #expect(throws: PKIXError(.malformed, "")) { try builder.signed(by: authority.certificate, key: authority.key) }
    }

    @Test func anExtensionThatStandsTwiceIsRefused() throws {
        for type in ["2.5.29.15", "1.2.3.4"] {
            var builder = try plainBuilder()
            let usage = CertificateBuilder.AdditionalExtension(type: type, der: [0x03, 0x02, 0x05, 0xA0])
            builder.additionalExtensions = [usage]
            _ = try builder.signed(by: authority.certificate, key: authority.key)
            builder.additionalExtensions = [usage, usage]
            #expect(throws: PKIXError(.malformed, "")) {
                try builder.signed(by: authority.certificate, key: authority.key)
            }
        }
    }

    /// A type that nobody here knows may hold what it likes.
    @Test func whatNobodyReadsMayBeAnything() throws {
        var builder = try plainBuilder()
        builder.additionalExtensions = [.init(type: "1.2.3.4", der: [0xDE, 0xAD])]
        let made = try builder.signed(by: authority.certificate, key: authority.key)
        #expect(made.extensionValue("1.2.3.4") == [0xDE, 0xAD])
    }

    @Test func namesAreTheSameOctetByOctet() {
        #expect(DistinguishedName([.init("CN", "\u{212A}")]) != [("CN", "K")])
        #expect(DistinguishedName([.init("CN", "e\u{301}")]) != [("CN", "\u{E9}")])
        #expect(ComparableName(attribute: "  A   b ") == ComparableName(attribute: "a B"))
        #expect(ComparableName(attribute: "A b") != ComparableName(attribute: "Ab"))
        #expect(ComparableName(attribute: "\u{C4}") != ComparableName(attribute: "\u{E4}"))
        #expect(ComparableName(alternativeName: "A@B.C") == ComparableName(alternativeName: "a@b.c"))
        #expect(ComparableName(alternativeName: "k@b.c") != ComparableName(alternativeName: "\u{212A}@b.c"))
        #expect(ComparableName(alternativeName: "a @b") != ComparableName(alternativeName: "a@b"))
    }

    /// Without the extensions that the tests bring.
    private func plainBuilder() throws -> CertificateBuilder {
        var builder = authority.builder(.smime, [("CN", "Ada")], try PrivateKey.generate(.p256).publicKey, names: [])
        (builder.keyUsage, builder.extendedKeyUsage) = ([], [])
        (builder.crlDistributionPoints, builder.certificatePolicies, builder.caIssuersURLs) = ([], [], [])
        return builder
    }

    private static func split(_ der: [UInt8]) throws -> (header: [UInt8], content: [UInt8]) {
        let count = der[1] < 0x80 ? 0 : Int(der[1] & 0x7F)
        let length = count == 0 ? Int(der[1]) : der[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
        return (Array(der[..<(2 + count)]), Array(der[(2 + count)..<(2 + count + length)]))
    }
}
