// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import HTTPServing
import HTTPTransport
import Synchronization
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

    /// A node that stood still while its request waited for a connection: what it works on is somebody else's by now.
    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"]) func whatWasTakenUpByAnotherDoesNotLeave(method: String)
        async throws
    {
        let counter = Counter()
        let (arrived, goesOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let server = try HTTPServer { request in
            if counter.note(request.method) == 1 {
                arrived.signal()
                goesOn.wait()
            }
            return .text("ok")
        }
        let client = CurlHTTPClient(maximumConnectionsPerHost: 1)
        let url = server.url
        let first = Task { try await client.send(HTTPRequest(method: "POST", url: url, body: [1])) }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                arrived.wait()
                continuation.resume()
            }
        }
        let isMine = Atomic(true)
        let asked = Counter()
        let second = Task {
            try await Departure.$current.withValue(
                Departure {
                    asked.note("asked")
                    return isMine.load(ordering: .sequentiallyConsistent)
                }
            ) { try await client.send(HTTPRequest(method: method, url: url, body: [2])) }
        }
        // It waits for the one connection, and what was true when it began is not any more.
        try await Task.sleep(for: .milliseconds(200))
        #expect(asked.events.isEmpty)
        isMine.store(false, ordering: .sequentiallyConsistent)
        goesOn.signal()
        _ = try await first.value
        let failure = await #expect(throws: HTTPTransportError.self) { _ = try await second.value }
        #expect(failure?.kind == .notSent && failure?.message.hasSuffix(Departure.refusal) == true)
        #expect(counter.events == ["POST"] && asked.events.count == 1)
        // What only reads does no harm, and the next of the same kind goes its way.
        try await Departure.$current.withValue(Departure { false }) { _ = try await client.send(HTTPRequest(url: url)) }
        try await Departure.$current.withValue(Departure { true }) {
            _ = try await client.send(HTTPRequest(method: method, url: url, body: [3]))
        }
        #expect(counter.events == ["POST", "GET", method])
    }
}
