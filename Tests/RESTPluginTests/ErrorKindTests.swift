// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import RESTPlugin
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

    /// Reading, the status decides. An order is in doubt whatever HTTP says, where nothing can be searched; elsewhere 401 and
    /// 429 prove that it was not taken.
    @Test(arguments: [
        (200, ConnectorError.Kind.transient, ConnectorError.Kind?.none), (302, .configuration, .configuration),
        (303, .configuration, .configuration), (400, .refused, .refused), (401, .authentication, .authentication),
        (403, .authentication, .authentication), (404, .refused, .refused), (407, .configuration, .configuration),
        (408, .transient, .transient), (409, .refused, .refused), (418, .refused, .refused),
        (425, .transient, .transient), (429, .throttled, .throttled), (500, .transient, .transient),
        (502, .transient, .transient), (503, .transient, .transient), (504, .transient, .transient),
    ])
    func theStatusDecides(status: Int, reading: ConnectorError.Kind, ifAbsent: ConnectorError.Kind?) async throws {
        // What proxies answer: the status must count, whatever the body is.
        for body in ["<html><body>Error</body></html>", "", "{\"broken\": ", "{}", "nonsense"] {
            let answer = HTTPResponse(
                status, text: body,
                headers: [("Content-Type", "text/html"), ("Location", "https://ca.example/orders/7")])
            // The CA's own success that no rule is for is the profile's matter.
            let isUnruled = status == 200 && body == "{}"
            let read = try await error(ScriptedClient(answer), enrolling: false).0
            #expect(read.kind == (isUnruled ? .configuration : reading))
            let (order, backend) = try await error(ScriptedClient(answer), enrolling: true)
            #expect(order.kind == .outcomeUnknown && !CAExchange.isProof(status, nil))
            #expect(order.ifAbsent == ifAbsent)
            // A redirect is never followed.
            #expect(backend.http.requests.count == 1)
        }
    }

    /// A rule names a refusal; only the CA's own answer, and no answer about something that exists, makes it a proof.
    @Test(arguments: [
        (400, #"{"code": 5}"#, true), (403, #"{"code": 5}"#, true), (404, #"{"code": 5}"#, true),
        (200, #"{"code": 5}"#, true), (500, #"{"code": 5}"#, true), (303, #"{"code": 5}"#, false),
        (408, #"{"code": 5}"#, false), (409, #"{"code": 5}"#, false), (425, #"{"code": 5}"#, false),
        (400, "<html>code: 5</html>", false), (400, "", false), (403, "blocked", false),
    ])
    func aNamedRefusalIsAProof(status: Int, body: String, isProof: Bool) async throws {
        let table = "errors: [{when: '.json.code == 5 or .body != null', kind: refused, message: '\"no\"'}]"
        let answer = HTTPResponse(status, text: body)
        let (error, _) = try await error(ScriptedClient(answer), errors: table, enrolling: true)
        #expect(error.kind == (isProof ? .refused : .outcomeUnknown))
        #expect(error.ifAbsent == (isProof ? nil : .refused))
        #expect(error.message == "the CA answered \(status): no")
    }

    /// "Try again" proves something only where the CA refuses: a server that failed may have failed afterwards.
    @Test(arguments: [(400, true), (429, true), (200, false), (500, false), (502, false), (503, false), (504, false)])
    func tryAgainIsAProofOnlyOfARefusal(status: Int, isProof: Bool) async throws {
        let table = "errors: [{when: '.json.code == 5', kind: transient}]"
        let answer = HTTPResponse(status, json: #"{"code": 5}"#)
        let (error, _) = try await error(ScriptedClient(answer), errors: table, enrolling: true)
        #expect(error.kind == (isProof ? .transient : .outcomeUnknown))
        #expect(error.ifAbsent == (isProof ? nil : .transient))
        let (reading, _) = try await self.error(ScriptedClient(answer), errors: table, enrolling: false)
        #expect(reading.kind == .transient)
    }

    /// Who passes requests on says the same statuses, with a body that looks like the CA's.
    @Test(arguments: [
        (400, "'.status == 400'", false), (429, "'.status == 429'", false), (401, "'true'", false),
        (402, "'.status == 402 or .json.code == 5'", false), (402, "'.status == 402 and .headers.x'", false),
        (402, "'.status == 402 and .json.code == 5'", true), (429, "'.json.code'", true), (401, "'.json.code'", true),
        (500, "'.status >= 500'", false),
    ])
    func aRuleThatGoesByTheStatusAloneIsNoProof(status: Int, when: String, isProof: Bool) async throws {
        for kind in [ConnectorError.Kind.refused, .configuration, .throttled, .authentication] {
            let table = "errors: [{when: \(when), kind: \(kind.rawValue)}]"
            let answer = HTTPResponse(status, json: #"{"code": 5}"#, headers: [("X", "1")])
            let (error, _) = try await error(ScriptedClient(answer), errors: table, enrolling: true)
            #expect(error.kind == (isProof ? kind : .outcomeUnknown))
            #expect(error.ifAbsent == (isProof ? nil : kind))
            let (reading, _) = try await self.error(ScriptedClient(answer), errors: table, enrolling: false)
            #expect(reading.kind == kind)
        }
    }

    /// The same for an outcome rule: a proxy's page does not end an order.
    @Test func aRejectionIsTheCAsOwn() async throws {
        let worded = smallProfile().replacing("'.status == 422'", with: "'.status == 422 and .json.why'")
        let own = try Backend(profile: worded, ScriptedClient(HTTPResponse(422, json: #"{"why": "no"}"#)))
        guard case .rejected = try await own.connector.enroll(Example.request()) else { throw Unexpected("") }
        // A rule that goes by the status alone has read nothing that only the CA can say.
        let (bare, _) = try await error(ScriptedClient(HTTPResponse(422, json: #"{"why": "no"}"#)), enrolling: true)
        #expect(bare.kind == .outcomeUnknown && bare.ifAbsent == .refused)
        let page = HTTPResponse(422, text: "<html><body>Request blocked. Reference 17</body></html>")
        let (error, _) = try await error(ScriptedClient(page), enrolling: true)
        #expect(error.kind == .outcomeUnknown && error.ifAbsent == .refused)
        #expect(
            error.message.hasPrefix("the CA answered 422: ") && error.message.contains("Request blocked. Reference 17"))
        let profile = worded.replacing("'.status == 422 and .json.why'", with: "'.json.why'")
        for status in [302, 408, 409, 425] {
            let backend = try Backend(
                profile: profile, ScriptedClient(HTTPResponse(status, json: #"{"why": "there is one"}"#)))
            let error = await #expect(throws: ConnectorError.self) {
                try await backend.connector.enroll(Example.request())
            }
            #expect(error?.kind == .outcomeUnknown && error?.ifAbsent == .refused)
        }
    }

    @Test func whatNoRuleCoversIsQuoted() async throws {
        for (body, words) in [
            (#"{"error": {"code": 7, "message": "no such\nproduct"}}"#, "no such product"),
            (#"{"type": "about:blank", "title": "Bad", "detail": "key planted-key is weak"}"#, "key ••• is weak; Bad"),
            (#"{"errors": {"csr": ["has problems", "twice"]}}"#, "has problems; twice"), (#"["a", "b"]"#, "a; b"),
            ("<html><head><title>Forbidden</title></head><body><p>by rule 12</body></html>", "Forbidden by rule 12"),
            ("plain words", "plain words"),
        ] {
            let (error, _) = try await error(ScriptedClient(HTTPResponse(400, text: body)), enrolling: true)
            #expect(error.message == "the CA answered 400: \(words); no error rule of the profile covers it")
        }
        let (bare, _) = try await error(ScriptedClient(HTTPResponse(403)), enrolling: true)
        #expect(
            bare.message
                == "the CA answered 403; no error rule of the profile covers it; check credentials and rights of the account"
        )
        let table = "errors: [{when: '.json.code', message: '.json.code'}]"
        let answer = HTTPResponse(400, json: #"{"code": "weak"}"#)
        let (unnamed, _) = try await error(ScriptedClient(answer), errors: table, enrolling: true)
        #expect(
            unnamed.message
                == "the CA answered 400: weak; its error rule names no kind, so it is no proof that no order was made")
    }

    @Test func aRuleSaysWhatADoubtMeansInTheEnd() async throws {
        let table = "errors: [{when: '.json.code == 5', kind: outcomeUnknown, ifAbsent: configuration}]"
        let (error, _) = try await error(
            ScriptedClient(HTTPResponse(400, json: #"{"code": 5}"#)), errors: table, enrolling: true)
        #expect(error.kind == .outcomeUnknown && error.ifAbsent == .configuration)
        for wrong in ["kind: refused, ifAbsent: refused", "kind: outcomeUnknown, ifAbsent: outcomeUnknown"] {
            let profile = try ConnectorProfile.read(
                smallProfile(errors: "errors: [{when: 'true', \(wrong)}]"), file: "test.yaml")
            #expect(RESTConnector.diagnose(profile).map(\.keyPath) == ["errors[0].ifAbsent"])
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
        let read = try await error(http, enrolling: false).0
        #expect(read.kind == reading && !read.hasSurelyNotLeft)
        let ordered = try await error(http, enrolling: true).0
        #expect(ordered.kind == ordering)
        #expect(ordered.hasSurelyNotLeft == (ordering != .outcomeUnknown))
    }

    /// A server that refuses our certificate may have been sent what it has not read: one look costs nothing.
    @Test func aRefusedClientCertificateIsLookedInto() async throws {
        let http = ScriptedClient { _, _ throws(HTTPTransportError) in
            throw HTTPTransportError(.notAuthenticated, "unknown CA")
        }
        let ordered = try await error(http, enrolling: true).0
        #expect(ordered.kind == .authentication && !ordered.hasSurelyNotLeft)
    }

    /// On record as sent, because the gate was open: what is given up while it is still connecting says that it was not.
    @Test func whatIsCancelledBeforeItLeavesSaysSo() async throws {
        let http = ScriptedClient { _, _ throws(HTTPTransportError) in
            throw HTTPTransportError(.cancelled(sent: false), "")
        }
        let backend = try Backend(profile: smallProfile(), http)
        let early = try await error(http, enrolling: true).0
        #expect(early.kind == .transient && early.hasSurelyNotLeft)
        await #expect(throws: CancellationError.self) {
            try await backend.connector.poll(Example.order, request: Example.request())
        }
        let late = ScriptedClient { _, _ throws(HTTPTransportError) in
            throw HTTPTransportError(.cancelled(sent: true), "")
        }
        let unclear = try await error(late, enrolling: true).0
        #expect(unclear.kind == .outcomeUnknown && !unclear.hasSurelyNotLeft)
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
                #"{configuration: "no \(.request.product) for planted-key"}"#,
                ConnectorError.Kind.configuration, "no mail for •••"
            ),
            (#"{refused: "not \(.request.names.surname)"}"#, .refused, "not Example"),
            (#"{transient: .request.names.surname}"#, .configuration, nil),
            (".request.names.surname", .configuration, nil),
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

    /// Profile, template or directory are to be mended; nothing was sent, so that no order ends for it.
    @Test func aRequestThatCannotBeMadeEndsNobodysOrder() async throws {
        let profile = smallProfile(
            """
              cancel:
                request: {method: PUT, path: "/orders/${ .order.identifiers.other }"}
                outcomes: [{when: 'true', done: {}}]
            """)
        let backend = try Backend(profile: profile, ScriptedClient(HTTPResponse(200)))
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await backend.connector.enroll(Example.request(product: ".."))
        }
        let hole = try Backend(
            profile: smallProfile().replacing("${ .request.product }", with: "${ .request.names.pseudonym }"),
            ScriptedClient(HTTPResponse(200)))
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await hole.connector.enroll(Example.request())
        }
        #expect(hole.http.requests.isEmpty)
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await backend.connector.cancel(Example.order, note: "")
        }
        #expect(backend.http.requests.isEmpty)
    }

    /// The CA's words come first, in a login too, and no secret with them.
    @Test func aRefusedLoginQuotesTheCA() async throws {
        let backend = try Backend(
            profile: smallProfile(
                login: """
                    login:
                      token:
                        request: {method: POST, path: /login, json: '{secret: .settings.apiKey}'}
                        token: .json.access_token
                        lifetime: 10m
                    """), secrets: ["apiKey": "planted-key"],
            ScriptedClient(HTTPResponse(400, text: "account of planted-key is locked")))
        let error = await #expect(throws: ConnectorError.self) { try await backend.connector.check() }
        #expect(error?.kind == .authentication)
        #expect(error?.message == "the CA answered the login with 400: account of ••• is locked")
    }

    /// The error table knows where this CA's errors have their text; so do its answers to a login.
    @Test(arguments: [
        ("errors: [{when: '.json.errors', kind: refused, message: '.json.errors[0].text'}]", "•••: wrong password"),
        ("", "•••: wrong password"),
    ])
    func aRefusedLoginIsReadByTheErrorTable(errors: String, words: String) async throws {
        let login = """
            login:
              token:
                request: {method: POST, path: /login, json: '{secret: .settings.apiKey}'}
                token: .json.access_token
                lifetime: 10m
            """
        let backend = try Backend(
            profile: smallProfile(login: login, errors: errors), secrets: ["apiKey": "planted-key"],
            ScriptedClient(HTTPResponse(403, json: #"{"errors": [{"text": "planted-key: wrong password"}]}"#)))
        let error = await #expect(throws: ConnectorError.self) { try await backend.connector.check() }
        #expect(error?.kind == .authentication)
        #expect(error?.message == "the CA answered the login with 403: \(words)")
    }
}
