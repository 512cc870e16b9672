// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import Synchronization
import TestSupport
import Testing

/// What clients do to a server by mistake or on purpose; it must go on answering the others.
@Suite(.timeLimit(.minutes(5))) struct HostileClientTests {
    private let echo: @Sendable (ServerRequest) async -> ServerAnswer = { .text("\($0.body.count)") }

    private var hasty: ServerLimits {
        var limits = ServerLimits()
        limits.headTime = .seconds(1)
        limits.bodyTime = .seconds(1)
        limits.answerTime = .seconds(1)
        limits.idleTime = .seconds(1)
        limits.slowestRate = 1 << 30
        return limits
    }

    /// One byte now and then: libmicrohttpd's own timeout begins anew each time.
    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: t\r\nX-Slow: ", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n", "GE",
        "GET / HTTP/1.1\r\nHost: t\r\n\r\n",
    ]) func breaksSlowConnections(_ beginning: String) async throws {
        let server = try HTTPServer(listen: .loopback, limits: hasty, handler: echo)
        defer { server.stop() }
        let trickle = try await blocking {
            let client = try RawClient(port: server.port)
            client.send(beginning)
            var sent = 0
            while sent < 600, client.send("x") {
                sent += 1
                usleep(100_000)
            }
            return sent
        }
        #expect(trickle < 600)
        #expect(server.status.lateConnections == 1)
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("0"))
    }

    /// A client that asks for much and fetches nothing.
    @Test func breaksAClientThatDoesNotRead() async throws {
        let large = [UInt8](repeating: 65, count: 32 << 20)
        let server = try HTTPServer(listen: .loopback, limits: hasty) { request in
            request.path == "/large" ? .response(status: 200, body: large) : .text("there")
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port, receiveBuffer: 4096)
        client.send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n")
        while server.status.lateConnections == 0 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("there"))
    }

    /// A handler that takes longer than all of this is not a slow client.
    @Test func waitsForSlowHandlers() async throws {
        let server = try HTTPServer(listen: .loopback, limits: hasty) { _ in
            try? await Task.sleep(for: .seconds(3))
            return .text("late but there")
        }
        defer { server.stop() }
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("late but there"))
    }

    @Test func refusesHugeBodies() async throws {
        let server = try HTTPServer(listen: .loopback, maximumBodySize: 1000, handler: echo)
        defer { server.stop() }
        let declared = try await blocking {
            let client = try RawClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999\r\n\r\n")
            return client.read(until: "too large")
        }
        #expect(declared.hasPrefix("HTTP/1.1 413"))
        // Without a length: a little is read on, so that the answer is seen, and no more.
        let chunked = try await blocking {
            let client = try RawClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
            client.send("7d0\r\n\(String(repeating: "x", count: 2000))\r\n0\r\n\r\n")
            return client.read()
        }
        #expect(chunked.hasPrefix("HTTP/1.1 413"))
        let endless = try await blocking {
            let client = try RawClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "2000\r\n\(String(repeating: "x", count: 8192))\r\n"
            var sent = 0
            while sent < 100_000, client.send(chunk) { sent += 1 }
            return sent
        }
        #expect(endless < 100_000)
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("0"))
    }

    /// Who reads by another length than a proxy in front does would take a part of the body for the next request.
    @Test(arguments: ["Content-Length: 7", "Content-Length: 3", "Transfer-Encoding: chunked"])
    func refusesTwoLengths(_ second: String) async throws {
        let server = try HTTPServer(listen: .loopback, handler: echo)
        defer { server.stop() }
        let answer = try await blocking {
            let client = try RawClient(port: server.port)
            client.send(
                "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\(second)\r\n\r\n0\r\n\r\nGET /next HTTP/1.1\r\n\r\n"
            )
            return client.read()
        }
        #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
        #expect(!answer.contains("HTTP/1.1 200"), "\(answer)")
    }

    /// A little more than is allowed: programs get a document, and not the page that libmicrohttpd would make.
    @Test(arguments: [
        ("GET /\(String(repeating: "x", count: 13 << 10)) HTTP/1.1\r\nHost: t\r\n", 414, "addressTooLong"),
        ("GET /?a=\(String(repeating: "x", count: 40 << 10)) HTTP/1.1\r\nHost: t\r\n", 414, "addressTooLong"),
        ("GET / HTTP/1.1\r\nHost: t\r\nX-A: \(String(repeating: "x", count: 21 << 10))\r\n", 431, "headersTooLarge"),
        (
            "GET / HTTP/1.1\r\nHost: t\r\n\(String(repeating: "X-A: \(String(repeating: "y", count: 100))\r\n", count: 200))",
            431, "headersTooLarge"
        ),
        ("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 999999999\r\n", 413, "bodyTooLarge"),
        ("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400, "twoLengths"),
        ("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: xchunked\r\n", 400, "unknownCoding"),
        (
            "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", 400,
            "unknownCoding"
        ),
        ("GET /?dryRun=true%00false HTTP/1.1\r\nHost: t\r\n", 400, "nullInAddress"),
        ("GET /?dryRun=true%00\u{301}false HTTP/1.1\r\nHost: t\r\n", 400, "nullInAddress"),
        ("GET /a%00b HTTP/1.1\r\nHost: t\r\n", 400, "nullInAddress"),
        ("GET / HTTP/1.1\r\nHost: t\r\nHost: u\r\n", 400, "repeatedHeader"),
        ("GET / HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n", 400, "repeatedHeader"),
    ])
    func refusesWithADocument(_ head: String, _ status: Int, _ code: String) async throws {
        let server = try HTTPServer(listen: .loopback, handler: echo)
        defer { server.stop() }
        let answer = try await blocking {
            let client = try RawClient(port: server.port)
            client.send(head + "\r\n")
            return client.read(until: "}")
        }
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer.prefix(200))")
        #expect(answer.contains("Content-Type: application/problem+json"))
        let body = try JSONValue(parsing: answer.split(separator: "\r\n\r\n", maxSplits: 1).last.map(String.init) ?? "")
        #expect(body["status"]?.int == status && body["code"]?.string == code && body["nextStep"]?.string != nil)
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("0"))
    }

    /// What is allowed is taken, to the last byte.
    @Test func takesAllThatIsAllowed() async throws {
        let server = try HTTPServer(listen: .loopback) { .text("\($0.target.utf8.count) there") }
        defer { server.stop() }
        let limits = ServerLimits()
        let target = "/" + String(repeating: "x", count: limits.targetSize - 1)
        // Host, Connection and X-A with what stands around them.
        let rest =
            limits.headSize - "Host".count - "t".count - 4 - "Connection".count - "close".count - 4 - "X-A".count - 4
        let answer = try await blocking {
            let client = try RawClient(port: server.port)
            client.send(
                "GET \(target) HTTP/1.1\r\nHost: t\r\nConnection: close\r\nX-A: \(String(repeating: "y", count: rest))\r\n\r\n"
            )
            return client.read()
        }
        #expect(
            answer.hasPrefix("HTTP/1.1 200") && answer.hasSuffix("\(limits.targetSize) there"), "\(answer.prefix(300))")
    }

    @Test(arguments: [
        "GET /\(String(repeating: "x", count: 2 << 20)) HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nX-Huge: \(String(repeating: "x", count: 2 << 20))\r\n",
        "GET / HTTP/1.1\r\n\(String(repeating: "X-A: y\r\n", count: 200_000))",
    ])
    func refusesHugeHeads(_ head: String) async throws {
        let server = try HTTPServer(listen: .loopback, handler: echo)
        defer { server.stop() }
        let answer = try await blocking {
            let client = try RawClient(port: server.port)
            client.send(head + "\r\n")
            return client.read()
        }
        // What was not read any more may have broken the connection before the answer was seen.
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 431") || answer.hasPrefix("HTTP/1.1 414"))
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("0"))
    }

    @Test func holdsAThousandIdleConnections() async throws {
        let count = 1200
        var limits = ServerLimits()
        limits.connections = 3000
        limits.connectionsPerAddress = 2000
        let server = try HTTPServer(listen: .loopback, limits: limits, handler: echo)
        defer { server.stop() }
        let before = Self.residentBytes
        let clients = try await blocking {
            let clients = try (0..<count).map { _ in try RawClient(port: server.port) }
            // Each has had a request and stays.
            for client in clients { client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n") }
            return (clients, clients.filter { $0.read(until: "\r\n\r\n0").hasPrefix("HTTP/1.1 200") }.count)
        }
        #expect(clients.1 == count)
        #expect(server.status.connections == count)
        print("\(count) idle connections: \((Self.residentBytes - before) / count) bytes of memory each")
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("0"))
    }

    @Test func fuzzedRequestsLeaveItAnswering() async throws {
        var generator = SeededGenerator(seed: TestSeed.choose("fuzzed requests"))
        let server = try HTTPServer(listen: .loopback, handler: echo)
        defer { server.stop() }
        let request = Array(
            "POST /a%20b?x=%00&y HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabcGET / HTTP/1.1\r\n\r\n"
                .utf8)
        let requests = (0..<TestSize.choose(400, full: 5000)).map { _ in
            var bytes = request
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: bytes[..<min(place, 40)], at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = request }
            }
            return bytes
        }
        // Some leave the connection open, for a request to come; nobody waits for each of them alone.
        for start in stride(from: 0, to: requests.count, by: 40) {
            let some = requests[start..<min(start + 40, requests.count)]
            try await withThrowingTaskGroup { group in
                for bytes in some {
                    group.addTask {
                        try await blocking {
                            let client = try RawClient(port: server.port, patience: 1)
                            client.send(bytes)
                            client.finishSending()
                            _ = client.read()
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(try await blocking { try RawClient.get(server) }.hasSuffix("0"))
    }

    @Test func answersRequestsThatCameTogetherInTheirOrder() async throws {
        let server = try HTTPServer(listen: .loopback) { request in
            // The first takes longest.
            try? await Task.sleep(for: .milliseconds(request.path == "/1" ? 200 : 1))
            return .text("answer \(request.path);")
        }
        defer { server.stop() }
        let answer = try await blocking {
            let client = try RawClient(port: server.port)
            client.send((1...5).map { "GET /\($0) HTTP/1.1\r\nHost: t\r\n\r\n" }.joined())
            return client.read(until: "answer /5;")
        }
        #expect(answer.matches(of: /answer \/(\d);/).map(\.output.1) == ["1", "2", "3", "4", "5"])
    }

    private static var residentBytes: Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }
}
