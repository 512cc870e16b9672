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
        (HTTPResponse(200, json: "{}"), .certificateAuthority, "the CA answered 200; no rule of the profile covers it"),
        (
            HTTPResponse(200, json: #"{"pem": "x"}"#), .certificateAuthority,
            "there is no certificate where the profile looks for it"
        ),
    ])
    func theCauseIsKept(answer: HTTPResponse, party: PendingOrder.Party, cause: String) async throws {
        guard case .pending(let pending) = try await enroll(profile(), answer) else { throw Unexpected("") }
        #expect(pending.order.caRequestID == "77" && pending.waitingFor == party)
        #expect(pending.detail == "\(cause); so the next step failed, and the CA has taken the order")
    }

    @Test func whereNothingCanAskAgainAPersonGetsTheID() async throws {
        let error = await #expect(throws: ConnectorError.self) {
            try await enroll(profile(poll: false), HTTPResponse(503, text: "down"))
        }
        #expect(error?.kind == .outcomeUnknown && error?.ifAbsent == nil)
        #expect(
            error?.message
                == "the CA answered 503: down; so the next step failed, the CA has taken the order as 77, and it cannot be "
                + "asked for it again: look there")
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
