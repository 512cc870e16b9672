// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import TestSupport
import Testing

/// An order that is made takes a further step; when that fails, the order is there and so is the cause.
@Suite struct SecondStepTests {
    /// - Parameter poll: whether the profile can ask for an order again.
    private func profile(orderID: String? = ".json.id", poll: Bool = true) -> String {
        let id = orderID.map { ", orderID: \($0)" } ?? ""
        let text = smallProfile(
            """
              bought:
                request: {method: PUT, path: "/bought/${ .order.caRequestID }"}
                outcomes: [{when: '.status == 200 and .json.pem', issued: {chain: .json.pem}}]
            """
        ).replacing(
            "- {when: '.status == 201', pending: {orderID: .json.id}}",
            with: "- {when: '.status == 201', then: {operation: bought\(id)}}")
        guard !poll, let start = text.firstRange(of: "  poll:"), let end = text.firstRange(of: "  bought:") else {
            return text
        }
        return String(text[..<start.lowerBound] + text[end.lowerBound...])
    }

    private func enroll(_ profile: String, _ second: HTTPResponse) async throws -> EnrollmentOutcome {
        let backend = try Backend(
            profile: profile, secrets: ["apiKey": "planted-key"],
            ScriptedClient(HTTPResponse(201, json: #"{"id": "77"}"#), second))
        return try await backend.connector.enroll(Example.request())
    }

    @Test(arguments: [
        (
            HTTPResponse(400, json: #"{"message": "the CSR of planted-key has problems"}"#),
            PendingOrder.Party.operator,
            "the CA answered 400: the CSR of ••• has problems; no error rule of the profile covers it"
        ),
        (HTTPResponse(401), .operator, "the CA answered 401; check credentials and rights of the account"),
        (HTTPResponse(503, text: "down"), .certificateAuthority, "the CA answered 503: down"),
        (
            HTTPResponse(200, json: "{}"), .certificateAuthority,
            "the CA answered 200; no outcome of operations.bought covers it, and no error rule: the integrator adds the rule to "
                + "test.yaml, '--log trace' shows the whole answer, and the CA said {}"
        ),
        (
            HTTPResponse(200, json: #"{"pem": "x"}"#), .certificateAuthority,
            "operations.bought.outcomes[0].issued.chain: there is no certificate where the profile looks for it"
        ),
    ])
    func theCauseIsKept(answer: HTTPResponse, party: PendingOrder.Party, cause: String) async throws {
        guard case .pending(let pending) = try await enroll(profile(), answer) else { throw Unexpected("") }
        #expect(pending.order.caRequestID == "77" && pending.waitingFor == party)
        #expect(pending.detail == "\(cause); so the next step failed, and the CA has taken the order")
    }

    /// The order would be there, and nobody could ask for its certificate.
    @Test func aProfileThatCannotAskAgainIsNotUsed() async throws {
        let error = await #expect(throws: ConnectorError.self) {
            try await enroll(profile(poll: false), HTTPResponse(503, text: "down"))
        }
        #expect(error?.kind == .configuration)
        #expect(error?.detail?.contains("operations.enroll: it goes on with then") == true)
        #expect(error?.detail?.contains("there is no operation poll") == true)
    }

    @Test func withoutAnIDTheSearchDecides() async throws {
        let error = await #expect(throws: ConnectorError.self) {
            try await enroll(
                profile(orderID: nil).replacing("/bought/${ .order.caRequestID }", with: "/bought"), HTTPResponse(401))
        }
        #expect(
            error?.kind == .outcomeUnknown
                && error?.message.hasPrefix("the CA answered 401") == true)
    }

    /// What one step has told, the later ones see, also before an id is known; it stays with the order.
    @Test func identifiersAreKeptWhileNoIDIsKnown() async throws {
        let text = profile(orderID: nil)
            .replacing(
                "then: {operation: bought}", with: "then: {operation: bought, identifiers: '{number: .json.id}'}"
            )
            .replacing("/bought/${ .order.caRequestID }", with: "/bought/${ .order.identifiers.number }")
            .replacing(
                "issued: {chain: .json.pem}}",
                with: "pending: {orderID: .json.pem, identifiers: '{second: .order.identifiers.number}'}}")
        let client = ScriptedClient(
            HTTPResponse(201, json: #"{"id": "77"}"#), HTTPResponse(200, json: #"{"pem": "4711"}"#))
        let backend = try Backend(profile: text, secrets: ["apiKey": "planted-key"], client)
        guard case .pending(let pending) = try await backend.connector.enroll(Example.request()) else {
            throw Unexpected("")
        }
        #expect(client.requests.last?.url.hasSuffix("/bought/77") == true)
        #expect(pending.order == CAOrder(caRequestID: "4711", identifiers: ["number": "77", "second": "77"]))
    }

    /// The host knows the order that the CA tells of as another one's: nothing is written into it, and nothing of it is believed.
    @Test func noStepIsTakenForAnOrderThatTheHostRefuses() async throws {
        let client = ScriptedClient(HTTPResponse(201, json: #"{"id": "77"}"#))
        let backend = try Backend(profile: profile(), secrets: ["apiKey": "planted-key"], client)
        let refusal = ConnectorError(.outcomeUnknown, "77 is another order here")
        let gate = SubmissionGate({}, admit: { order in if order.caRequestID == "77" { throw refusal } })
        let error = await #expect(throws: ConnectorError.self) {
            try await backend.connector.enroll(Example.request(), gate: gate)
        }
        #expect(error?.kind == .outcomeUnknown && error?.message == refusal.message)
        #expect(client.requests.count == 1)
    }

    @Test func aStepThatIsStoppedLosesNoOrder() async throws {
        let backend = try Backend(
            profile: profile(),
            ScriptedClient { _, index throws(HTTPTransportError) in
                if index == 0 { return HTTPResponse(201, json: #"{"id": "77"}"#) }
                throw HTTPTransportError(.cancelled(sent: false), "")
            })
        guard case .pending(let pending) = try await backend.connector.enroll(Example.request()) else {
            throw Unexpected("")
        }
        #expect(pending.order.caRequestID == "77")
        #expect(pending.detail == "it was stopped; so the next step failed, and the CA has taken the order")
    }
}
