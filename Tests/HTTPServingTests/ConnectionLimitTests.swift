// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Synchronization
import TestSupport
import Testing

/// How many connections a server takes, from whom, and by which way.
@Suite(.timeLimit(.minutes(2))) struct ConnectionLimitTests {
    private static let asks = "GET / HTTP/1.1\r\nHost: t\r\n\r\n"

    private func idle(_ count: Int, _ server: HTTPServer, from source: String? = nil) async throws -> [RawClient] {
        let clients = try await blocking { try (0..<count).map { _ in try RawClient(port: server.port, from: source) } }
        while server.status.connections < count { try await Task.sleep(for: .milliseconds(5)) }
        return clients
    }

    @Test func oneAddressDoesNotTakeThePlaceOfOthers() async throws {
        var limits = ServerLimits()
        limits.connectionsPerAddress = 10
        let server = try HTTPServer(listen: .loopback, limits: limits) { _ in .text("there") }
        defer { server.stop() }
        let clients = try await idle(10, server)
        let refused = try await blocking { try RawClient.get(server) }
        #expect(refused.hasPrefix("HTTP/1.1 503"))
        #expect(refused.contains("Retry-After: 10"))
        #expect(try await blocking { try RawClient.get(server, from: "127.0.0.2") }.hasSuffix("there"))
        #expect(
            try await blocking {
                clients[0].send(Self.asks)
                return clients[0].read(until: "there")
            }.hasSuffix("there"))
        // Beyond those that are told so, they are closed without a word.
        let more = try await blocking { try (0..<30).map { _ in try RawClient(port: server.port) } }
        let words = try await blocking {
            for client in more { client.send(Self.asks) }
            return more.map { $0.read() }
        }
        #expect(words.contains { $0.hasPrefix("HTTP/1.1 503") })
        #expect(words.contains { $0.isEmpty })
        #expect(server.status.refusedConnections >= 31)
    }

    @Test func endedConnectionsMakeRoom() async throws {
        var limits = ServerLimits()
        limits.connectionsPerAddress = 5
        let server = try HTTPServer(listen: .loopback, limits: limits) { _ in .text("there") }
        defer { server.stop() }
        for _ in 0..<4 {
            let clients = try await idle(5, server)
            #expect(try await blocking { try RawClient.get(server) }.hasPrefix("HTTP/1.1 503"))
            withExtendedLifetime(clients) {}
        }
        while server.status.connections > 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("there"))
    }

    @Test func allOfThemAreBounded() async throws {
        var limits = ServerLimits()
        limits.connections = 20
        let server = try HTTPServer(listen: .loopback, limits: limits) { _ in .text("there") }
        defer { server.stop() }
        let clients = try await idle(20, server)
        #expect(try await blocking { try RawClient.get(server, from: "127.0.0.2") }.hasPrefix("HTTP/1.1 503"))
        withExtendedLifetime(clients) {}
    }

    @Test func aNamedProxyHasAnyNumber() async throws {
        var limits = ServerLimits()
        limits.connectionsPerAddress = 5
        let server = try HTTPServer(listen: .loopback, proxies: TrustedProxies(["127.0.0.0/8"]), limits: limits) { _ in
            .text("there")
        }
        defer { server.stop() }
        let clients = try await idle(40, server)
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("there"))
        withExtendedLifetime(clients) {}
    }

    @Test func plainHTTPIsForThisMachineOrAProxy() throws {
        let error = #expect(throws: HTTPServerError.self) {
            try HTTPServer(listen: ListenAddress(":0")) { _ in .text("") }
        }
        #expect(error?.message.contains("in the clear") == true)
    }

    @Test(arguments: [
        ("10.0.0.1", "192.0.2.5", "https", "192.0.2.5", true),
        ("10.0.0.1", "1.2.3.4, 192.0.2.5, 10.0.0.2", "http", "192.0.2.5", false),
        ("10.0.0.1", "forged", "https", "10.0.0.1", true),
        ("10.0.0.1", "", nil, "10.0.0.1", false),
        ("192.0.2.9", "1.2.3.4", "https", "192.0.2.9", false),
        ("::1", "2001:db8::5", "http, https", "2001:db8::5", true),
    ]) func believesOnlyTrustedProxies(
        _ address: String, _ forwarded: String, _ scheme: String?, _ expected: String, _ isSecure: Bool
    ) throws {
        let proxies = try TrustedProxies(["10.0.0.0/8", "::1"])
        var request = ServerRequest(method: "GET", path: "/", target: "/", clientAddress: address)
        request.headers = [("X-Forwarded-For", forwarded)] + (scheme.map { [("x-forwarded-proto", $0)] } ?? [])
        let origin = proxies.origin(of: request)
        #expect(origin.address == expected)
        #expect(origin.isSecure == isSecure)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "proxy.example", "10.0.0.0/8/8", "::1/129"])
    func refusesOtherProxies(_ text: String) {
        #expect(throws: HTTPServerError.self) { try TrustedProxies([text]) }
    }

    @Test func recordsWhatCameWithoutTheQuery() async throws {
        let records = Mutex<[AccessRecord]>([])
        let server = try HTTPServer(
            listen: .loopback, observe: { record in records.withLock { $0.append(record) } }
        ) { request in
            request.notes.route = "/things/{name}"
            request.notes.caller = "Ada"
            return .text("four", status: 404)
        }
        defer { server.stop() }
        _ = try await blocking { try RawClient.get(server, "/things/a%20b?token=secret") }
        while records.withLock(\.isEmpty) { try await Task.sleep(for: .milliseconds(5)) }
        let first = records.withLock(\.first)
        let record = try #require(first)
        #expect(record.path == "/things/a b")
        #expect(record.route == "/things/{name}")
        #expect(record.caller == "Ada")
        #expect((record.status, record.bytes, record.method) == (404, 4, "GET"))
        #expect(record.ending == .complete)
        #expect(!"\(record)".contains("secret"))
    }
}
