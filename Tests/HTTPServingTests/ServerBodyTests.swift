// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Synchronization
import TestSupport
import Testing

/// Bodies that are made while they are sent.
@Suite(.timeLimit(.minutes(2))) struct ServerBodyTests {
    private let request = "GET /file HTTP/1.1\r\nHost: t\r\n\r\n"

    @Test func sendsAllOfItInOrder() async throws {
        let server = try HTTPServer(listen: .loopback) { _ in
            .body(
                status: 200,
                body: ServerBody { body in
                    for number in 0..<300 {
                        // Now and then the client is the quicker one.
                        if number.isMultiple(of: 50) { try await Task.sleep(for: .milliseconds(5)) }
                        try await body.send(Array("\(number),".utf8) + Array(repeating: 0x78, count: number * 50))
                    }
                })
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        // Without chunks (RFC 9112 section 6.3): the end of the connection is the end of the body.
        client.send("GET /file HTTP/1.0\r\n\r\n")
        let text = try await blocking { client.read(limit: 1 << 30) }
        let whole = try #require(text.firstRange(of: "\r\n\r\n").map { text[$0.upperBound...] })
        let numbers = whole.split(separator: "x").flatMap { $0.split(separator: ",") }.compactMap { Int($0) }
        #expect(numbers == Array(0..<300))
        #expect(whole.utf8.count { $0 == 0x78 } == 50 * 299 * 300 / 2)
    }

    /// Whoever reads nothing costs two pieces, not the whole.
    @Test func waitsForTheClient() async throws {
        let made = Mutex(0)
        let ended = Meeting(2)
        let server = try HTTPServer(listen: .loopback) { _ in
            .body(
                status: 200,
                body: ServerBody { body in
                    do {
                        for _ in 0..<10_000 {
                            try await body.send(Array(repeating: 0x78, count: 100_000))
                            made.withLock { $0 += 1 }
                        }
                    } catch {
                        #expect(error is ServerBody.Left)
                        await ended.arrive()
                        throw error
                    }
                })
        }
        defer { server.stop() }
        do {
            let client = try RawClient(port: server.port, receiveBuffer: 65_536)
            client.send(request)
            _ = try await blocking { client.read(until: "xxxx") }
            try await Task.sleep(for: .milliseconds(300))
            // What the kernel takes over, on both sides, is some megabytes.
            #expect(made.withLock { $0 } < 200)
        }
        // The client has left: whoever makes it is told.
        await ended.arrive()
    }

    /// The client must not take half of it for the whole.
    @Test func breaksOffWhatFails() async throws {
        struct Failure: Error {}
        let server = try HTTPServer(listen: .loopback) { _ in
            .body(
                status: 200,
                body: ServerBody { body in
                    try await body.send(Array("the first part".utf8))
                    throw Failure()
                })
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send(request)
        let text = try await blocking { client.read(until: "\r\n0\r\n\r\n") }
        #expect(!text.contains("\r\n0\r\n\r\n"))
    }

    @Test func theServerStopsAllTheSame() async throws {
        let ended = Meeting(2)
        let server = try HTTPServer(listen: .loopback) { _ in
            .body(
                status: 200,
                body: ServerBody { body in
                    try await body.send(Array("begun".utf8))
                    try? await Task.sleep(for: .milliseconds(200))
                    await #expect(throws: ServerBody.Left.self) { try await body.send(Array("late".utf8)) }
                    await ended.arrive()
                })
        }
        let client = try RawClient(port: server.port)
        client.send(request)
        _ = try await blocking { client.read(until: "begun") }
        try await blocking { server.stop() }
        await ended.arrive()
    }
}
