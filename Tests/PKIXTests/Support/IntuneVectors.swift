// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Secrets
import Testing

/// The manifest of Fixtures/intune.
struct IntuneVectors {
    struct Vector: Sendable, CustomTestStringConvertible {
        let id: String
        let keyBits: Int
        let paddingScheme: String
        let ciphertext: [UInt8]
        /// nil for a negative vector.
        let plaintext: [UInt8]?
        var testDescription: String { id }

        /// nil for a scheme that is no OAEP.
        var hash: DigestAlgorithm? {
            paddingScheme.hasPrefix("oaep") ? DigestAlgorithm(rawValue: paddingScheme.dropFirst(4).lowercased()) : nil
        }
    }

    let document: JSONValue

    init() throws { document = try JSONValue(parsing: Fixture.bytes("intune/vectors.json")) }

    var passwordOfPFXFiles: String { document["passwordOfPfxFiles"]?.string ?? "" }
    var thumbprint: String { document["thumbprint"]?.string ?? "" }

    func vectors(_ list: String) throws -> [Vector] {
        try #require(document[list]?.array).map { entry in
            let base64 = try #require(entry["encryptedPfxPassword"]?.string)
            return Vector(
                id: try #require(entry["id"]?.string), keyBits: try #require(entry["keyBits"]?.int),
                paddingScheme: try #require(entry["paddingScheme"]?.string),
                ciphertext: Array(try #require(Data(base64Encoded: base64))),
                plaintext: entry["plaintextHex"]?.string.map(Self.bytes(hex:)))
        }
    }

    private static func bytes(hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    static func privateKey(bits: Int) throws -> PrivateKey {
        try PrivateKey(pem: Secret(Fixture.bytes("intune/connector-rsa\(bits)-private.pem")))
    }
}
