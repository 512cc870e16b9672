// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import HTTPTransport
import Testing

/// libcurl sends a request again when a kept connection dies before any byte of an answer: good for reading, a second
/// purchase for ordering.
@Suite struct AtMostOnceTests {
    /// Answers the first request, then takes each further one and cuts the connection instead of answering.
    private func server(_ counter: Counter) throws -> HTTPServer {
        try HTTPServer { request in
            counter.note(request.method) == 1 ? .text("ok") : .cutConnection
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"], [[UInt8]?.none, [], [1, 2, 3]])
    func aRequestThatChangesSomethingIsNotSentAgain(method: String, body: [UInt8]?) async throws {
        let counter = Counter()
        let server = try server(counter)
        let client = CurlHTTPClient()
        _ = try await client.send(HTTPRequest(url: server.url))
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await client.send(HTTPRequest(method: method, url: server.url, body: body))
        }
        #expect(failure?.kind == .unknownOutcome)
        #expect(counter.events == ["GET", method])
    }

    @Test func aReadingRequestIsSentAgainOnAFreshConnection() async throws {
        let counter = Counter()
        let server = try server(counter)
        let client = CurlHTTPClient()
        _ = try await client.send(HTTPRequest(url: server.url))
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await client.send(HTTPRequest(url: server.url))
        }
        #expect(failure?.kind == .unknownOutcome)
        #expect(counter.events == ["GET", "GET", "GET"])
    }

    /// The common case: the server closed the idle connection while nobody used it. libcurl sees that before it sends.
    @Test func aConnectionClosedWhileIdleDoesNoHarm() async throws {
        let counter = Counter()
        let server = try HTTPServer { request in
            counter.note(request.method)
            return .response(status: 200, headers: counter.events.count == 1 ? [("Connection", "close")] : [])
        }
        let client = CurlHTTPClient()
        for _ in 0..<3 { _ = try await client.send(HTTPRequest(method: "POST", url: server.url, body: [1])) }
        #expect(counter.events.count == 3)
    }
}
