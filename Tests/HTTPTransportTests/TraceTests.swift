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
