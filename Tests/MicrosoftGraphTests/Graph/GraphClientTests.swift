// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import HTTPTransport
import JSONDocuments
import MicrosoftGraph
import Testing

/// wire/graph-directory.md sections 1 and 8, wire/intune-pfx.md section 9.
@Suite(.timeLimit(.minutes(5))) struct GraphClientTests {
    private let get = GraphRequest("GET", ["users", "7f0c"])
    private let post = GraphRequest("POST", ["things"], body: ["a": 1])

    private func failure(_ harness: GraphHarness, _ request: GraphRequest) async throws -> GraphError {
        try #require(await #expect(throws: GraphError.self) { try await harness.client.send(request) })
    }

    @Test func signsAndEncodes() async throws {
        let harness = try GraphHarness(.json(["id": "1"]))
        let upn = "o'hara+x#1@sandbox.example"
        let request = GraphRequest(
            "GET", ["users", upn],
            query: [("$filter", "tolower(userPrincipalName) eq \(GraphRequest.literal(upn))"), ("$top", "999")])
        #expect(try await harness.client.send(request)["id"] == "1")
        let seen = try #require(harness.service.requests.first)
        #expect(seen.path == "/v1.0/users/\(upn)")
        #expect(seen.query("$filter") == "tolower(userPrincipalName) eq 'o''hara+x#1@sandbox.example'")
        #expect(seen.target.contains("?$filter=") && seen.target.contains("o%27%27hara%2Bx%231"))
        #expect(GraphRequest.literal("o'\u{301}x").unicodeScalars.filter { $0 == "'" }.count == 4)
        #expect(seen.header("Authorization") == "Bearer token-1")
        #expect(UUID(uuidString: seen.header("client-request-id") ?? "") != nil)
    }

    @Test func oneUnauthorizedAnswerCostsOneNewToken() async throws {
        let harness = try GraphHarness(.graphError(401, "InvalidAuthenticationToken"), .json([:]))
        try await harness.client.send(post)
        #expect(harness.service.requests.map { $0.header("Authorization") } == ["Bearer token-1", "Bearer token-2"])

        let stubborn = try GraphHarness(.graphError(401, "InvalidAuthenticationToken"))
        let error = try await failure(stubborn, get)
        #expect(error.kind == .authentication)
        #expect(stubborn.service.requests.count == 2)
    }

    /// An answer, or a proxy's page, may repeat what it was sent.
    @Test func theTraceDoesNotShowATokenThatIsRepeated() async throws {
        let service = try ScriptedService { request, _ in
            request.path.hasSuffix("/token")
                ? .token("very-secret-token") : .json(["id": .string(request.header("Authorization") ?? "")])
        }
        let seen = TraceCollector()
        let endpoints = TenantEndpoints(authority: service.url, graph: service.url)
        let client = GraphClient(
            endpoints: endpoints,
            credential: ClientSecretCredential(
                tenant: "t", clientID: "c", secret: .init("s3cret"), endpoints: endpoints),
            sender: RequestSender(http: CurlHTTPClient(trace: { seen.add("\($0)") }), clock: TestClock()))
        #expect(try await client.send(get)["id"] == "Bearer very-secret-token")
        #expect(seen.text.contains("7f0c") && !seen.text.contains("very-secret-token"))
    }

    /// Whoever lets each attempt run into its time-out is told of from the first one on, and not asked six times before anybody is.
    @Test(arguments: ["graph.example", "login.example"]) func whoTricklesIsToldOfAtOnce(host: String) async throws {
        let service = TricklingService(host)
        let log = NoticeLog()
        let endpoints = TenantEndpoints(authority: "https://login.example", graph: "https://graph.example")
        let client = GraphClient(
            endpoints: endpoints,
            credential: ClientSecretCredential(
                tenant: "t", clientID: "c", secret: .init("s3cret"), endpoints: endpoints),
            sender: RequestSender(http: service, clock: service.clock, logger: log))
        let error = try await #require(throws: GraphError.self) { try await client.send(get) }
        #expect(error.kind == .transient && error.message.contains("no answer in time"))
        #expect(service.trickled == 2, "two minutes are enough to say so")
        #expect(log.sentences.count == 1 && log.sentences.allSatisfy { $0.contains("no answer in time") })
    }

    @Test func waitsAsLongAsTheServiceAsks() async throws {
        let passed = "Thu, 01 Jan 2015 00:00:09 GMT"
        let harness = try GraphHarness(
            .graphError(429, "TooManyRequests", headers: [("Retry-After", "3")]),
            .graphError(503, "serviceNotAvailable", headers: [("x-ms-retry-after-ms", "1500")]),
            .graphError(429, "activityLimitReached", headers: [("Retry-After", passed)]),
            .graphError(429, "TooManyRequests"), .json([:]))
        try await harness.client.send(get)
        let sleeps = harness.clock.sleeps
        #expect(sleeps.prefix(3) == [.seconds(3), .milliseconds(1500), .seconds(1)])
        // The fourth attempt without a word: the upper half of 8 seconds.
        #expect(sleeps.count == 4 && (Duration.seconds(4)...(.seconds(8))).contains(sleeps[3]))
    }

    /// Digits beyond any integer, dates in ten years, and milliseconds: nothing traps, and nobody waits here for it.
    @Test(
        "a wait of any size is left to the caller",
        arguments: [
            ("Retry-After", "9223372036854775807"), ("Retry-After", "18446744073709551616"),
            ("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), ("x-ms-retry-after-ms", "9223372036854775807"),
            ("x-ms-retry-after-ms", "1e300"),
        ])
    func aWaitOfAnySize(header: String, value: String) async throws {
        let harness = try GraphHarness(.graphError(429, "TooManyRequests", headers: [(header, value)]))
        let error = try await failure(harness, get)
        #expect(error.kind == .throttled && error.retryAfter.map { $0 > .seconds(86_400) } == true)
        #expect(harness.clock.sleeps.isEmpty)
    }

    @Test(
        "nonsense and \"at once\" are no busy loop",
        arguments: ["0", "-1", "-9223372036854775808", "soon", "nan", "1e400"])
    func nonsenseIsNoBusyLoop(value: String) async throws {
        let harness = try GraphHarness(
            .graphError(429, "TooManyRequests", headers: [("Retry-After", value), ("x-ms-retry-after-ms", "-1")]))
        _ = try await failure(harness, get)
        let sleeps = harness.clock.sleeps
        #expect(sleeps.count == RetryPolicy().attempts - 1 && sleeps.allSatisfy { $0 >= .milliseconds(500) })
    }

    /// An attribute of a directory extension may be a number of 64 bits.
    @Test func numbersOfTheDirectoryKeepTheirDigits() async throws {
        let body =
            #"{"id": "a", "extension_1_badge": 9007199254740993, "extension_1_large": -9223372036854775807, "few": 7}"#
        let harness = try GraphHarness(
            .response(status: 200, headers: [("Content-Type", "application/json")], body: Array(body.utf8)))
        let person = try await harness.client.send(get)
        #expect(person["extension_1_badge"]?.identifier == "9007199254740993")
        #expect(person["extension_1_large"]?.identifier == "-9223372036854775807")
        #expect(person["few"]?.int == 7)
        #expect(try JSONValue(parsing: person.text) == person)
    }

    /// Whoever sits before a page is told after one more try, and does not wait as long as a service asks for.
    @Test func whoWaitsIsToldSoon() async throws {
        try await Patience.$isShort.withValue(true) {
            let absent = try GraphHarness(.graphError(503, "ServiceUnavailable"))
            #expect(try await failure(absent, get).kind == .transient)
            #expect(absent.clock.sleeps.count == 1)
            let busy = try GraphHarness(.graphError(429, "TooManyRequests", headers: [("Retry-After", "30")]))
            let error = try await failure(busy, get)
            #expect(error.kind == .throttled && error.retryAfter == .seconds(30) && busy.clock.sleeps.isEmpty)
        }
    }

    @Test func leavesALongWaitToTheCaller() async throws {
        let harness = try GraphHarness(.graphError(429, "TooManyRequests", headers: [("Retry-After", "600")]))
        let error = try await failure(harness, get)
        #expect(error.kind == .throttled)
        #expect(error.retryAfter == .seconds(600))
        #expect(harness.clock.sleeps.isEmpty)
    }

    @Test func repeatsAReadAfterBrokenAnswers() async throws {
        let harness = try GraphHarness(
            .text("<html>", status: 502, type: "text/html"), .cutConnection,
            .response(status: 200, body: Array(#"{"id": "1""#.utf8)),
            .truncated(status: 200, body: Array(#"{"id": "1"}"#.utf8), sent: 4), .json(["id": "1"]))
        #expect(try await harness.client.send(get)["id"] == "1")
    }

    @Test("a POST that may have been executed is not sent again", arguments: 0..<6)
    func ambiguousPost(_ which: Int) async throws {
        let answers: [ServerAnswer] = [
            .graphError(503, "serviceNotAvailable", headers: [("Retry-After", "1")]), .cutConnection,
            .response(status: 201, body: Array("{".utf8)), .truncated(status: 201, body: Array("{}".utf8), sent: 1),
            .text("<html>", status: 502, type: "text/html"), .text("<html>", status: 408, type: "text/html"),
        ]
        let harness = try GraphHarness(answers[which])
        let error = try await failure(harness, post)
        #expect(error.kind == .outcomeUnknown)
        #expect(harness.service.requests.count == 1)
    }

    @Test func aThrottledPostIsSentAgain() async throws {
        let harness = try GraphHarness(.graphError(429, "TooManyRequests"), .json([:], status: 201))
        try await harness.client.send(post)
        #expect(harness.service.requests.count == 2)
        #expect(harness.service.requests[1].body == Array(#"{"a":1}"#.utf8))
    }

    @Test func nothingSentIsTransientEvenForAPost() async throws {
        let harness = try GraphHarness(.json([:]))
        try await harness.client.checkToken()
        harness.service.stop()
        let error = try await failure(harness, post)
        #expect(error.kind == .transient)
    }

    @Test(
        "status and code say who must act",
        arguments: [
            (400, "Request_BadRequest", GraphError.Kind.refused), (400, "Directory_ExpiredPageToken", .restart),
            (404, "syncStateNotFound", .restart), (400, "resyncRequired", .restart), (410, "gone", .restart),
            (403, "Authorization_RequestDenied", .permission), (404, "Request_ResourceNotFound", .notFound),
            (409, "conflict", .conflict), (413, "big", .refused), (418, "tea", .refused),
        ])
    func kinds(_ status: Int, _ code: String, _ kind: GraphError.Kind) async throws {
        let harness = try GraphHarness(.graphError(status, code, "a\r\nb"))
        let error = try await failure(harness, get)
        #expect(error.kind == kind)
        #expect(error.status == status)
        #expect(error.code == code)
        #expect(error.message.hasPrefix("GET /users/7f0c answered \(status) \(code): a b, request-id req-1"))
        #expect(harness.service.requests.count == 1)
    }

    @Test func readsBothSpellingsOfTheInnerError() async throws {
        let harness = try GraphHarness(
            .json(["error": ["code": "x", "message": "y", "innererror": ["request-id": "inner-2"]]], status: 400))
        #expect(try await failure(harness, get).message.contains("request-id inner-2"))
    }

    @Test func anErrorThatIsNotJSONKeepsItsStatus() async throws {
        let harness = try GraphHarness(
            .response(status: 403, headers: [("request-id", "header-3")], body: Array("<html>no</html>".utf8)))
        let error = try await failure(harness, get)
        #expect(error.kind == .permission)
        #expect(error.message.hasPrefix("GET /users/7f0c answered 403, request-id header-3"))
    }

    @Test func unwrapsWhatIntuneWrapsTwice() async throws {
        let inner: JSONValue = [
            "_version": 3, "CustomApiErrorPhrase": "", "RetryAfter": nil,
            "Message":
                "An error has occurred - Operation ID: 0000 - Activity ID: 0f17 - Url: https://fef.example/RACerts",
        ]
        let harness = try GraphHarness(.graphError(400, "BadRequest", inner.prettyText))
        let error = try await failure(harness, get)
        #expect(error.message.contains("BadRequest: An error has occurred"))
        #expect(error.message.contains("Activity ID: 0f17"))
        #expect(!error.message.contains("_version") && !error.message.contains { $0.isNewline })
    }

    @Test func aMissingLicenceIsTheOperators() async throws {
        let harness = try GraphHarness(.graphError(403, "Forbidden", "Request not applicable: tenant is not licensed"))
        #expect(try await failure(harness, get).kind == .configuration)
    }

    @Test func noErrorShowsTheQueryOrTheToken() async throws {
        let harness = try GraphHarness(.graphError(400, "bad"))
        let error = try await failure(harness, GraphRequest("GET", ["users"], query: [("$filter", "mail eq 'ada@x'")]))
        #expect(!error.message.contains("ada@x") && !error.message.contains("token-1"))
    }
}
