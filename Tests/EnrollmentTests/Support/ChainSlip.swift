// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets
import TestSupport

/// One way in which a CA sends the very certificate that was asked for with a chain that should not count.
struct ChainSlip: Sendable, CustomStringConvertible {
    typealias Making = @Sendable (TestAuthority, CertificateRequest, Date) async throws -> [Certificate]

    let title: String
    /// What the reason of the hold names.
    let found: String
    let make: Making

    var description: String { title }

    static let all = changed + built

    /// The issuing CA is otherwise than it should be.
    private static let changed: [ChainSlip] = [
        issuing("a CA for servers", "not for the purpose emailProtection") {
            $0.extendedKeyUsage = [.serverAuthentication]
        },
        issuing("a CA that has expired", "has expired") {
            ($0.notBefore, $0.notAfter) = ($0.notBefore - 9, $0.notBefore)
        },
        issuing("a CA of tomorrow", "is not valid before") { $0.notBefore += 2 * 86_400 },
        issuing("a CA that is none", "is not a CA") { $0.isAuthority = false },
        issuing("a CA that may not sign certificates", "no certificate that may issue it") { $0.keyUsage = .cRLSign },
        issuing("a rule that nobody knows", "critical extension") {
            $0.additionalExtensions = [.init(type: "1.2.3.4", der: [5, 0], isCritical: true)]
        },
        issuing("a CA for other addresses", "permitted subtree") {
            let tree = tlv(0x30, tlv(0x81, Array("example.org".utf8)))
            $0.additionalExtensions = [.init(type: "2.5.29.30", der: tlv(0x30, tlv(0xA0, tree)), isCritical: true)]
        },
        issuing("a CA that wants a policy", "policy") {
            $0.additionalExtensions = [.init(type: "2.5.29.36", der: [0x30, 3, 0x80, 1, 0], isCritical: true)]
        },
    ]

    private static let built: [ChainSlip] = [
        ChainSlip(title: "a CA with a key of 1024 bits", found: "key that is not accepted") { authority, request, now in
            let pem = try await Tool.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
            let weak = try PrivateKey(pem: Secret(pem))
            let issuer = try authority.authority("Weak", weak, now: now)
            return [try authority.leaf(request, now: now, by: issuer, weak), issuer]
        },
        ChainSlip(title: "a CA below a CA that may have none", found: "path length") { authority, request, now in
            let key = try PrivateKey.generate(.p256)
            let issuer = try authority.authority("Below", key, now: now, by: (authority.issuer, authority.key))
            return [try authority.leaf(request, now: now, by: issuer, key), issuer, authority.issuer]
        },
        ChainSlip(title: "a CA of one's own", found: "is no accepted root") { authority, request, now in
            let stranger = try TestAuthority(now: now)
            return [
                try authority.leaf(request, now: now, by: stranger.issuer, stranger.key), stranger.issuer,
                stranger.root,
            ]
        },
        ChainSlip(title: "the CA's name, another key", found: "no certificate that may") { authority, request, now in
            let stranger = try TestAuthority(now: now)
            let leaf = try authority.leaf(request, now: now, by: stranger.issuer, stranger.key)
            return [leaf, authority.issuer, stranger.issuer, authority.root]
        },
        ChainSlip(title: "a colleague as CA", found: "is not a CA") { authority, request, now in
            let key = try PrivateKey.generate(.p256)
            let colleague = try authority.authority("Bob", key, now: now, by: (authority.issuer, authority.key)) {
                $0.isAuthority = false
            }
            return [try authority.leaf(request, now: now, by: colleague, key), colleague, authority.issuer]
        },
        ChainSlip(title: "no issuer", found: "no certificate that may issue it") { authority, request, now in
            [try authority.leaf(request, now: now, by: authority.issuer, authority.key)]
        },
        ChainSlip(title: "a circle of CAs", found: "certify each other") { authority, request, now in
            let (key, other) = (try PrivateKey.generate(.p256), try PrivateKey.generate(.p256))
            let seed = try authority.authority("One", key, now: now)
            let second = try authority.authority("Two", other, now: now, by: (seed, key))
            let first = try authority.authority("One", key, now: now, by: (second, other))
            return [try authority.leaf(request, now: now, by: first, key), first, second]
        },
        ChainSlip(title: "a hundred CAs", found: "more than 64 certificates") { authority, request, now in
            let key = try PrivateKey.generate(.p256)
            var chain = [authority.root]
            var signer = authority.rootKey
            for index in 0..<100 {
                chain.insert(try authority.authority("\(index)", key, now: now, by: (chain[0], signer)), at: 0)
                signer = key
            }
            return [try authority.leaf(request, now: now, by: chain[0], key)] + chain.dropLast()
        },
        ChainSlip(title: "another signature", found: "signature") { authority, request, now in
            var der = try authority.leaf(request, now: now, by: authority.issuer, authority.key).der
            der[der.count - 1] ^= 1
            return [try Certificate(der: der), authority.issuer]
        },
    ]

    private static func issuing(
        _ title: String, _ found: String, _ change: @escaping @Sendable (inout CertificateBuilder) -> Void
    ) -> ChainSlip {
        ChainSlip(title: title, found: found) { authority, request, now in
            let key = try PrivateKey.generate(.p256)
            let issuer = try authority.authority("Test Issuing CA", key, now: now, change)
            return [try authority.leaf(request, now: now, by: issuer, key), issuer]
        }
    }

    private static func tlv(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }
}
