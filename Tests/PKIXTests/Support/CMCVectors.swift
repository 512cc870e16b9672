// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Secrets
import Testing

/// The manifest of Fixtures/cmc.
struct CMCVectors {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let facts: JSONValue
        var testDescription: String { name }

        var kind: String { facts["kind"]?.string ?? "" }
        var expect: JSONValue { facts["expect"] ?? .null }
        func bytes() throws -> [UInt8] { try Fixture.bytes("cmc/" + name) }
    }

    let document: JSONValue
    let all: [Vector]

    init() throws {
        document = try JSONValue(parsing: Fixture.bytes("cmc/vectors.json"))
        all = (document["vectors"]?.object ?? [:]).map(Vector.init).sorted { $0.name < $1.name }
    }

    /// Bytes that the manifest gives in hex.
    func hex(_ key: String) -> [UInt8] { Self.bytes(hex: document[key]?.string ?? "") }

    static func bytes(hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    static func certificate(_ name: String) throws -> Certificate {
        try Certificate(pem: Fixture.text("cmc/keys/\(name).cert.pem"))
    }

    static func key(_ name: String) throws -> PrivateKey {
        try PrivateKey(pem: Secret(Fixture.bytes("cmc/keys/\(name).key.pem")))
    }

    /// A day inside the validity of all certificates of the vectors.
    static let day = Date(timeIntervalSince1970: 1_768_000_000)
}
