// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Synchronization

/// The keys that the tenant signs tokens with: several are published, one signs (wire/entra-oidc.md section 4).
final class SigningKeys: Sendable {
    private struct Key: Sendable {
        let identifier: String
        let key: PrivateKey
        let certificate: Certificate
    }

    private struct Guarded {
        /// The newest last: it signs.
        var keys: [Key]
        var fault: TokenFault?
    }

    private let guarded: Mutex<Guarded>
    private let clock: SandboxClock

    init(clock: SandboxClock) throws {
        self.clock = clock
        let keys = [try Self.make(clock.now), try Self.make(clock.now)]
        guarded = Mutex(Guarded(keys: keys))
    }

    private static func make(_ now: Date) throws -> Key {
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "accounts.accesscontrol.windows.net")],
            publicKey: try key.publicKey,
            notBefore: now.addingTimeInterval(-86_400), notAfter: now.addingTimeInterval(5 * 365 * 86_400)
        ).selfSigned(key: key)
        return Key(
            identifier: Base64URL.encode(DigestAlgorithm.sha1.digest(certificate.der)), key: key,
            certificate: certificate)
    }

    /// From now on another key signs; the former ones stay published unless they are dropped.
    func rotate(dropping: Bool) throws {
        let key = try Self.make(clock.now)
        guarded.withLock { $0.keys = (dropping ? [] : $0.keys) + [key] }
    }

    var fault: TokenFault? { guarded.withLock { $0.fault } }
    func setFault(_ fault: TokenFault?) { guarded.withLock { $0.fault = fault } }

    /// The key set, without `alg` as the real one.
    func json(issuer: String) -> JSONValue {
        let (keys, fault) = guarded.withLock { ($0.keys, $0.fault) }
        return [
            "keys": .array(
                keys.compactMap { key in
                    guard let numbers = Self.numbers(key.key) else { return nil }
                    return [
                        "kty": "RSA", "use": "sig", "kid": .string(key.identifier), "x5t": .string(key.identifier),
                        "n": .string(Base64URL.encode(numbers.modulus)),
                        "e": .string(Base64URL.encode(numbers.exponent)),
                        "x5c": [.string(Data(key.certificate.der).base64EncodedString())],
                        "issuer": .string(
                            fault == .foreignKey ? issuer.replacing("{tenantid}", with: GUID.random()) : issuer),
                    ]
                })
        ]
    }

    /// Modulus and exponent out of the SubjectPublicKeyInfo (RFC 8017 appendix A.1.1).
    private static func numbers(_ key: PrivateKey) -> (modulus: [UInt8], exponent: [UInt8])? {
        guard let der = try? key.publicKey.der, let info = DERElement.sequence(der)?.first?.children, info.count == 2,
            let inner = DERElement.sequence(info[1].content.dropFirst())?.first?.children, inner.count == 2
        else { return nil }
        return (inner[0].content.drop { $0 == 0 }.map(\.self), inner[1].content)
    }

    /// A token with these claims, wrong as it was ordered.
    func sign(_ claims: [String: JSONValue]) throws -> String {
        let (key, fault) = guarded.withLock { ($0.keys[$0.keys.count - 1], $0.fault) }
        var claims = claims
        fault.map { Self.spoil(&claims, $0) }
        var header: [String: JSONValue] = ["typ": "JWT", "alg": "RS256", "kid": .string(key.identifier)]
        if claims["ver"]?.string == "1.0" { header["x5t"] = .string(key.identifier) }
        switch fault {
        case .unsigned: header = ["typ": "JWT", "alg": "none"]
        case .hs256: header["alg"] = "HS256"
        case .unknownKey: header["kid"] = .string(GUID.random())
        default: break
        }
        let text = [JSONValue.object(header), .object(claims)].map { Base64URL.encode($0.text.utf8) }.joined(
            separator: ".")
        let signature: [UInt8]
        switch fault {
        case .unsigned: signature = []
        case .hs256:
            signature = DigestAlgorithm.sha256.authenticate(
                Array(text.utf8), key: Array(try key.key.publicKey.pem.utf8))
        case .unknownKey, .badSignature:
            signature = try PrivateKey.generate(.rsa2048).sign(Array(text.utf8), digest: .sha256, padding: .pkcs1)
        default: signature = try key.key.sign(Array(text.utf8), digest: .sha256, padding: .pkcs1)
        }
        return "\(text).\(Base64URL.encode(signature))"
    }

    private static func spoil(_ claims: inout [String: JSONValue], _ fault: TokenFault) {
        func shift(_ seconds: Double) {
            for name in ["iat", "nbf", "exp"] {
                if let time = claims[name]?.number { claims[name] = .number(time + seconds) }
            }
        }
        switch fault {
        case .wrongAudience: claims["aud"] = .string(GUID.random())
        case .wrongTenant: claims["tid"] = .string(GUID.random())
        case .wrongIssuer: claims["iss"] = .string("https://login.microsoftonline.com/\(GUID.random())/v2.0")
        case .expired: shift(-7200)
        case .future: shift(7200)
        case .noNonce: claims["nonce"] = nil
        case .wrongNonce: claims["nonce"] = .string(GUID.random())
        case .noObjectID: claims["oid"] = nil
        case .wrongVersion: claims["ver"] = "3.0"
        case .unsigned, .hs256, .unknownKey, .badSignature, .foreignKey: break
        }
    }
}
