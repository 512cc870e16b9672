// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import TestSupport
import Testing

/// Which error an answer, or none, becomes for requests that read and for requests that order.
@Suite struct ErrorKindTests {
    private func error(_ http: ScriptedClient, errors: String = "", enrolling: Bool) async throws -> (
        ConnectorError, Backend
    ) {
        let backend = try Backend(profile: smallProfile(errors: errors), secrets: ["apiKey": "planted-key"], http)
        let error = await #expect(throws: ConnectorError.self) {
            if enrolling {
                _ = try await backend.connector.enroll(Example.request())
            } else {
                _ = try await backend.connector.poll(Example.order, request: Example.request())
            }
        }
        return (try #require(error), backend)
    }

    @Test(arguments: [
        (200, ConnectorError.Kind.transient, ConnectorError.Kind.outcomeUnknown), (302, .configuration, .configuration),
        (400, .refused, .refused), (401, .authentication, .authentication), (403, .authentication, .authentication),
        (404, .refused, .refused), (407, .configuration, .configuration), (408, .transient, .outcomeUnknown),
        (409, .refused, .refused), (429, .throttled, .throttled), (500, .transient, .outcomeUnknown),
        (502, .transient, .outcomeUnknown), (503, .transient, .outcomeUnknown), (504, .transient, .outcomeUnknown),
    ])
    func theStatusDecides(status: Int, reading: ConnectorError.Kind, ordering: ConnectorError.Kind) async throws {
        // What proxies answer: the status must count, whatever the body is.
        for body in ["<html><body>Error</body></html>", "", "{\"broken\": ", "{}", "nonsense"] {
            let answer = HTTPResponse(status, text: body, headers: [("Content-Type", "text/html")])
            #expect(try await error(ScriptedClient(answer), enrolling: false).0.kind == reading)
            #expect(try await error(ScriptedClient(answer), enrolling: true).0.kind == ordering)
        }
    }

    @Test(arguments: [
        (HTTPTransportError.Kind.notSent, ConnectorError.Kind.transient, ConnectorError.Kind.transient),
        (.untrusted, .configuration, .configuration), (.invalidRequest, .configuration, .configuration),
        (.unknownOutcome, .transient, .outcomeUnknown), (.timeout(sent: false), .transient, .transient),
        (.timeout(sent: true), .transient, .outcomeUnknown), (.tooLarge, .configuration, .outcomeUnknown),
    ])
    func theTransportDecides(
        kind: HTTPTransportError.Kind, reading: ConnectorError.Kind, ordering: ConnectorError.Kind
    ) async throws {
        let http = ScriptedClient { _, _ throws(HTTPTransportError) in
            throw HTTPTransportError(kind, "ca.example: gone")
        }
        #expect(try await error(http, enrolling: false).0.kind == reading)
        #expect(try await error(http, enrolling: true).0.kind == ordering)
    }

    @Test func cancellingBeforeSendingIsCancellation() async throws {
        let http = ScriptedClient { _, _ throws(HTTPTransportError) in
            throw HTTPTransportError(.cancelled(sent: false), "")
        }
        let backend = try Backend(profile: smallProfile(), http)
        await #expect(throws: CancellationError.self) { try await backend.connector.enroll(Example.request()) }
        let late = ScriptedClient { _, _ throws(HTTPTransportError) in
            throw HTTPTransportError(.cancelled(sent: true), "")
        }
        #expect(try await error(late, enrolling: true).0.kind == .outcomeUnknown)
    }

    @Test func throttlingSaysHowLongAndHoldsEverybody() async throws {
        for (header, expected) in [
            ("7", Duration.seconds(7)), ("Fri, 15 Jan 2027 08:00:30 GMT", .seconds(30)), ("soon", .seconds(5)),
        ] {
            let answer = HTTPResponse(429, text: "", headers: [("retry-after", header)])
            let (error, backend) = try await error(ScriptedClient(answer), enrolling: true)
            #expect(error.retryAfter == expected)
            #expect(backend.limiter.pauses == [expected])
        }
    }

    @Test func theTableComesBeforeTheStatus() async throws {
        let table = """
            errors:
              - {when: '.json.code == -109', kind: transient, retryAfter: 2m, message: '.json.description'}
              - {when: '.json.code == -7', kind: configuration}
              - {when: '.json.code == 5', kind: refused}
              - {when: '.status == 503', kind: transient}
              - {when: '.json.description', message: '.json.description'}
            """
        func error(_ status: Int, _ json: String, enrolling: Bool = false) async throws -> ConnectorError {
            try await self.error(ScriptedClient(HTTPResponse(status, json: json)), errors: table, enrolling: enrolling)
                .0
        }
        let busy = try await error(400, #"{"code": -109, "description": "try later"}"#)
        #expect(busy.kind == .transient)
        #expect(busy.retryAfter == .seconds(120))
        #expect(busy.message == "the CA answered 400: try later")
        #expect(try await error(400, #"{"code": -7}"#).kind == .configuration)
        #expect(try await error(200, #"{"code": 5}"#, enrolling: true).kind == .refused)
        #expect(try await error(404, #"{"description": "gone"}"#).kind == .refused)
        // The table cannot make an order be repeated that may have been taken.
        #expect(try await error(503, "{}").kind == .transient)
        #expect(try await error(503, "{}", enrolling: true).kind == .outcomeUnknown)
    }

    @Test func noSecretIsRepeated() async throws {
        let json = #"{"description": "key planted-key is bad"}"#
        let table = "errors: [{when: 'true', message: '.json.description'}]"
        let (error, _) = try await error(ScriptedClient(HTTPResponse(403, json: json)), errors: table, enrolling: false)
        #expect(error.message == "the CA answered 403: key ••• is bad")
        #expect(error.detail?.contains("planted") == false)
    }

    @Test func messagesAreOneBoundedLine() async throws {
        let long = String(repeating: "x", count: 5000)
        let json = "{\"description\": \"first\\nsecond\\u0007 \(long)\"}"
        let table = "errors: [{when: 'true', message: '.json.description'}]"
        let (error, _) = try await error(ScriptedClient(HTTPResponse(400, json: json)), errors: table, enrolling: false)
        #expect(error.message.count < 400)
        #expect(error.message.hasPrefix("the CA answered 400: first second xxx"))
    }

    @Test func anOrderThatWasTakenIsNeverLost() async throws {
        for (json, expected) in [
            (#"{"id": 5, "pem": "no certificate"}"#, "5"), (#"{"pem": "no certificate"}"#, nil), (#"{"id": ""}"#, nil),
        ] {
            let backend = try Backend(profile: smallProfile(), ScriptedClient(HTTPResponse(201, json: json)))
            do {
                let outcome = try await backend.connector.enroll(Example.request())
                guard case .pending(let pending) = outcome else { throw Unexpected(outcome) }
                #expect(pending.order.caRequestID == expected)
            } catch let error as ConnectorError {
                #expect(error.kind == .outcomeUnknown)
                #expect(expected == nil)
            }
        }
    }

    /// The profile's own words go to people; nothing else of what a program raises does.
    @Test(
        arguments: [
            (
                #"{configuration: "no \(.request.product) for \(.settings.apiKey // "planted-key")"}"#,
                ConnectorError.Kind.configuration, "no mail for •••"
            ),
            (#"{refused: "not \(.request.names.surname)"}"#, .refused, "not Example"),
            (#"{transient: .request.names.surname}"#, .refused, nil), (".request.names.surname", .refused, nil),
        ] as [(String, ConnectorError.Kind, String?)])
    func aProfileMayRefuseBeforeSending(raised: String, kind: ConnectorError.Kind, message: String?) async throws {
        let profile = smallProfile().replacing("json: '{csr:", with: "json: 'error(\(raised)) | {csr:")
        let backend = try Backend(
            profile: profile, secrets: ["apiKey": "planted-key"], ScriptedClient(HTTPResponse(200)))
        let error = await #expect(throws: ConnectorError.self) {
            try await backend.connector.enroll(Example.request(product: "mail"))
        }
        #expect(error?.kind == kind)
        if let message { #expect(error?.message == message) }
        #expect(message != nil || error?.message.contains("Example") == false)
        #expect(backend.http.requests.isEmpty)
    }

    @Test func aRequestThatCannotBeMadeFailsThisOrderOnly() async throws {
        let profile = smallProfile(
            """
              cancel:
                request: {method: PUT, path: "/orders/${ .order.identifiers.other }"}
                outcomes: [{when: 'true', done: {}}]
            """)
        let backend = try Backend(profile: profile, ScriptedClient(HTTPResponse(200)))
        await #expect(throws: ConnectorError(.refused, "")) {
            try await backend.connector.enroll(Example.request(product: ".."))
        }
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await backend.connector.cancel(Example.order, note: "")
        }
        #expect(backend.http.requests.isEmpty)
    }
}
