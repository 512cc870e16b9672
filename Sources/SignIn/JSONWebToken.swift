// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
import MicrosoftGraph
public import PKIX

/// A signed token in its compact form (RFC 7515 section 3.1, RFC 7519), read and not believed: `verify` says whether a key has signed
/// it. One algorithm counts, RS256; a token cannot choose another, nor none, nor one whose key would be public (wire/entra-oidc.md
/// section 4).
public struct JSONWebToken: Sendable {
    /// Tokens that people and services show are of a few kilobytes; groups and roles make them longer.
    public static let longest = 65_536

    /// Which key it says it is signed with.
    public let keyIdentifier: String
    /// The payload, an object; nothing in it counts before `verify`.
    public let claims: JSONValue
    /// The first two parts as they were transmitted.
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// - Throws: `TokenRefusal`. Costs no more than the length of the text.
    public init(parsing text: String) throws(TokenRefusal) {
        guard text.utf8.count <= Self.longest else { throw .malformed("it is longer than \(Self.longest) bytes") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw .malformed("expected three parts with dots between them, found \(parts.count)")
        }
        let header = try Self.object(parts[0], "header")
        guard let algorithm = header["alg"]?.string else { throw .malformed("its header names no algorithm") }
        guard algorithm.lowercased() != "none", !parts[2].isEmpty else { throw .unsigned }
        guard algorithm == "RS256" else { throw .algorithm(algorithm) }
        // Extensions that must be understood; none is (RFC 7515 section 4.1.11).
        guard header["crit"] == nil else { throw .malformed("its header asks for extensions (crit)") }
        // Graph hashes a nonce into what it signs.
        guard header["nonce"] == nil else { throw .forGraph }
        guard let key = header["kid"]?.string, !key.isEmpty else { throw .malformed("its header names no key (kid)") }
        claims = try Self.object(parts[1], "payload")
        guard let signature = Base64URL.decode(parts[2]) else { throw .malformed("its signature is no base64url") }
        keyIdentifier = key
        signed = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    /// - Throws: `TokenRefusal.badSignature` unless the private half of `key` has signed it.
    public func verify(_ key: PublicKey) throws(TokenRefusal) {
        let isGenuine = try? key.verify(signature, of: signed, digest: .sha256, padding: .pkcs1)
        guard key.isRSA, isGenuine == true else { throw .badSignature }
    }

    private static func object(_ part: Substring, _ name: String) throws(TokenRefusal) -> JSONValue {
        guard let bytes = Base64URL.decode(part) else { throw .malformed("its \(name) is no base64url") }
        guard let value = try? JSONValue(parsing: bytes), value.object != nil else {
            throw .malformed("its \(name) is no JSON object")
        }
        return value
    }
}
