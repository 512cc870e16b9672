// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Synchronization
import TestSupport
import Testing
import ThrowAwayServers

/// Connections that wait for asynchronous handlers.
@Suite(.timeLimit(.minutes(2))) struct SuspendedHandlerTests {
    @Test func answersWithWhatCame() async throws {
        let server = try HTTPServer(listen: .loopback) { request in
            await Task.yield()
            return .text(
                "\(request.method) \(request.path) \(request.body.count) \(request.clientAddress) \(request.isTLS)")
        }
        defer { server.stop() }
        let answer = try await Run.tool(
            "curl", ["-s", "-d", String(repeating: "x", count: 100_000), "\(server.url)/a%20b"])
        #expect(answer.output == "POST /a b 100000 127.0.0.1 false")
        let twice = try await Run.tool("curl", ["-s", "\(server.url)/1", "\(server.url)/2"])
        #expect(twice.output == "GET /1 0 127.0.0.1 falseGET /2 0 127.0.0.1 false")
    }

    /// More handlers than threads anywhere wait for each other: none of them holds a thread.
    @Test func handlersThatWaitHoldNoThread() async throws {
        let count = 60
        let meeting = Meeting(count)
        let server = try HTTPServer(listen: .loopback) { _ in
            await meeting.arrive()
            return .text("met")
        }
        defer { server.stop() }
        let answers = try await blocking {
            let clients = try (0..<count).map { _ in try RawClient(port: server.port) }
            for client in clients { client.send("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n") }
            return clients.map { $0.read() }
        }
        #expect(answers.allSatisfy { $0.hasSuffix("met") })
    }

    @Test func stoppingCancelsHandlersAndAnswers() async throws {
        let begun = Meeting(2)
        // A port of its own: nobody else's server answers there when this one is gone.
        let server = try HTTPServer(listen: ListenAddress("127.0.0.1:\(FreePort.find())")) { _ in
            await begun.arrive()
            try? await Task.sleep(for: .seconds(600))
            return .text(Task.isCancelled ? "cancelled" : "slept")
        }
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        await begun.arrive()
        await server.shutDown(grace: .milliseconds(50))
        let answer = try await blocking { client.read() }
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 503"))
        #expect(throws: RawClient.Refused.self) { try RawClient(port: server.port) }
    }

    @Test func lettingGoFinishesHandlersFirst() async throws {
        let begun = Meeting(2)
        let mayEnd = Meeting(2)
        let server = try HTTPServer(listen: .loopback) { _ in
            await begun.arrive()
            await mayEnd.arrive()
            return .text("finished")
        }
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        await begun.arrive()
        async let end: Void = server.shutDown(grace: .seconds(60))
        await mayEnd.arrive()
        let answer = try await blocking { client.read() }
        #expect(answer.hasSuffix("finished"))
        await end
    }

    @Test func listensOnIPv6AndBoth() async throws {
        // Plain HTTP for others is only behind a proxy.
        let all = try HTTPServer(listen: ListenAddress(":0"), proxies: TrustedProxies(["192.0.2.1"])) {
            .text($0.clientAddress)
        }
        let six = try HTTPServer(listen: ListenAddress("[::1]:\(FreePort.find())")) { .text($0.clientAddress) }
        defer {
            all.stop()
            six.stop()
        }
        #expect(try await blocking { try RawClient.get(all) }.hasSuffix("127.0.0.1"))
        #expect(try await blocking { try RawClient.get(all, address: "::1") }.hasSuffix("::1"))
        #expect(try await blocking { try RawClient.get(six, address: "::1") }.hasSuffix("::1"))
        #expect(six.url == "http://[::1]:\(six.port)")
        #expect(throws: RawClient.Refused.self) { try RawClient(port: six.port) }
    }

    @Test(arguments: [
        ("127.0.0.1:8443", "127.0.0.1:8443", true), ("[::1]:80", "[::1]:80", true), (":8443", "[::]:8443", false),
        ("localhost:1", "127.0.0.1:1", true), ("192.0.2.1:443", "192.0.2.1:443", false),
        ("[::ffff:127.0.0.1]:1", "127.0.0.1:1", true),
    ]) func readsAddresses(_ text: String, _ expected: String, _ isLoopback: Bool) throws {
        let address = try ListenAddress(text)
        #expect(address.description == expected)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(arguments: ["", "8443", "::1:8443", "host.example:1", "127.0.0.1:70000", "127.0.0.1", "[::1", "[]:1 "])
    func refusesOtherAddresses(_ text: String) {
        #expect(throws: HTTPServerError.self) { try ListenAddress(text) }
    }
}
