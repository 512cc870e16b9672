// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import HTTPTransport
import Secrets
import Synchronization
import Testing

@Suite struct AuthenticationTests {
    // Tests may take long on a busy machine.
    private let client = CurlHTTPClient(maximumIdleTime: .seconds(600))
    private static let ntlm = HTTPAuthentication.ntlm(user: "EXAMPLE\\svc", password: Secret("pa:ss wörd"))

    private func post(
        _ url: String, _ authentication: HTTPAuthentication? = ntlm, body: [UInt8] = Array(repeating: 65, count: 5000)
    ) -> HTTPRequest {
        HTTPRequest(method: "POST", url: url, body: body, authentication: authentication)
    }

    private func failure(_ request: HTTPRequest) async throws -> HTTPTransportError {
        try #require(await #expect(throws: HTTPTransportError.self) { _ = try await client.send(request) })
    }

    @Test func basicGoesOutAtOnce() async throws {
        let server = try HTTPServer { .text($0.header("Authorization") ?? "none") }
        let basic = HTTPAuthentication.basic(user: "EXAMPLE\\svc", password: Secret("pa:ss wörd"))
        let expected = "Basic " + Data("EXAMPLE\\svc:pa:ss wörd".utf8).base64EncodedString()
        #expect(try await client.send(post(server.url, basic)).text == expected)
        #expect(try await client.send(HTTPRequest(url: server.url)).text == "none")
    }

    @Test(arguments: [1, 5000, 2_000_000])
    func theBodyGoesOutOnceWithTheLastLegOnOneConnection(size: Int) async throws {
        let server = try LegServer()
        #expect(try await client.send(post(server.url, body: Array(repeating: 65, count: size))).text == "welcome")
        #expect(server.legs == ["1 0", "3 \(size)"])
        #expect(Set(server.connections).count == 1)
    }

    @Test func aConnectionIsKeptForItsCredentialOnly() async throws {
        let server = try LegServer()
        _ = try await client.send(post(server.url))
        #expect(try await client.send(post(server.url)).text == "welcome back")
        #expect(server.legs == ["1 0", "3 5000", "- 5000"])
        let other = HTTPAuthentication.ntlm(user: "EXAMPLE\\other", password: Secret("pa:ss wörd"))
        let changed = HTTPAuthentication.ntlm(user: "EXAMPLE\\svc", password: Secret("new"))
        for authentication in [other, changed] { _ = try await client.send(post(server.url, authentication)) }
        #expect(server.legs.suffix(4) == ["1 0", "3 5000", "1 0", "3 5000"])
        // Without a credential, and with one that another connection has.
        let basic = HTTPAuthentication.basic(user: "EXAMPLE\\svc", password: Secret("pa:ss wörd"))
        for authentication in [nil, basic] {
            #expect(try await client.send(post(server.url, authentication)).status == 401)
        }
        #expect(Set(server.connections.prefix(3)).count == 1)
        #expect(Set(server.connections.prefix(7)).count == 3)
        #expect(Set(server.connections.prefix(7)).isDisjoint(with: server.connections.suffix(2)))
    }

    @Test func aWrongPasswordIsAnAnswerAndTriedOnce() async throws {
        let server = try LegServer { leg, _ in
            leg == "3" ? .response(status: 401, headers: [("WWW-Authenticate", "NTLM")]) : nil
        }
        #expect(try await client.send(post(server.url)).status == 401)
        #expect(server.legs == ["1 0", "3 5000"])
    }

    @Test func aConnectionThatWasRefusedIsNotUsedAgain() async throws {
        let server = try LegServer { leg, number in
            leg == "3" && number == 2 ? .response(status: 401, headers: [("WWW-Authenticate", "NTLM")]) : nil
        }
        #expect(try await client.send(post(server.url)).status == 401)
        let right = HTTPAuthentication.ntlm(user: "EXAMPLE\\svc", password: Secret("right"))
        #expect(try await client.send(post(server.url, right)).text == "welcome")
        #expect(Set(server.connections.prefix(2)).count == 1 && Set(server.connections.suffix(2)).count == 1)
        #expect(Set(server.connections).count == 2)
    }

    @Test func aSignInThatBreaksHasSentNothing() async throws {
        let server = try LegServer { leg, _ in leg == "1" ? .cutConnection : nil }
        let error = try await failure(post(server.url))
        #expect(error.kind == .notSent)
        #expect(server.legs == ["1 0"])
    }

    @Test func aSignInThatIsSlowHasSentNothing() async throws {
        let server = try LegServer { leg, _ in
            Thread.sleep(forTimeInterval: 0.5)
            return nil
        }
        var request = post(server.url)
        request.timeout = .milliseconds(60)
        #expect(try await failure(request).kind == .timeout(sent: false))
    }

    @Test func aServerThatFailsDuringTheSignInHasExecutedNothing() async throws {
        for status in [303, 403, 404, 503] {
            let server = try LegServer { leg, _ in leg == "1" ? .response(status: status) : nil }
            let answer = try await client.send(post(server.url))
            #expect(answer.status == status && answer.isToSignIn)
            #expect(server.legs == ["1 0"])
            let later = try LegServer { leg, _ in leg == "3" ? .response(status: status) : nil }
            let last = try await client.send(post(later.url))
            #expect(last.status == status && !last.isToSignIn)
        }
    }

    @Test(arguments: ["POST", "PATCH", "DELETE"], [[UInt8]?.none, [], [1, 2, 3]])
    func aLastLegWithoutAnAnswerIsUnknownAndNotRepeated(method: String, body: [UInt8]?) async throws {
        let server = try LegServer { leg, _ in leg == "3" ? .cutConnection : nil }
        let request = HTTPRequest(method: method, url: server.url, body: body, authentication: Self.ntlm)
        #expect(try await failure(request).kind == .unknownOutcome)
        #expect(server.legs.filter { $0.hasPrefix("3") } == ["3 \(body?.count ?? 0)"])
    }

    @Test func aRequestOnAConnectionThatDiesIsNotRepeated() async throws {
        let server = try LegServer { leg, number in number == 3 ? .cutConnection : nil }
        _ = try await client.send(post(server.url))
        #expect(try await failure(post(server.url)).kind == .unknownOutcome)
        #expect(server.legs == ["1 0", "3 5000", "- 5000"])
    }

    /// IIS may forget a sign-in and ask again on a kept connection: its 401 says that the request was not executed.
    @Test func aConnectionThatForgotTheSignInIsSignedInAgain() async throws {
        let server = try LegServer { leg, number in
            number == 3 ? .response(status: 401, headers: [("WWW-Authenticate", "NTLM")]) : nil
        }
        _ = try await client.send(post(server.url))
        #expect(try await client.send(post(server.url)).text == "welcome")
        #expect(server.legs == ["1 0", "3 5000", "- 5000", "1 0", "3 5000"])
    }

    @Test func withoutATicketNothingIsExecuted() async throws {
        let seen = Counter()
        let server = try HTTPServer { request in
            seen.note("\(request.body.count)")
            return .response(status: 401, headers: [("WWW-Authenticate", "Negotiate")])
        }
        let url = server.url
        let error = try await failure(post(url, .negotiate))
        #expect(error.kind == .notAuthenticated)
        #expect(error.message.contains("no Kerberos ticket for HTTP/127.0.0.1: "))
        #expect(seen.events.isEmpty)
        #expect(try await failure(HTTPRequest(url: url, authentication: .negotiate)).kind == .notAuthenticated)
        // Requests of other kinds are not concerned.
        #expect(try await client.send(HTTPRequest(url: url)).status == 401)
    }

    @Test func onlyWhatCanBeSentIsTaken() async throws {
        let header = HTTPRequest(
            url: "http://127.0.0.1:1/", headers: [("authorization", "Bearer t")], authentication: .negotiate)
        let colon = post("http://127.0.0.1:1/", .basic(user: "a:b", password: Secret("p")))
        let null = post("http://127.0.0.1:1/", .ntlm(user: "a", password: Secret("p\0q")))
        let greek = post("http://127.0.0.1:1/", .ntlm(user: "a", password: Secret("κ")))
        let umlaut = post("http://127.0.0.1:1/", .ntlm(user: "jörg", password: Secret("p")))
        for request in [header, colon, null, greek, umlaut] {
            #expect(try await failure(request).kind == .invalidRequest)
        }
    }

    @Test func credentialsAreNotTraced() async throws {
        let entries = Mutex<[HTTPTraceEntry]>([])
        let client = CurlHTTPClient { entry in entries.withLock { $0.append(entry) } }
        let server = try HTTPServer { request in
            .text("pa:ss wörd " + (request.header("Authorization") ?? ""))
        }
        let basic = HTTPAuthentication.basic(user: "svc", password: Secret("pa:ss wörd"))
        for authentication in [basic, Self.ntlm] { _ = try await client.send(post(server.url, authentication)) }
        let text = entries.withLock { "\($0)" }
        #expect(text.contains(SecretMask.replacement))
        #expect(!text.contains("wörd"))
        #expect(!text.contains(Data("svc:pa:ss wörd".utf8).base64EncodedString()))
    }
}
