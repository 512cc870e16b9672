// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import TestSupport
import Testing

/// A JSON body that proves with a shared key who has made it.
@Suite struct BodyAuthenticationTests {
    private func profile(_ hmac: String) -> String {
        smallProfile().replacing(
            #/request: \{method: POST, path: (?<path>[^,]*), json: (?<json>'[^']*')\}/#
        ) { "request: {method: POST, path: \($0.path), json: \($0.json), hmac: \(hmac)}" }
    }

    /// RFC 4231 §4.2, §4.3, §4.7.
    @Test func vectors() {
        for (key, text, code) in [
            (
                [UInt8](repeating: 0x0B, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ] {
            let found = DigestAlgorithm.sha256.authenticate(Array(text.utf8), key: key)
            #expect(found.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined() == code)
        }
    }

    @Test(arguments: [
        ("{key: apiKey}", "request", "token"), ("{key: apiKey, request: body, token: mac}", "body", "mac"),
    ])
    func theBodyIsWrapped(_ hmac: String, _ request: String, _ token: String) async throws {
        let client = ScriptedClient(HTTPResponse(201, json: #"{"id": "77"}"#))
        let backend = try Backend(profile: profile(hmac), secrets: ["apiKey": "00ffA1\n"], client)
        _ = try await backend.connector.enroll(Example.request())
        let body = try JSONValue(parsing: try #require(client.requests.first?.body))
        let bytes = Array(try #require(Data(base64Encoded: body[request]?.string ?? "")))
        let wrapped = try JSONValue(parsing: bytes)
        #expect(body.object?.count == 2 && wrapped["note"]?.string?.isEmpty == false)
        #expect(
            body[token]?.string
                == Data(DigestAlgorithm.sha256.authenticate(bytes, key: [0, 0xFF, 0xA1])).base64EncodedString())
    }

    @Test(arguments: ["no key", "00f"]) func aKeyThatIsNoneIsTold(_ key: String) async throws {
        let client = ScriptedClient(HTTPResponse(201, json: #"{"id": "77"}"#))
        let backend = try Backend(profile: profile("{key: apiKey}"), secrets: ["apiKey": key], client)
        let error = await #expect(throws: ConnectorError.self) { try await backend.connector.enroll(Example.request()) }
        #expect(
            error?.kind == .configuration && error?.message.contains("settings.apiKey") == true,
            "\(String(describing: error))")
        #expect(error?.message.contains("no key") == false && client.requests.isEmpty)
    }
}
