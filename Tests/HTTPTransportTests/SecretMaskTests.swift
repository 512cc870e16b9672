// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import HTTPTransport
import Secrets
import Synchronization
import Testing

@Suite struct SecretMaskTests {
    private static let secret = "Zq7/\"&<ü x9'Kw+%L\\mP#vB@🗝."

    /// Every character escaped, as writers do that take no chances, and one escape inside another.
    private static let spellings: [String: String] = {
        let scalars = secret.unicodeScalars
        let percent = secret.utf8.map { String(format: "%%%02X", $0) }.joined()
        let json = secret.utf16.map { String(format: "\\u%04x", $0) }.joined()
        let base64 = Data(secret.utf8).base64EncodedString()
        return [
            "plain": secret, "percent": percent, "percent in small letters": percent.lowercased(),
            "form": PercentEncoding.encode(secret).replacing("%20", with: "+"),
            "json": json, "json in capitals": json.uppercased().replacing("\\U", with: "\\u"),
            "json, short": secret.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
                "/", with: "\\/"),
            "xml, decimal": scalars.map { "&#\($0.value);" }.joined(),
            "xml, hexadecimal": scalars.map { "&#x0\(String($0.value, radix: 16));" }.joined(),
            "xml, names": secret.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
                .replacing("\"", with: "&quot;").replacing("'", with: "&apos;"),
            "xml in json": scalars.map { "\\u0026#\($0.value);" }.joined(),
            "json in json": secret.utf16.map { String(format: "\\\\u%04x", $0) }.joined(),
            "json in xml": secret.map { ["\\": "\\\\", "\"": "\\&quot;", "&": "&amp;", "<": "&lt;"][$0] ?? String($0) }
                .joined(),
            "xml in an address": scalars.map { "%26%23\($0.value)%3b" }.joined(),
            "percent twice": secret.utf8.map { String(format: "%%25%02X", $0) }.joined(),
            "base64": base64, "base64 in an address": PercentEncoding.encode(base64),
            "base64 in lines": base64.prefix(16) + "\r\n" + base64.dropFirst(16).prefix(16) + "\\n"
                + base64.dropFirst(32),
        ]
    }()

    private func traced(_ body: String, secrets: [String] = [secret]) async throws -> String {
        let server = try HTTPServer { .response(status: 200, headers: [], body: $0.body) }
        let entries = Mutex<[HTTPTraceEntry]>([])
        let client = CurlHTTPClient { entry in entries.withLock { $0.append(entry) } }
        _ = try await client.send(
            HTTPRequest(method: "POST", url: server.url, body: Array(body.utf8), secrets: secrets.map(Secret.init)))
        let entry = try #require(entries.withLock { $0.first })
        #expect(entry.requestBody == entry.responseBody)
        return entry.responseBody ?? ""
    }

    /// What is left of a text when masks, filling and the note about its length are gone.
    private func rest(_ text: String) -> String {
        text.replacing("•••", with: "").replacing("y", with: "").replacing(/… \(\d+ btes\)$/, with: "")
    }

    @Test func aSecretThatContainsAnotherDisappearsAsAWhole() {
        let secrets = ["pass", "password", "my password"].map { Secret($0) }
        for order in [secrets, secrets.reversed()] {
            #expect(SecretMask(order).masking("a password, my password, pass") == "a •••, •••, •••")
        }
    }

    @Test(arguments: spellings.keys.sorted()) func everySpellingIsMasked(name: String) throws {
        let spelling = try #require(Self.spellings[name])
        #expect(SecretMask([Secret(Self.secret)]).masking("<\(spelling)>\(spelling)") == "<•••>•••")
    }

    @Test(arguments: spellings.keys.sorted()) func noPartOfASecretStaysAtTheEnd(name: String) throws {
        let spelling = try #require(Self.spellings[name])
        let mask = SecretMask([Secret(Self.secret)])
        for offset in 0...(spelling.utf8.count + 20) {
            let filling = String(repeating: "y", count: 10 + offset)
            let limit = spelling.utf8.count + 20
            let text = mask.masking((filling + spelling + filling).utf8, upTo: limit).text
            #expect(rest(text).isEmpty, "\(offset): \(text)")
            #expect(text.utf8.count <= limit)
        }
    }

    /// What a trace shows ends at 4 KiB. Many secrets make a long text short, so that any part of it may be the end.
    @Test(arguments: spellings.keys.sorted()) func noPartOfASecretStaysInATrace(name: String) async throws {
        let spelling = try #require(Self.spellings[name])
        for offset in [4096 - spelling.utf8.count, 4096 - spelling.utf8.count / 2, 4095, 4096, 4100] {
            let text = try await traced(String(repeating: "y", count: offset) + spelling + "yy")
            #expect(rest(text).isEmpty, "\(offset): \(text.suffix(200))")
        }
        for offset in 0..<2 {
            let count = 1 + (20 << 10) / spelling.utf8.count
            let text = try await traced(
                String(repeating: "y", count: offset * 7) + String(repeating: spelling, count: count))
            #expect(rest(text).isEmpty, "\(offset): \(text.suffix(200))")
        }
    }

    @Test("a secret inside something larger in Base64", arguments: ["u:", "us:", "use:", "user:"])
    func insideOfBase64(before: String) {
        let password = "correct horse battery staple"
        let mask = SecretMask([Secret(password)])
        for after in ["", "!", "!!"] {
            let text = mask.masking("Basic " + Data((before + password + after).utf8).base64EncodedString())
            #expect(text.hasPrefix("Basic ") && text.contains("•••"))
            #expect(text.utf8.count < 30, "\(text)")
        }
    }

    @Test func otherEncodingsAreMasked() throws {
        let mask = SecretMask([Secret(Self.secret), Secret("Größe99")])
        for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
            #expect(mask.masking(Array(try #require(Self.secret.data(using: encoding))), upTo: 99).text == "•••")
        }
        #expect(mask.masking(Array(try #require("Größe99".data(using: .isoLatin1))), upTo: 99).text == "•••")
        #expect(mask.masking("Gr%F6%dfe99") == "•••")
    }

    @Test("what only looks like a secret stays, to the byte")
    func otherTextStays() {
        let mask = SecretMask([Secret("secret-1"), Secret("a&b")])
        for text in ["secret-2", "a&c", "100 % \\u00 &amp &#; &#xZZ; %", "a&amp", "\\", "&", "ü🗝", "", "a&amp;amp;c"] {
            #expect(mask.masking(text) == text)
        }
        #expect(SecretMask([]).masking("a%20b") == "a%20b")
        #expect(SecretMask([Secret("")]).masking("abc") == "abc")
    }

    /// Escapes that can be read in two ways must not make the search grow with every one of them.
    @Test(.timeLimit(.minutes(1))) func doubtfulEscapesAreBounded() {
        let mask = SecretMask([Secret(String(repeating: "%25", count: 200) + "!")])
        let text = String(repeating: "%25", count: 2000)
        #expect(mask.masking(text.utf8, upTo: 200).text.utf8.count <= 200)
    }

    /// A login may answer with its token in a header line that nobody knows yet.
    @Test func headerLinesOfAConfidentialExchangeAreLeftOut() async throws {
        let server = try HTTPServer { _ in
            .response(status: 200, headers: [("X-Session", "fresh-token"), ("Retry-After", "7")], body: [])
        }
        let entries = Mutex<[HTTPTraceEntry]>([])
        let client = CurlHTTPClient { entry in entries.withLock { $0.append(entry) } }
        _ = try await client.send(
            HTTPRequest(method: "POST", url: server.url, headers: [("X-Pass", "word")], body: [1], isConfidential: true)
        )
        let text = entries.withLock { "\($0)" }
        #expect(!text.contains("fresh-token") && !text.contains("word"))
        #expect(text.contains("X-Session") && text.contains("\"7\""))
    }
}
