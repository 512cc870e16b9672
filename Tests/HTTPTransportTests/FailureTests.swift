// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import TestSupport
import Testing

@testable import HTTPTransport

@Suite(.timeLimit(.minutes(5))) struct FailureTests {
    private func failure(
        _ request: HTTPRequest, client: CurlHTTPClient = CurlHTTPClient()
    ) async throws -> HTTPTransportError {
        try #require(
            await #expect(throws: HTTPTransportError.self) { _ = try await client.send(request) })
    }

    @Test func nobodyListening() async throws {
        let server = try HTTPServer { _ in .text("") }
        server.stop()
        let error = try await failure(HTTPRequest(method: "POST", url: server.url + "/orders?key=1", body: []))
        #expect(error.kind == .notSent)
        #expect(!error.message.contains("/orders"))
    }

    @Test func unknownHost() async throws {
        let error = try await failure(HTTPRequest(url: "https://no-such-host.invalid/"))
        #expect(error.kind == .notSent || error.kind == .timeout(sent: false))
    }

    @Test func cutInsteadOfAnAnswer() async throws {
        let server = try HTTPServer { _ in .cutConnection }
        #expect(try await failure(HTTPRequest(method: "POST", url: server.url, body: [1])).kind == .unknownOutcome)
    }

    @Test func cutWithinTheAnswer() async throws {
        let server = try HTTPServer { _ in .truncated(status: 200, body: Array(repeating: 65, count: 1000), sent: 10) }
        #expect(try await failure(HTTPRequest(method: "POST", url: server.url, body: [1])).kind == .unknownOutcome)
    }

    @Test func noAnswerInTime() async throws {
        let server = try HTTPServer { _ in
            Thread.sleep(forTimeInterval: 0.5)
            return .text("late")
        }
        let error = try await failure(
            HTTPRequest(method: "POST", url: server.url, body: [1], timeout: .milliseconds(60)))
        #expect(error.kind == .timeout(sent: true))
        #expect(error.mayHaveBeenSent)
    }

    /// Where somebody waits a reading is given up soon; what may have been done is not.
    @Test func whoWaitsIsNotKeptWaiting() {
        let (get, post) = (HTTPRequest(url: "https://h.test/"), HTTPRequest(method: "POST", url: "https://h.test/"))
        #expect(get.bounded().timeout == get.timeout && get.bounded().connectTimeout == nil)
        Patience.$isShort.withValue(true) {
            #expect(get.bounded().timeout == .seconds(15) && get.bounded().connectTimeout == .seconds(5))
            #expect(post.bounded().timeout == post.timeout && post.bounded().connectTimeout == .seconds(5))
            var quick = get
            (quick.timeout, quick.connectTimeout) = (.seconds(1), .seconds(2))
            #expect(quick.bounded().timeout == .seconds(1) && quick.bounded().connectTimeout == .seconds(2))
        }
    }

    /// The bound of the request holds, not that of the client.
    @Test func aRequestBoundsItsOwnConnecting() async throws {
        let listener = try LoopbackListener(backlog: 1)
        defer { withExtendedLifetime(listener) {} }
        var request = HTTPRequest(method: "POST", url: "https://127.0.0.1:\(listener.port)/", body: [1])
        request.connectTimeout = .milliseconds(60)
        #expect(try await failure(request).kind == .timeout(sent: false))
    }

    /// A listening socket whose queue nobody empties: the kernel accepts, TLS never answers.
    @Test func noHandshakeInTimeMeansNotSent() async throws {
        let listener = try LoopbackListener(backlog: 1)
        defer { withExtendedLifetime(listener) {} }
        let client = CurlHTTPClient(connectTimeout: .milliseconds(60))
        let error = try await failure(
            HTTPRequest(method: "POST", url: "https://127.0.0.1:\(listener.port)/", body: [1]), client: client)
        #expect(error.kind == .timeout(sent: false))
    }

    @Test func answersAreBounded() async throws {
        let server = try HTTPServer { _ in .text(String(repeating: "x", count: 10_000)) }
        #expect(try await failure(HTTPRequest(url: server.url, maximumResponseSize: 9_999)).kind == .tooLarge)
        let client = CurlHTTPClient()
        #expect(try await client.send(HTTPRequest(url: server.url, maximumResponseSize: 10_000)).body.count == 10_000)
    }

    @Test func aCompressedAnswerIsBoundedByWhatItUnfoldsTo() async throws {
        // printf of 1 MiB zeros through gzip: about 1 KiB on the wire.
        let folder = try TemporaryFolder()
        let file = folder.path("zeros.gz")
        try await Tool.run(["sh", "-c", "head -c 1048576 /dev/zero | gzip -9 >\(file)"])
        let packed = Array(try Data(contentsOf: URL(filePath: file)))
        let server = try HTTPServer { _ in
            .response(status: 200, headers: [("Content-Encoding", "gzip")], body: packed)
        }
        #expect(packed.count < 10_000)
        #expect(try await failure(HTTPRequest(url: server.url, maximumResponseSize: 100_000)).kind == .tooLarge)
        #expect(try await CurlHTTPClient().send(HTTPRequest(url: server.url)).body.count == 1_048_576)
    }

    @Test func cancellingEndsTheTransferAndTheClientGoesOn() async throws {
        let started = Counter()
        let release = DispatchSemaphore(value: 0)
        let server = try HTTPServer { request in
            started.note(request.path)
            if request.path == "/slow" { release.wait() }
            return .text("ok")
        }
        let client = CurlHTTPClient()
        let task = Task { try await client.send(HTTPRequest(method: "POST", url: server.url + "/slow", body: [1])) }
        while started.events.isEmpty { await Task.yield() }
        task.cancel()
        let result = await task.result
        #expect(throws: HTTPTransportError(.cancelled(sent: true), "127.0.0.1: cancelled")) { try result.get() }
        release.signal()
        #expect(try await client.send(HTTPRequest(url: server.url + "/fast")).status == 200)
    }

    @Test func aTaskCancelledBeforeSendsNothing() async throws {
        let counter = Counter()
        let server = try HTTPServer { _ in
            counter.note("")
            return .text("ok")
        }
        let client = CurlHTTPClient()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(HTTPRequest(url: server.url))
        }
        let result = await task.result
        #expect(throws: HTTPTransportError(.cancelled(sent: false), "127.0.0.1: cancelled")) { try result.get() }
        #expect(counter.events.isEmpty)
    }
}
