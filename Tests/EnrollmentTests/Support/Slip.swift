// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// One thing that a CA slips into a certificate which is otherwise what was asked for: by Kate, whose address is her own.
struct Slip: Sendable, CustomStringConvertible {
    let title: String
    /// What the reason of the hold names.
    let found: String
    /// Further members of the template, as YAML.
    var terms = ""
    let change: @Sendable (inout CertificateBuilder) -> Void

    var description: String { title }

    static let all = names + subjects + usages + others

    private static let names: [Slip] = [
        name("a second address", .rfc822Name("bob@example.test"), "address bob@example.test"),
        name("the address with another domain", .rfc822Name("kate@example.test.evil.test"), "evil.test"),
        name("a logon name", .userPrincipalName("kate@example.test"), "user principal name kate@example.test"),
        name("a logon name as IA5String", other("1.3.6.1.4.1.311.20.2.3", text(0x16, "admin@example.test")), "20.2.3"),
        name("an international address", other("1.3.6.1.5.5.7.8.9", text(0x0C, "böb@example.test")), "böb@"),
        name("an address in the wrong kind", other("1.3.6.1.5.5.7.8.9", text(0x0C, "kate@example.test")), "8.9"),
        name("a Kerberos name", other("1.3.6.1.5.2.2", [0x30, 0]), "1.3.6.1.5.2.2"),
        name("a chat name", other("1.3.6.1.5.5.7.8.5", text(0x0C, "bob@example.test")), "1.3.6.1.5.5.7.8.5"),
        name("a domain controller", other("1.3.6.1.4.1.311.25.1", [4, 1, 7]), "1.3.6.1.4.1.311.25.1"),
        name("a name of no known type", other("1.2.3.4", [5, 0]), "1.2.3.4"),
        name("an account by URI", .uniformResourceIdentifier(sidTag + "S-1-5-21-1-2-3-500"), "S-1-5-21-1-2-3-500"),
        name("a URI", .uniformResourceIdentifier("https://bob.example.test/"), "https://bob.example.test/"),
        name("a directory name", .directoryName([("CN", "Bob")]), "directory name CN=Bob"),
        name("a registered id", .registeredID("1.2.3"), "registered id 1.2.3"),
        name("a host", .dNSName("mail.example.test"), "host name mail.example.test"),
        name("a host of every name", .dNSName("*"), "host name *"),
        name("an address of IP 4", .iPAddress([10, 0, 0, 1]), "host name 10.0.0.1"),
        name("an address of IP 6", .iPAddress([UInt8](repeating: 1, count: 16)), "host name 1.1."),
        Slip(title: "a party of EDI", found: "unusual kind") {
            let address = Array("kate@example.test".utf8)
            let names = tlv(0x30, tlv(0x81, address) + tlv(0xA5, tlv(0xA1, text(0x0C, "Bob"))))
            $0.alternativeNames = []
            $0.additionalExtensions = [.init(type: "2.5.29.17", der: names)]
        },
        Slip(title: "no name", found: "address kate@example.test is missing") { $0.alternativeNames = [] },
        Slip(title: "the identifier of an account", found: "S-1-5-21-1-2-3-500") {
            $0.securityIdentifier = "S-1-5-21-1-2-3-500"
        },
        Slip(title: "an identifier that cannot be read", found: "security identifier cannot be read") {
            $0.additionalExtensions = [.init(type: "1.3.6.1.4.1.311.25.2", der: [0x30, 0])]
        },
    ]

    private static let subjects: [Slip] =
        [
            subject("CN", "Bob"), subject("CN", "bob@example.test"), subject("CN", "\u{212A}ate"),
            subject("CN", "Kat\u{435}"),
            subject("O", "Somebody Else AG"), subject("emailAddress", "bob@example.test"), subject("GN", "Bob"),
            subject("SN", "Builder"), subject("pseudonym", "Bobby"), subject("serialNumber", "PASDE-123"),
            subject("UID", "bob"), subject("title", "Chairman"), subject("initials", "B"), subject("name", "Bob"),
            subject("OU", "bob@example.test"), subject("DC", "bob@example.test"),
            subject("L", "bob\u{FF20}example.test"),
            subject("2.5.4.97", "bob@example.test"), subject("dnQualifier", "bob"), subject("2.5.4.45", "bob"),
            subject("1.2.3.4.5", "Bob"),
        ] + [
            Slip(title: "another common name instead", found: "commonName \"Bob\"") { $0.subject = [("CN", "Bob")] }
        ]

    private static let usages: [Slip] =
        ([
            .clientAuthentication, .smartCardLogon, .enrollmentAgent, .any, .serverAuthentication, .ocspSigning, .cmcRA,
            .cmcCA,
            .pkinitClient, "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.10.3.4",
            "1.2.3.4",
        ] as [KeyPurpose]).map { purpose in
            Slip(title: "purpose \(purpose.name)", found: "extended key usage \(purpose.name)") {
                $0.extendedKeyUsage.append(purpose)
            }
        } + [
            Slip(title: "no purpose", found: "no extended key usage") { $0.extendedKeyUsage = [] },
            Slip(title: "any purpose alone", found: "lacks emailProtection") { $0.extendedKeyUsage = [.any] },
            Slip(title: "a policy of Windows", found: "application policy smartCardLogon") {
                let oid: [UInt8] = [0x2B, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 2]
                $0.additionalExtensions = [
                    .init(type: "1.3.6.1.4.1.311.21.10", der: tlv(0x30, tlv(0x30, tlv(6, oid))))
                ]
            },
            Slip(title: "a policy that cannot be read", found: "application policy anyExtendedKeyUsage") {
                $0.additionalExtensions = [.init(type: "1.3.6.1.4.1.311.21.10", der: [4, 0])]
            },
            Slip(title: "no usage", found: "no key usage") { $0.keyUsage = [] },
            Slip(title: "signing certificates", found: "keyCertSign") { $0.keyUsage.insert(.keyCertSign) },
            Slip(title: "signing lists", found: "cRLSign") { $0.keyUsage.insert(.cRLSign) },
            Slip(title: "signing alone", found: "does not allow encryption") { $0.keyUsage = .digitalSignature },
            Slip(title: "encryption alone", found: "does not allow signing") { $0.keyUsage = .keyAgreement },
            Slip(
                title: "signing with an archived key", found: "allows signing", terms: ", purpose: smimeEncryption"
            ) { _ in },
        ]

    private static let others: [Slip] = [
        Slip(title: "nine years", found: "valid for 3285 days", terms: ", validityDays: 365") {
            $0.notAfter = $0.notBefore + 3285 * 86_400
        },
        Slip(title: "nine years where nothing was asked", found: "validityDays") {
            $0.notAfter = $0.notBefore + 3285 * 86_400
        },
        Slip(title: "eight years back", found: "valid for", terms: ", validityDays: 365") {
            $0.notBefore -= 2920 * 86_400
        },
        Slip(title: "a day", found: "valid for 1 days", terms: ", validityDays: 365") {
            $0.notAfter = $0.notBefore + 86_400
        },
        Slip(title: "a day where nothing was asked", found: "valid for 1 days") { $0.notAfter = $0.notBefore + 86_400 },
        Slip(title: "yesterday", found: "expired") { ($0.notBefore, $0.notAfter) = ($0.notBefore - 9, $0.notBefore) },
        Slip(title: "next week", found: "not valid before") { $0.notBefore += 7 * 86_400 },
        Slip(title: "a CA", found: "CA certificate") { $0.isAuthority = true },
        Slip(title: "a birthday", found: "subject directory attributes") {
            $0.additionalExtensions = [.init(type: "2.5.29.9", der: [0x30, 0])]
        },
        Slip(title: "another key", found: "another public key") {
            if let key = try? PrivateKey.generate(.p256).publicKey { $0.publicKey = key }
        },
    ]

    private static let sidTag = "tag:microsoft.com,2022-09-14:sid:"

    private static func name(_ title: String, _ name: GeneralName, _ found: String) -> Slip {
        Slip(title: title, found: found) { $0.alternativeNames.append(name) }
    }

    private static func subject(_ type: String, _ value: String) -> Slip {
        Slip(title: "\(type) \(value)", found: value) { $0.subject.attributes.append(.init(type, value)) }
    }

    private static func other(_ type: String, _ der: [UInt8]) -> GeneralName { .otherName(type: type, der: der) }
    private static func text(_ tag: UInt8, _ text: String) -> [UInt8] { tlv(tag, Array(text.utf8)) }
    private static func tlv(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }
}
