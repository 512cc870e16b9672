// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// One version of a key, with the certificate that was made with it, if any.
struct VaultKey: Sendable {
    /// As it was stored; found in any case of letters.
    let name: String
    /// 32 hexadecimal digits.
    let version: String
    let type: String
    let key: PrivateKey
    var operations: [String]
    var isEnabled = true
    let created: Date
    var certificate: Certificate?

    static let allOperations = ["encrypt", "decrypt", "wrapKey", "unwrapKey"]

    /// As the vault shows it (wire/key-vault.md section 6).
    func json(origin: String) throws -> JSONValue {
        let numbers = try Self.components(of: key.publicKey)
        return [
            "key": [
                "kid": .string(identifier(origin)), "kty": .string(type), "key_ops": JSONValue(operations),
                "n": .string(Base64URL.encode(numbers.modulus)), "e": .string(Base64URL.encode(numbers.exponent)),
            ],
            "attributes": attributes, "tags": [:],
        ]
    }

    func identifier(_ origin: String, kind: String = "keys") -> String { "\(origin)/\(kind)/\(name)/\(version)" }

    var attributes: JSONValue {
        let seconds = JSONValue(Int(created.timeIntervalSince1970))
        return ["enabled": .bool(isEnabled), "created": seconds, "updated": seconds, "exportable": false]
    }

    /// The two numbers of an RSA key, as the bytes of its public key have them.
    private static func components(of key: PublicKey) throws -> (modulus: [UInt8], exponent: [UInt8]) {
        // SubjectPublicKeyInfo, its BIT STRING without the count of unused bits, RSAPublicKey (RFC 8017 appendix A.1.1).
        guard let bits = DERElement.sequence(key.der)?.first?.children?.last,
            let numbers = DERElement.sequence(bits.content.dropFirst())?.first?.children, numbers.count == 2
        else { throw VaultError.badParameter("only RSA keys are kept here") }
        return (Array(numbers[0].content.drop { $0 == 0 }), Array(numbers[1].content.drop { $0 == 0 }))
    }
}
