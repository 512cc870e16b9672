// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import HTTPTransport
import TestSupport
import Testing

/// What ends before the request can leave is told apart from what ends afterwards, whoever ends it: an order of the one kind is
/// placed again, one of the other is searched for.
@Suite(.timeLimit(.minutes(2))) struct NothingLeftTests {
    private func failure(
        _ url: String, client: CurlHTTPClient = CurlHTTPClient(), method: String = "POST"
    ) async throws -> HTTPTransportError {
        try #require(
            await #expect(throws: HTTPTransportError.self) {
                _ = try await client.send(HTTPRequest(method: method, url: url, body: Array("{}".utf8)))
            })
    }

    /// Over TLS nothing of the request leaves before the handshake has ended.
    @Test(arguments: ["POST", "PUT", "DELETE"]) func aServerThatEndsTheHandshake(method: String) async throws {
        let deeds: [(String, RawListener.Deed)] = [
            ("closes at once", .close), ("reads and closes", .readAndClose),
            ("answers without TLS", .answer(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))),
            ("sends an alert", .answer([0x15, 3, 3, 0, 2, 2, 40])),
        ]
        for (what, deed) in deeds {
            let listener = try RawListener(deed)
            let failure = try await failure("https://127.0.0.1:\(listener.port)/orders", method: method)
            #expect(failure.kind == .notSent && !failure.mayHaveBeenSent, "\(what): \(failure)")
            #expect(listener.connections == 1, "\(what)")
        }
    }

    /// Without TLS a request is on its way as soon as the connection stands, and who closes it may have read all of it.
    @Test(arguments: ["POST", "PUT", "DELETE"]) func aServerThatClosesTheConnection(method: String) async throws {
        for deed in [RawListener.Deed.close, .readAndClose] {
            let listener = try RawListener(deed)
            let failure = try await failure("http://127.0.0.1:\(listener.port)/orders", method: method)
            #expect(failure.kind == .unknownOutcome && failure.mayHaveBeenSent, "\(deed): \(failure)")
        }
    }

    /// Nobody listens there any more: the second request finds a kept connection that was closed while nobody looked, and no
    /// other.
    @Test func aKeptConnectionThatIsGone() async throws {
        let server = try HTTPServer { _ in .response(status: 200, headers: [("Connection", "close")]) }
        let client = CurlHTTPClient()
        _ = try await client.send(HTTPRequest(method: "POST", url: server.url, body: [1]))
        server.stop()
        let failure = try await failure(server.url, client: client)
        #expect(failure.kind == .notSent && !failure.mayHaveBeenSent, "\(failure)")
    }

    @Test(arguments: ["https://no-such-host.invalid/orders", "https://127.0.0.1:1/orders", "http://127.0.0.1:1/orders"])
    func nobodyIsThere(url: String) async throws {
        #expect(try await !failure(url).mayHaveBeenSent)
    }
}
