// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import ProfileOperations
import YAMLDocuments

/// A body that proves with a shared key who has made it: the bytes and their HMAC-SHA-256, both in base64, as members of another
/// JSON object. This is how cfssl's `authsign` is asked.
struct BodyAuthentication: Sendable {
    /// Secret setting with the key in hexadecimal.
    let key: String
    let request: String
    let token: String

    /// Reads `hmac` of a request; notes what is wrong with it.
    init?(_ reader: MappingReader, secrets: [String]) {
        let path = reader.path(of: "key")
        let key = reader.requiredNode("key")?.word(at: path, of: secrets, reader.collector)
        (request, token) = (reader.string("request") ?? "request", reader.string("token") ?? "token")
        if request == token { reader.add("token", "it has the name of the request, \(request)") }
        reader.finish(known: ["key", "request", "token"])
        guard let key else { return nil }
        self.key = key
    }

    /// - Throws: `RequestError` for a key that is none.
    func wrap(_ body: [UInt8], _ settings: JSONValue) throws -> [UInt8] {
        guard let key = settings[key]?.string.flatMap(Self.bytes), !key.isEmpty else {
            throw RequestError(
                message: "settings.\(key): expected a key in hexadecimal, an even number of digits 0-9 and a-f")
        }
        let code = DigestAlgorithm.sha256.authenticate(body, key: key)
        let wrapped: JSONValue = [
            request: .string(Data(body).base64EncodedString()), token: .string(Data(code).base64EncodedString()),
        ]
        return Array(wrapped.text.utf8)
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        let digits = hex.trimmingCharacters(in: .whitespacesAndNewlines).utf8.map { UInt8(hexDigit: $0) }
        guard digits.count % 2 == 0 else { return nil }
        let known = digits.compactMap(\.self)
        guard known.count == digits.count else { return nil }
        return stride(from: 0, to: known.count, by: 2).map { known[$0] << 4 | known[$0 + 1] }
    }
}

extension UInt8 {
    fileprivate init?(hexDigit: UInt8) {
        guard let value = Character(UnicodeScalar(hexDigit)).hexDigitValue else { return nil }
        self = UInt8(value)
    }
}
