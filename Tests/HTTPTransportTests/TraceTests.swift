// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import HTTPTransport
import Secrets
import Synchronization
import Testing

@Suite struct TraceTests {
    private final class Sink: Sendable {
        let entries = Mutex<[HTTPTraceEntry]>([])
        var text: String { entries.withLock { entries in entries.map { "\($0)" }.joined(separator: "\n") } }
    }

    private func client(_ sink: Sink) -> CurlHTTPClient {
        CurlHTTPClient { entry in sink.entries.withLock { $0.append(entry) } }
    }

    @Test func noSpellingOfASecretIsShown() async throws {
        let marker = "pl/ant\"ed+mar ker"
        let server = try HTTPServer { request in
            .response(status: 403, headers: [("X-Key", request.header("X-Key") ?? "")], body: request.body)
        }
        let sink = Sink()
        _ = try await client(sink).send(
            HTTPRequest(
                method: "POST", url: server.url + "/?key=" + PercentEncoding.encode(marker),
                headers: [("X-Key", marker), ("Authorization", "Bearer unlisted")],
                body: Array(#"{"key":"pl/ant\"ed+mar ker","seen":"yes"}"#.utf8), secrets: [Secret(marker)]))
        #expect(sink.text.contains("seen"))
        #expect(sink.text.contains("403"))
        for part in ["pl/ant", "planted", "pl%2Fant", "mar ker", "unlisted"] { #expect(!sink.text.contains(part)) }
    }

    /// As libxml2 and other writers spell it, in text and in attributes, and as JSON writers that escape the slash.
    @Test(arguments: [
        "a&amp;b&lt;c&gt;d\"e'f/g", "a&amp;b&lt;c&gt;d&quot;e'f/g", "a&amp;b&lt;c&gt;d&quot;e&apos;f/g",
        "a&amp;b&lt;c>d&#34;e&#39;f/g", "a&amp;b&lt;c&gt;d&quot;e&#x27;f/g", "a&b<c>d\\\"e'f\\/g",
    ])
    func escapedSecretsAreMasked(spelling: String) {
        let mask = SecretMask([Secret("a&b<c>d\"e'f/g")])
        #expect(mask.masking("<p>\(spelling)</p>") == "<p>•••</p>")
    }

    @Test func bodiesOfAConfidentialExchangeAreLeftOut() async throws {
        let server = try HTTPServer { _ in .text(#"{"access_token":"fresh"}"#) }
        let sink = Sink()
        _ = try await client(sink).send(
            HTTPRequest(method: "POST", url: server.url, body: Array("client_secret=x1".utf8), isConfidential: true))
        #expect(!sink.text.contains("fresh"))
        #expect(!sink.text.contains("x1"))
    }

    @Test func longBodiesAreCut() async throws {
        let server = try HTTPServer { _ in .text(String(repeating: "y", count: 1_000_000)) }
        let sink = Sink()
        _ = try await client(sink).send(HTTPRequest(url: server.url))
        #expect(sink.text.utf8.count < 10_000)
        #expect(sink.text.contains("1000000 bytes"))
    }
}
