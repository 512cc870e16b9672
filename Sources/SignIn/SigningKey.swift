// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
import MicrosoftGraph
public import PKIX

/// A key that a tenant signs tokens with, as its key set publishes it (RFC 7517, RFC 7518 section 6.3; wire/entra-oidc.md section 4).
public struct SigningKey: Sendable {
    public let identifier: String
    public let publicKey: PublicKey
    /// Whom it signs for, perhaps with `{tenantid}` in it; nil where nothing says it.
    public let issuer: String?

    /// - Returns: nil for a key of another kind or use, for one of less than 2048 bits, and for what is none.
    public init?(_ json: JSONValue) {
        guard json["kty"]?.string == "RSA", json["use"]?.string ?? "sig" == "sig",
            json["alg"]?.string ?? "RS256" == "RS256",
            let identifier = json["kid"]?.string, !identifier.isEmpty,
            let modulus = json["n"]?.string.flatMap(Base64URL.decode),
            let exponent = json["e"]?.string.flatMap(Base64URL.decode), modulus.count <= 1024,
            (1...8).contains(exponent.count),
            // With exponent 1 everything is signed.
            exponent.last.map({ $0 % 2 == 1 }) == true, Array(exponent.drop { $0 == 0 }) != [1],
            let key = try? PublicKey(der: Self.subjectPublicKeyInfo(modulus, exponent)), key.isRSA, key.bits >= 2048
        else { return nil }
        self.identifier = identifier
        publicKey = key
        issuer = json["issuer"]?.string
    }

    /// Whether it may sign what names that issuer.
    func signs(for issuer: String, tenant: String) -> Bool {
        self.issuer.map { $0.replacing("{tenantid}", with: tenant) == issuer } ?? true
    }

    /// RFC 8017 appendix A.1.1 inside of RFC 5280 section 4.1.2.7.
    private static func subjectPublicKeyInfo(_ modulus: [UInt8], _ exponent: [UInt8]) -> [UInt8] {
        let rsaEncryption: [UInt8] = [
            0x30, 13, 0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
        ]
        let key = element(0x30, integer(modulus) + integer(exponent))
        return element(0x30, rsaEncryption + element(0x03, [0] + key))
    }

    /// A number without leading zeros, and one zero before it where its first bit would be a sign.
    private static func integer(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        return element(0x02, (digits.first ?? 0x80) & 0x80 == 0 ? digits : [0] + digits)
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
        let length = withUnsafeBytes(of: UInt32(content.count).bigEndian) { Array($0.drop { $0 == 0 }) }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }
}
