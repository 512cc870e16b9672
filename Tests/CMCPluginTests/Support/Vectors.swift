// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Testing

/// The published vectors, which lie with the tests of the codec.
enum Vectors {
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let connectors = tests.deletingLastPathComponent().appendingPathComponent("connectors.d")

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: tests.appendingPathComponent("PKIXTests/Fixtures/cmc/" + name)))
    }

    static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
    static func certificate(_ name: String) throws -> Certificate {
        try Certificate(pem: text("keys/\(name).cert.pem"))
    }

    static let manifest: JSONValue = (try? JSONValue(parsing: bytes("vectors.json"))) ?? .null
    static let responses: [String] = (manifest["vectors"]?.object ?? [:]).filter {
        $0.value["kind"]?.string == "response"
    }.map(\.key).sorted()

    static func facts(_ name: String) -> JSONValue { manifest["vectors"]?[name] ?? .null }

    /// The text of a hexadecimal member as bytes.
    static func hex(_ key: String) -> [UInt8] { bytes(hex: manifest[key]?.string ?? "") }
    static func bytes(hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }
}
