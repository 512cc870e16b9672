// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets
import TestSupport
import Testing

@testable import ADCSPlugin

/// Through a real web server: Apache asks for NTLM, which gss-ntlmssp checks, and for Kerberos, with tickets of a KDC.
@Suite("Real sign-ins by NTLM and Kerberos", .serialized)
struct HandshakeTests {
    /// Ends with this process, which closes its standard input.
    private static let front = Task { try await FrontServer() }

    private let front: FrontServer
    init() async throws { front = try await Self.front.value }

    private func seen(after count: Int) async throws -> [String] { Array(try await front.seen().dropFirst(count)) }

    /// Checks, orders and fetches, and compares what came with what was asked.
    private static func wholeOrder(_ backend: Backend, rootPEM: String) async throws {
        let report = try await backend.connector.check()
        #expect(report.facts.contains { $0 == ("CRL number", "7") } && report.warnings.isEmpty)
        // Larger than what goes out with the head of a request.
        let emails = ["anna@example.test"] + (0..<200).map { "alias-\($0)-of-anna@example.test" }
        let request = try backend.request(names: RequestedNames(commonName: "Anna", emails: emails))
        guard case .issued(let issued) = try await backend.connector.enroll(request) else { throw Surprise() }
        let root = try Certificate(pem: rootPEM)
        #expect(IssuedCertificateCheck(acceptedRoots: [root], now: Date()).problems(of: issued, for: request).isEmpty)
        guard case .issued(let again) = try await backend.connector.poll(issued.order, request: request) else {
            throw Surprise()
        }
        #expect(again.certificateChain == issued.certificateChain)
    }

    private static func backend(
        _ facts: JSONValue, _ endpoint: String, _ scheme: String, password: String? = nil, trusting: Bool = true
    ) throws -> Backend {
        func text(_ key: String) -> String { facts[key]?.string ?? "" }
        return try Backend(
            CurlHTTPClient(trustAnchorsPEM: trusting ? text("tlsRootPEM") : nil),
            endpoint: facts["endpoints"]?[endpoint]?.string ?? "",
            values: [
                "authentication": .string(scheme), "user": .string(text("user")), "domain": .string(text("domain")),
            ],
            secrets: ["password": Secret(password ?? text("password"))], clock: SystemClock())
    }

    @Test(
        "NTLM signs in, also where Kerberos is offered beside it, and the body goes out once",
        arguments: ["ntlm", "both"])
    func ntlm(endpoint: String) async throws {
        let before = try await front.seen().count
        try await Self.wholeOrder(Self.backend(front.facts, endpoint, "ntlm"), rootPEM: front.text("rootPEM"))
        let seen = try await seen(after: before)
        #expect(seen.filter { $0.hasPrefix("POST") } == ["POST certfnsh.asp with body as EXAMPLE\\svc-certway"])
        #expect(seen.allSatisfy { $0.hasSuffix(" as EXAMPLE\\svc-certway") })
    }

    @Test("a wrong password is an authentication error, and nothing passes the server")
    func wrongPassword() async throws {
        let before = try await front.seen().count
        let backend = try Self.backend(front.facts, "ntlm", "ntlm", password: "wrong")
        await #expect(throws: ConnectorError(.authentication, "")) { try await backend.connector.check() }
        await #expect(throws: ConnectorError(.authentication, "")) {
            try await backend.connector.enroll(backend.request())
        }
        #expect(try await seen(after: before).isEmpty)
    }

    @Test("a new password is used at once: connections belong to the credential they were signed in with")
    func otherPassword() async throws {
        let http = CurlHTTPClient(trustAnchorsPEM: front.text("tlsRootPEM"))
        func status(_ password: String) async throws -> Int {
            try await http.send(
                HTTPRequest(
                    url: front.text("endpoints", "ntlm") + "/certcarc.asp",
                    authentication: .ntlm(user: "EXAMPLE\\svc-certway", password: Secret(password)))
            ).status
        }
        #expect(try await status(front.text("password")) == 200)
        #expect(try await status("wrong") == 401)
        for _ in 0..<3 { #expect(try await status(front.text("password")) == 200) }
    }

    @Test("Basic is no way in where only NTLM is offered")
    func otherScheme() async throws {
        let backend = try Self.backend(front.facts, "ntlm", "basic")
        await #expect(throws: ConnectorError(.authentication, "")) { try await backend.connector.check() }
    }

    @Test("a server whose certificate is not trusted sees no credential")
    func untrusted() async throws {
        let backend = try Self.backend(front.facts, "ntlm", "ntlm", trusting: false)
        await #expect(throws: ConnectorError(.configuration, "")) { try await backend.connector.check() }
    }

    // Tickets belong to a process, so each of these runs in one of its own.

    private static func useTicket(_ facts: JSONValue, cache: String, clientKeytab: String? = nil) {
        for (name, value) in facts["environment"]?.object ?? [:] { setenv(name, value.string ?? "", 1) }
        setenv("KRB5CCNAME", cache, 1)
        if let clientKeytab { setenv("KRB5_CLIENT_KTNAME", clientKeytab, 1) }
    }

    @Test("Kerberos signs in with the ticket of the process", arguments: ["krb5", "both"])
    func kerberos(endpoint: String) async throws {
        let before = try await front.seen().count
        await #expect(processExitsWith: .success) {
            [text = front.facts.text as String, endpoint = endpoint as String] in
            let facts = try JSONValue(parsing: text)
            HandshakeTests.useTicket(facts, cache: facts["ticket"]?.string ?? "")
            let backend = try HandshakeTests.backend(facts, endpoint, "negotiate")
            try await HandshakeTests.wholeOrder(backend, rootPEM: facts["rootPEM"]?.string ?? "")
        }
        let seen = try await seen(after: before)
        #expect(
            seen.filter { $0.hasPrefix("POST") } == ["POST certfnsh.asp with body as EXAMPLE\\svc-certway"])
    }

    @Test("a client keytab of the process is enough: tickets are fetched when they are needed")
    func keytab() async throws {
        await #expect(processExitsWith: .success) { [text = front.facts.text as String] in
            let facts = try JSONValue(parsing: text)
            HandshakeTests.useTicket(facts, cache: "MEMORY:", clientKeytab: facts["clientKeytab"]?.string)
            let backend = try HandshakeTests.backend(facts, "krb5", "negotiate")
            try await HandshakeTests.wholeOrder(backend, rootPEM: facts["rootPEM"]?.string ?? "")
        }
    }

    @Test(
        "without a ticket, or with one that has expired, the operator hears which, and no order leaves",
        arguments: ["", "expiredTicket"])
    func noTicket(ticket: String) async throws {
        let before = try await front.seen().count
        await #expect(processExitsWith: .success) { [text = front.facts.text as String, ticket = ticket as String] in
            let facts = try JSONValue(parsing: text)
            HandshakeTests.useTicket(facts, cache: facts[ticket]?.string ?? "FILE:/nonexistent/cache")
            let backend = try HandshakeTests.backend(facts, "krb5", "negotiate")
            let words = ticket.isEmpty ? "No credentials were supplied" : "Ticket expired"
            for work in [
                { _ = try await backend.connector.check() },
                { _ = try await backend.connector.enroll(backend.request()) },
            ] {
                let error = try await #require(throws: ConnectorError.self) { try await work() }
                #expect(error.kind == .authentication)
                #expect(
                    error.message.contains("no Kerberos ticket for HTTP/localhost") && error.message.contains(words))
            }
        }
        #expect(try await seen(after: before).isEmpty)
    }
}
