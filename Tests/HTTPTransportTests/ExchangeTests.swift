// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import HTTPTransport
import Testing

@Suite struct ExchangeTests {
    private static func echo(_ request: ServerRequest) -> ServerAnswer {
        let headers = request.headers.map { "\($0.name): \($0.value)" }.sorted().joined(separator: "\n")
        return .response(
            status: 200,
            headers: [("X-Seen", "\(request.method) \(request.target)"), ("X-Twice", "a"), ("x-twice", "b")],
            body: Array((headers + "\n\n").utf8) + request.body)
    }

    @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE"])
    func methodPathAndBodyArriveAsGiven(method: String) async throws {
        let server = try HTTPServer(handler: Self.echo)
        let client = CurlHTTPClient()
        let bodies: [[UInt8]?] =
            method == "GET" ? [nil] : [nil, [], Array("{\"a\":1}".utf8), Array(repeating: 65, count: 2_000_000)]
        for body in bodies {
            let response = try await client.send(
                HTTPRequest(
                    method: method, url: server.url + "/a%20b/c?x=1&y=%2F",
                    headers: [("X-Empty", ""), ("Authorization", "Bearer t")], body: body))
            #expect(response.status == 200)
            #expect(response.headers["x-seen"] == "\(method) /a%20b/c?x=1&y=%2F")
            #expect(response.headers.values(of: "X-TWICE") == ["a", "b"])
            let head = response.text.components(separatedBy: "\n\n")[0]
            #expect(head.contains("Authorization: Bearer t"))
            #expect(head.contains("X-Empty: "))
            #expect(!head.contains("Expect:"))
            #expect(!head.contains("Content-Type:"))
            #expect(head.contains("Content-Length: ") == (body != nil))
            let sent = body ?? []
            #expect(Array(response.body.suffix(sent.count)) == sent)
        }
    }

    @Test func anyStatusIsAnAnswerAndRedirectsAreNotFollowed() async throws {
        let server = try HTTPServer { request in
            .response(status: Int(request.path.dropFirst()) ?? 500, headers: [("Location", "/200")])
        }
        let client = CurlHTTPClient()
        for status in [201, 204, 302, 307, 404, 429, 503] {
            #expect(try await client.send(HTTPRequest(url: server.url + "/\(status)")).status == status)
        }
    }

    @Test func connectionsAreReused() async throws {
        // Each connection of the server has its own thread.
        let counter = Counter()
        let server = try HTTPServer { _ in
            counter.note("\(Thread.current.hash)")
            return .text("ok")
        }
        let client = CurlHTTPClient()
        for index in 0..<20 {
            _ = try await client.send(
                HTTPRequest(method: index % 2 == 0 ? "POST" : "GET", url: server.url, body: index % 2 == 0 ? [1] : nil))
        }
        #expect(counter.events.count == 20)
        #expect(Set(counter.events).count == 1)
    }

    @Test func manyAtOnceAllEnd() async throws {
        let server = try HTTPServer { .text($0.path) }
        let client = CurlHTTPClient(maximumConnectionsPerHost: 8)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask { try await client.send(HTTPRequest(url: server.url + "/\(index)")).text == "/\(index)" }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func headersCannotBeSmuggledIn() async throws {
        let client = CurlHTTPClient()
        for header in [("X", "a\r\nY: b"), ("X\n", "a"), ("X:", "a"), ("", "a"), ("X", "a\u{0}b")] {
            let failure = await #expect(throws: HTTPTransportError.self) {
                _ = try await client.send(HTTPRequest(url: "http://127.0.0.1:1/", headers: [header]))
            }
            #expect(failure?.kind == .invalidRequest)
        }
    }

    @Test(arguments: [
        "http://ca.example/", "ftp://127.0.0.1/", "file:///etc/passwd", "https://user:pw@ca.example/", "ca.example",
        "https://ca.example/a b", "https://ca.example/\r\nX: y", "http://127.0.0.1.ca.example/", "http://127.1/../",
    ])
    func onlyHTTPSOrLoopbackIsAccepted(url: String) async throws {
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await CurlHTTPClient(connectTimeout: .milliseconds(10)).send(HTTPRequest(url: url))
        }
        #expect(failure?.mayHaveBeenSent == false)
        if url != "http://127.1/../" { #expect(failure?.kind == .invalidRequest) }
    }

    @Test func retryAfterIsReadInBothForms() {
        let now = HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT") ?? .distantPast
        func headers(_ value: String) -> HTTPHeaders { HTTPHeaders([("retry-after", value)]) }
        #expect(headers("120").retryAfter(now: now) == .seconds(120))
        #expect(headers("Sun, 06 Nov 1994 08:50:07 GMT").retryAfter(now: now) == .seconds(30))
        #expect(headers("Sunday, 06-Nov-94 08:49:00 GMT").retryAfter(now: now) == .zero)
        #expect(headers("soon").retryAfter(now: now) == nil)
        #expect(headers("-1").retryAfter(now: now) == nil)
        #expect(HTTPHeaders().retryAfter(now: now) == nil)
        let ages = Duration.seconds(10_000_000_000)
        #expect(headers("9223372036854775807").retryAfter(now: now) == ages)
        #expect(headers("18446744073709551616").retryAfter(now: now) == ages)
        #expect(headers(String(repeating: "9", count: 4000)).retryAfter(now: now) == ages)
        #expect(headers("Fri, 06 Nov 2004 08:49:37 GMT").retryAfter(now: now) == .seconds(315_619_200))
        #expect(headers("Fri, 31 Dec 9999 23:59:59 GMT").retryAfter(now: now) == ages)
        for nonsense in ["", " ", "+5", "1.5", "1e3", "0x10", "2030-01-01", "inf", "nan", "5 s", "٣"] {
            #expect(headers(nonsense).retryAfter(now: now) == nil, "\(nonsense)")
        }
    }

    @Test func addressesResolveAsTheStandardSays() throws {
        let base = try HTTPAddress("https://CA.example:8443/v2/orders?x=1")
        #expect(base.origin == "https://ca.example:8443")
        #expect(try base.resolving("/v2/certificates/01").description == "https://ca.example:8443/v2/certificates/01")
        #expect(try base.resolving("?page=2").description == "https://ca.example:8443/v2/orders?page=2")
        #expect(try base.resolving("//other.example/x").host == "other.example")
        #expect(try base.resolving("../../etc").path == "/etc")
        #expect(try HTTPAddress("https://ca.example").description == "https://ca.example/")
        #expect(throws: HTTPTransportError.self) { try base.resolving("https://u@ca.example:8443/") }
        #expect(throws: HTTPTransportError.self) { try base.resolving("javascript:alert(1)") }
    }
}
