// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Synchronization
import TestSupport
import Testing

/// Server-sent events.
@Suite(.timeLimit(.minutes(2))) struct EventStreamTests {
    private let request = "GET /events HTTP/1.1\r\nHost: t\r\n\r\n"

    @Test func deliversInOrderAndEnds() async throws {
        let stream = ServerStream()
        let server = try HTTPServer(listen: .loopback) { _ in .events(stream) }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send(request)
        let head = try await blocking { client.read(until: "retry: 3000\n\n") }
        #expect(head.contains("Content-Type: text/event-stream"))
        stream.send(ServerEvent(id: "1\n", name: "order", data: "a\nb\r\nc"))
        let first = try await blocking { client.read(until: "data: c\n\n") }
        #expect(first.contains("id: 1\nevent: order\ndata: a\ndata: b\ndata: c\n\n"))
        for number in 0..<50 { stream.send(ServerEvent(data: "\(number)")) }
        stream.end()
        stream.send(ServerEvent(data: "late"))
        let rest = try await blocking { client.read(until: "\r\n0\r\n\r\n") }
        let numbers = rest.split(whereSeparator: \.isNewline).compactMap {
            $0.hasPrefix("data: ") ? Int($0.dropFirst(6)) : nil
        }
        #expect(numbers == Array(0..<50))
        #expect(!rest.contains("late"))
        let closed = Meeting(2)
        stream.whenClosed { Task { await closed.arrive() } }
        await closed.arrive()
        #expect(!stream.isOpen)
    }

    /// A client that reads nothing costs a bounded queue, and then learns that it missed something.
    @Test func tellsASlowReaderToAskAnew() async throws {
        let stream = ServerStream(capacity: 5)
        let server = try HTTPServer(listen: .loopback) { _ in .events(stream) }
        defer { server.stop() }
        let client = try RawClient(port: server.port, receiveBuffer: 65_536)
        client.send(request)
        _ = try await blocking { client.read(until: "retry: 3000\n\n") }
        // More than the kernel takes over.
        let large = String(repeating: "x", count: 20_000)
        for _ in 0..<400 {
            stream.send(ServerEvent(data: large))
            #expect(stream.waiting <= 6)
        }
        stream.send(ServerEvent(data: "last"))
        stream.end()
        let rest = try await blocking { client.read(until: "\r\n0\r\n\r\n", limit: 1 << 30) }
        #expect(rest.contains("event: resync\ndata: {}\n\n"))
        #expect(rest.contains("data: last\n\n"))
    }

    @Test func noticesThatAClientLeft() async throws {
        let stream = ServerStream()
        let server = try HTTPServer(listen: .loopback) { _ in .events(stream) }
        defer { server.stop() }
        do {
            let client = try RawClient(port: server.port)
            client.send(request)
            _ = try await blocking { client.read(until: "retry: 3000\n\n") }
        }
        let closed = Meeting(2)
        stream.whenClosed { Task { await closed.arrive() } }
        // The kernel tells of it with the second write at the latest.
        while stream.isOpen {
            stream.send(ServerEvent(data: "anyone?"))
            try await Task.sleep(for: .milliseconds(10))
        }
        await closed.arrive()
    }

    @Test func stopsWithAHundredOpenStreams() async throws {
        let streams = Mutex<[ServerStream]>([])
        let server = try HTTPServer(listen: .loopback) { request in
            guard request.path == "/events" else { return .text("there") }
            let stream = ServerStream()
            streams.withLock { $0.append(stream) }
            return .events(stream)
        }
        let clients = try await blocking {
            let clients = try (0..<100).map { _ in try RawClient(port: server.port) }
            for client in clients { client.send(request) }
            for client in clients { _ = client.read(until: "retry: 3000\n\n") }
            return clients
        }
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("there"))
        for stream in streams.withLock(\.self) { stream.send(ServerEvent(data: "all")) }
        let heard = try await blocking { clients.map { $0.read(until: "data: all\n\n") } }
        #expect(heard.allSatisfy { $0.contains("data: all\n\n") })
        await server.shutDown()
        let ends = try await blocking { clients.map { $0.read() } }
        #expect(ends.allSatisfy { $0.hasSuffix("0\r\n\r\n") })
        #expect(streams.withLock { $0.allSatisfy { !$0.isOpen } })
    }

    /// Without the orderly end: no connection may be suspended when the server stops.
    @Test func stopsAtOnceWithOpenStreams() async throws {
        let server = try HTTPServer(listen: .loopback) { _ in .events(ServerStream()) }
        let client = try RawClient(port: server.port)
        client.send(request)
        _ = try await blocking { client.read(until: "retry: 3000\n\n") }
        server.stop()
        #expect(!(try await blocking { client.read() }).contains("data"))
    }
}
