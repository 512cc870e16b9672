// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing
import YAMLDocuments

@testable import SOAPPlugin

/// The profile against recorded pairs, and every fault of its table (wire/soap.md §5).
@Suite struct EJBCATests {
    @Test func theProfileIsShortAndFine() throws {
        let text = try Fixture.profile("ejbca")
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 150)
        let profile = try ConnectorProfile.read(text, file: "ejbca.yaml")
        #expect(SOAPConnector.diagnose(profile).map(\.description) == [])
    }

    @Test func itIssues() async throws {
        let asked = [("caChain", "getLastCAChain"), ("check", "getAvailableCAs")]
        let report = try await replay("ejbca", asked, answers: ["caChain", "check"]) { try await $0.check() }
        #expect(report.account == "CA ManagementCA")
        let outcome = try await replay("ejbca", [("enroll", "certificateRequest")], answers: ["enroll"]) {
            try await $0.enroll(Example.request())
        }
        guard case .issued(let issued) = outcome else { throw Unexpected(outcome) }
        #expect(issued.order.caRequestID == "gw-7f3a")
        #expect(issued.certificateChain == [try Fixture.certificate("leaf"), try Fixture.certificate("ca")])
    }

    @Test func itWaitsForApproval() async throws {
        let outcome = try await replay("ejbca", [("enroll", "certificateRequest")], answers: ["approval"]) {
            try await $0.enroll(Example.request())
        }
        guard case .pending(let pending) = outcome else { throw Unexpected(outcome) }
        #expect(pending.waitingFor == .approver)
        #expect(pending.order.identifiers["approvalID"] == "4711")
        #expect(pending.detail == "Added to the approval queue")
        let chain = ("caChain", "getLastCAChain")
        let search = [("poll", "findCerts"), ("state", "findUser")]
        let waiting = try await replay("ejbca", [chain] + search, answers: ["caChain", "none", "nobody"]) {
            try await $0.poll(pending.order, request: Example.request())
        }
        guard case .pending = waiting else { throw Unexpected(waiting) }
        // Without an approval to wait for, a user that is not there is an order that is not there.
        await #expect(throws: ConnectorError(.refused, "")) {
            try await replay("ejbca", [chain] + search, answers: ["caChain", "none", "nobody"]) {
                try await $0.poll(CAOrder(caRequestID: "gw-7f3a"), request: Example.request())
            }
        }
        let refused = try await replay(
            "ejbca", [chain] + search + [("enroll", "certificateRequest")],
            answers: ["caChain", "none", "state", "denied"]
        ) { try await $0.poll(pending.order, request: Example.request()) }
        guard case .rejected(let rejection) = refused else { throw Unexpected(refused) }
        #expect(rejection.reason == "not this one")
        let approved = try await replay(
            "ejbca", [chain] + search + [("enroll", "certificateRequest")],
            answers: ["caChain", "none", "state", "enroll"]
        ) { try await $0.poll(pending.order, request: Example.request()) }
        guard case .issued = approved else { throw Unexpected(approved) }
        let issued = try await replay("ejbca", [chain, search[0]], answers: ["caChain", "poll"]) {
            try await $0.poll(pending.order, request: Example.request())
        }
        guard case .issued(let certificate) = issued else { throw Unexpected(issued) }
        #expect(certificate.certificateChain.count == 2)
    }

    /// The request that issues after an approval is an order of its own: what a replica that lags does not show yet is not issued again.
    @Test(arguments: [HTTPTransportError.Kind.unknownOutcome, .timeout(sent: true)])
    func anUnansweredRequestIsNotRepeatedAtOnce(failure: HTTPTransportError.Kind) async throws {
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            let body = String(decoding: request.body ?? [], as: UTF8.self)
            func page(_ name: String) throws(HTTPTransportError) -> HTTPResponse {
                do { return try Fixture.response("ejbca/\(name)") } catch {
                    throw HTTPTransportError(.invalidRequest, "\(error)")
                }
            }
            if body.contains("getLastCAChain") { return try page("caChain") }
            if body.contains("findCerts") { return try page("none") }
            if body.contains("findUser") { return try page("state") }
            throw HTTPTransportError(failure, "no answer")
        }
        let backend = try Backend("ejbca", http)
        func sent() -> Int {
            http.requests.count { String(decoding: $0.body ?? [], as: UTF8.self).contains("certificateRequest") }
        }
        func poll(_ order: CAOrder, of backend: Backend) async throws -> CAOrder {
            guard case .pending(let pending) = try await backend.connector.poll(order, request: Example.request())
            else { throw Unexpected("decided") }
            return pending.order
        }
        var order = try await poll(CAOrder(caRequestID: "gw-7f3a"), of: backend)
        #expect(sent() == 1)
        for _ in 0..<4 {
            backend.clock.advance(.seconds(60))
            order = try await poll(order, of: backend)
        }
        #expect(sent() == 1)
        // The next process knows it as well.
        let restarted = try Backend("ejbca", http)
        restarted.clock.advance(.seconds(240))
        order = try await poll(order, of: restarted)
        #expect(sent() == 1)
        restarted.clock.advance(.seconds(61))
        _ = try await poll(order, of: restarted)
        #expect(sent() == 2, "absence is sure after five minutes")
    }

    /// An approved user waits for the request that issues: a look does not send it, and says what the CA waits for.
    @Test func aLookSendsNoRequest() async throws {
        let outcome = try await replay(
            "ejbca", [("caChain", "getLastCAChain"), ("poll", "findCerts"), ("state", "findUser")],
            answers: ["caChain", "none", "state"]
        ) { try await $0.look(at: CAOrder(caRequestID: "gw-7f3a"), request: Example.request()) }
        guard case .pending(let pending) = outcome else { throw Unexpected(outcome) }
        #expect(pending.awaitsStep && pending.order.caRequestID == "gw-7f3a")
        let issued = try await replay(
            "ejbca", [("caChain", "getLastCAChain"), ("poll", "findCerts")], answers: ["caChain", "poll"]
        ) { try await $0.look(at: CAOrder(caRequestID: "gw-7f3a"), request: Example.request()) }
        guard case .issued = issued else { throw Unexpected(issued) }
    }

    @Test func itFindsByReferenceAndRevokes() async throws {
        let found = try await replay(
            "ejbca", [("findByReference", "findCerts"), ("caChain", "getLastCAChain"), ("poll", "findCerts")],
            answers: ["findByReference", "caChain", "poll"]
        ) { try await $0.find(Example.request()) }
        guard case .found(.issued) = found else { throw Unexpected(found) }
        let absent = try await replay("ejbca", [("findByReference", "findCerts")], answers: ["none"]) {
            try await $0.find(Example.request())
        }
        guard case .absent = absent else { throw Unexpected(absent) }
        let outcome = try await replay("ejbca", [("revoke", "revokeCert")], answers: ["revoke"]) {
            try await $0.revoke(Example.revocation())
        }
        guard case .revoked = outcome else { throw Unexpected(outcome) }
    }

    /// Only the operation's own element tells that there is nothing: an order would be placed again on anybody else's.
    @Test(arguments: [
        "", "<other/>", #"<n:other xmlns:n="http://ws.protocol.core.ejbca.org/"/>"#,
        #"<n:findCertsResponse xmlns:n="urn:somebody"/>"#,
        #"<n:findCertsResponse xmlns:n="http://ws.protocol.core.ejbca.org/"><return/></n:findCertsResponse>"#,
    ])
    func anotherAnswerIsNoAbsence(body: String) async throws {
        let envelope =
            #"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>\#(body)</S:Body></S:Envelope>"#
        let answer = HTTPResponse(
            status: 200, headers: HTTPHeaders([("Content-Type", "text/xml")]), body: Array(envelope.utf8))
        let backend = try Backend("ejbca", ScriptedClient { _, _ throws(HTTPTransportError) in answer })
        do {
            let result = try await backend.connector.find(Example.request())
            guard case .absent = result else { return }
            Issue.record("absent by \(body)")
        } catch is ConnectorError {}
    }

    /// The key was certified by an order whose answer is lost: it must not be erased.
    @Test func aKeyThatTheCAKnowsIsNoRefusal() async throws {
        let fault = """
            <S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault><faultcode>S:Server</faultcode>\
            <faultstring>User is not allowed to use same key as another certificate.</faultstring><detail>\
            <n:EjbcaException xmlns:n="http://ws.protocol.core.ejbca.org/"><message>User is not allowed to use same key as \
            another certificate.</message></n:EjbcaException></detail></S:Fault></S:Body></S:Envelope>
            """
        let answer = HTTPResponse(
            status: 500, headers: HTTPHeaders([("Content-Type", "text/xml")]), body: Array(fault.utf8))
        let backend = try Backend("ejbca", ScriptedClient { _, _ throws(HTTPTransportError) in answer })
        await #expect(throws: ConnectorError(.outcomeUnknown, "")) {
            try await backend.connector.enroll(Example.request())
        }
    }

    @Test(arguments: [
        ("AuthorizationDeniedException", "x", ConnectorError.Kind.authentication),
        ("CADoesntExistsException", "x", .configuration), ("UserDoesntFullfillEndEntityProfile", "x", .refused),
        ("NotFoundException", "x", .refused), ("EjbcaException", "x", .refused),
        ("EjbcaException", "CA 5 is offline", .transient),
    ])
    func faultsSayWhoMustAct(entry: String, text: String, kind: ConnectorError.Kind) async throws {
        let fault = HTTPResponse(
            500,
            body: """
                <e:Fault><faultcode>e:Server</faultcode><faultstring>\(text)</faultstring><detail>
                <n:\(entry) xmlns:n="http://ws.protocol.core.ejbca.org/"><message>\(text)</message></n:\(entry)></detail></e:Fault>
                """)
        let backend = try Backend("ejbca", ScriptedClient(fault))
        await #expect(throws: ConnectorError(kind, "")) { try await backend.connector.revoke(Example.revocation()) }
    }

    @Test(arguments: [
        (
            "<n:AuthorizationDeniedException><message>x</message></n:AuthorizationDeniedException>",
            ConnectorError.Kind.authentication, ConnectorError.Kind?.none
        ),
        (
            "<n:UserDoesntFullfillEndEntityProfile><message>x</message></n:UserDoesntFullfillEndEntityProfile>",
            .refused, nil
        ),
        (
            "<n:EjbcaException><errorCode><internalErrorCode>USER_NOT_FOUND</internalErrorCode></errorCode></n:EjbcaException>",
            .refused, nil
        ),
        ("<n:EjbcaException><message>unexpected</message></n:EjbcaException>", .outcomeUnknown, .refused),
        (
            "<n:EjbcaException><errorCode><internalErrorCode>INTERNAL_ERROR</internalErrorCode></errorCode></n:EjbcaException>",
            .outcomeUnknown, .refused
        ),
        ("<n:EjbcaException><message>CA 5 is offline</message></n:EjbcaException>", .outcomeUnknown, .transient),
        ("", .outcomeUnknown, .transient),
    ])
    func faultsOfAnOrder(detail: String, kind: ConnectorError.Kind, ifAbsent: ConnectorError.Kind?) async throws {
        let fault = HTTPResponse(
            500,
            body: """
                <e:Fault><faultcode>e:Server</faultcode><faultstring>\(detail.contains("offline") ? "CA 5 is offline" : "x")</faultstring>
                <detail xmlns:n="http://ws.protocol.core.ejbca.org/">\(detail)</detail></e:Fault>
                """)
        let backend = try Backend("ejbca", ScriptedClient(fault))
        let error = await #expect(throws: ConnectorError.self) {
            try await backend.connector.enroll(Example.request())
        }
        #expect(error?.kind == kind && error?.ifAbsent == ifAbsent)
    }

    @Test func itEndsAHold() async throws {
        let http = ScriptedClient(try Fixture.response("ejbca/revoke"))
        _ = try await Backend("ejbca", http).connector.revoke(Example.revocation(.removeFromCRL))
        #expect(http.requests.first?.bodyText.contains("<arg2>-1</arg2>") == true)
    }

    @Test func whatIsRevokedAlreadyIsRevoked() async throws {
        let detail = "<n:AlreadyRevokedException xmlns:n=\"http://ws.protocol.core.ejbca.org/\"/>"
        let fault = HTTPResponse(
            500, body: "<e:Fault><faultcode>e:Server</faultcode><detail>\(detail)</detail></e:Fault>")
        let outcome = try await Backend("ejbca", ScriptedClient(fault)).connector.revoke(Example.revocation())
        guard case .revoked = outcome else { throw Unexpected(outcome) }
    }
}
