// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import PKIX
import TestSupport
import Testing

@testable import CMCPlugin

/// An order that a person has named, and one whose second step fails.
@Suite struct ExaminationTests {
    @Test func withoutTheTokenNothingIsAskedAndTheSentenceSaysWhatToDo() async throws {
        let ca = try ScriptedCA { try $1.issued($0) }
        let backend = try Backend(ca)
        let result = try await backend.connector.examine(
            CAOrder(caRequestID: CMCMessage.transactionID(reference: "gw-1").description), request: Backend.request())
        guard case .undecidable(let reason) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("the token of its first answer") && reason.hasSuffix("declare the order absent"))
        #expect(ca.requests.isEmpty)
    }

    @Test func withItsTokenTheKeyDecides() async throws {
        let ca = try ScriptedCA { received, ca in
            if received.index == 0 { return try ca.pending(received, text: "later") }
            return try ca.answer(
                received, [CMCStatus(.success, bodyList: [.id(received.partID)])],
                certificates: [ca.issue(ca.requests[0].csr!)])
        }
        let backend = try Backend(ca)
        let request = try Backend.request()
        let order = try #require(try await backend.connector.enroll(request).pending).order
        guard case .found(.issued) = try await backend.connector.examine(order, request: request) else {
            Issue.record("not found")
            return
        }
    }

    /// The certificate exists and waits for its confirmation, which fails; nothing of the profile can ask again.
    @Test func withoutAPollAPersonGetsTheCause() async throws {
        let ca = try ScriptedCA { received, ca in
            if received.index == 0 { return try ca.issued(received, .confirmRequired) }
            throw HTTPTransportError(.timeout(sent: true), "the confirmation is lost")
        }
        let kept = try #require(try await Backend(ca).connector.enroll(Backend.request()).pending)
        #expect(kept.detail?.hasPrefix("the confirmation is lost; so ") == true, "\(kept.detail ?? "")")
        let again = try ScriptedCA { received, ca in
            if received.index == 0 { return try ca.issued(received, .confirmRequired) }
            throw HTTPTransportError(.timeout(sent: true), "the confirmation is lost")
        }
        let backend = try Backend(again, abilities: "[revoke, findByReference]")
        let error = await #expect(throws: ConnectorError.self) {
            try await backend.connector.enroll(Backend.request())
        }
        #expect(error?.kind == .outcomeUnknown)
        #expect(error?.message.hasPrefix("the confirmation is lost; so ") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("cannot be asked for it again: look there") == true)
    }
}
