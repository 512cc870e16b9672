// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import PKIX
import TestSupport
import Testing

@testable import CMCPlugin

@Suite struct OrderFlowTests {
    @Test func anOrderIsOneSignedMessage() async throws {
        let ca = try ScriptedCA { try $1.issued($0) }
        let file = try ClientFile.pem()
        let section = """
            path: /ws/cmc
            query: '{account: .settings.account, product: .request.product, op: .operation}'
            contentType: application/pkcs7-mime
            regInfo: "product=${ .request.product }"
            """
        let backend = try Backend(ca, section, operatorFile: file)
        let request = try Backend.request()
        let outcome = try await backend.connector.enroll(request)
        #expect(try outcome.certificate?.publicKey == request.csr.publicKey)
        let received = try #require(ca.requests.first)
        #expect(received.http.url == "https://ca.example/api/ws/cmc?account=example.ra&op=enroll&product=gold")
        #expect(received.http.method == "POST")
        #expect(received.http.headers.map(\.value) == ["application/pkcs7-mime", "no-cache"])
        #expect(received.data.requests.count == 1)
        #expect(received.data.bodyPartIDs == [1, 2, 3, 4])
        #expect(received.regInfo == Array("product=gold".utf8))
        #expect(received.csr == request.csr)
        #expect(received.senderNonce?.count == 16)
        let signer = try Certificate(pem: file)
        #expect(try received.message.verify(pinned: [signer], at: backend.clock.now()) == [signer])
        guard case .issued(let issued) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        // The CA is its own root here, so the chain is the leaf alone.
        #expect(issued.certificateChain.count == 1)
    }

    @Test func nothingLeavesThroughAClosedGate() async throws {
        let ca = try ScriptedCA { try $1.issued($0) }
        let backend = try Backend(ca)
        await #expect(throws: ClosedGate.self) {
            try await backend.connector.enroll(Backend.request(), gate: .closed)
        }
        #expect(ca.requests.isEmpty)
    }

    @Test func theTransactionComesFromTheReference() async throws {
        let ca = try ScriptedCA { try $1.issued($0) }
        let backend = try Backend(ca)
        for reference in ["gw-1", "gw-1", "gw-2"] {
            _ = try await backend.connector.enroll(Backend.request(reference))
        }
        let ids = ca.requests.map(\.transactionID)
        #expect(ids[0] == ids[1])
        #expect(ids[0] != ids[2])
        #expect(Set(ca.requests.map(\.senderNonce)).count == 3)
    }

    /// M5
    @Test func pendingIsPolledUntilIssued() async throws {
        let ca = try ScriptedCA { received, ca in
            switch received.index {
            case 0: try ca.pending(received, text: "waiting for approval")
            case 1: try ca.pending(received, token: nil)
            case 2: try ca.pending(received, token: "REQ-2", time: Date(timeIntervalSince1970: 4_000_000_000))
            default:
                try ca.answer(
                    received, [CMCStatus(.success, bodyList: [])], certificates: [ca.issue(ca.requests[0].csr!)])
            }
        }
        let backend = try Backend(ca, "poll: {minimum: 2m, maximum: 3h}")
        let request = try Backend.request()
        let first = try #require(try await backend.connector.enroll(request).pending)
        #expect(first.retryAfter == .seconds(600))
        #expect(first.detail == "waiting for approval")
        #expect(first.order.caRequestID == "REQ-1")
        let second = try #require(try await backend.connector.poll(first.order, request: request).pending)
        #expect(second.retryAfter == .seconds(120))
        let third = try #require(try await backend.connector.poll(second.order, request: request).pending)
        #expect(third.retryAfter == .seconds(3 * 3600))
        let last = try await backend.connector.poll(third.order, request: request)
        #expect(try last.certificate?.publicKey == request.csr.publicKey)
        guard case .issued(let issued) = last else {
            Issue.record("\(last)")
            return
        }
        #expect(issued.order.caRequestID == "REQ-1")
        let polls = ca.requests.dropFirst()
        #expect(polls.map(\.token) == [Array("REQ-1".utf8), Array("REQ-1".utf8), Array("REQ-2".utf8)])
        #expect(polls.map(\.recipientNonce) == [0, 1, 2].map(ScriptedCA.nonce))
        #expect(Set(ca.requests.map(\.transactionID)).count == 1)
        #expect(Set(ca.requests.map(\.senderNonce)).count == 4)
        #expect(polls.allSatisfy { $0.data.requests.isEmpty })
    }

    @Test func pendingEndsAtTheProfilesLimit() async throws {
        let ca = try ScriptedCA { try $1.pending($0) }
        let backend = try Backend(ca, "poll: {giveUpAfter: 2d}")
        let request = try Backend.request()
        let order = try #require(try await backend.connector.enroll(request).pending).order
        backend.clock.advance(.seconds(86_400))
        let again = try #require(try await backend.connector.poll(order, request: request).pending).order
        backend.clock.advance(.seconds(86_401))
        #expect(try await backend.connector.poll(again, request: request).rejection != nil)
    }

    @Test func pendingWithoutATokenIsNotUnderstood() async throws {
        let ca = try ScriptedCA { try $1.pending($0, token: nil) }
        await #expect(throws: ConnectorError(.outcomeUnknown, "")) {
            try await Backend(ca).connector.enroll(Backend.request())
        }
    }

    /// M8
    @Test func aCertificateCountsWhenItsConfirmationIsAcknowledged() async throws {
        let ca = try ScriptedCA { received, ca in
            if received.index == 0 { return try ca.issued(received, .confirmRequired) }
            if received.index == 1 { throw HTTPTransportError(.timeout(sent: true), "lost") }
            return try ca.answer(received, [CMCStatus(.success, bodyList: [.id(3)])])
        }
        let backend = try Backend(ca)
        let request = try Backend.request()
        // The answer to the confirmation is lost: no certificate yet, and the order is not lost either.
        let pending = try #require(try await backend.connector.enroll(request).pending)
        let outcome = try await backend.connector.poll(pending.order, request: request)
        let certificate = try #require(outcome.certificate)
        #expect(ca.requests.count == 3)
        for confirmation in ca.requests.dropFirst() {
            #expect(confirmation.confirmed == IssuerAndSerialNumber(certificate))
            #expect(confirmation.recipientNonce == ScriptedCA.nonce(0))
            #expect(
                confirmation.data.controls.contains {
                    $0.value == .statusInfoV2(CMCStatus(.success, bodyList: [.id(3)]))
                })
        }
    }

    @Test func aWrongCertificateIsNotConfirmed() async throws {
        let ca = try ScriptedCA { received, ca in
            try ca.answer(
                received, [CMCStatus(.confirmRequired, bodyList: [.id(received.partID)])],
                certificates: [ca.issue(received.csr!, names: [.rfc822Name("eve@sandbox.example")])])
        }
        await #expect(throws: ConnectorError(.outcomeUnknown, "")) {
            try await Backend(ca).connector.enroll(Backend.request())
        }
        #expect(ca.requests.count == 1)
    }

    @Test func partialGivesWhatIsThere() async throws {
        let ca = try ScriptedCA { received, ca in
            try ca.answer(
                received,
                [
                    CMCStatus(
                        .partial, bodyList: [.id(received.partID)],
                        otherInfo: .pendInfo(token: [1], time: Date(timeIntervalSince1970: 1_800_000_000)))
                ], certificates: [ca.issue(received.csr!)])
        }
        #expect(try await Backend(ca).connector.enroll(Backend.request()).certificate != nil)
    }

    @Test func bareCertificatesCountWhereTheProfileSaysSo() async throws {
        let ca = try ScriptedCA { received, ca in
            let bag = try CertsOnlyMessage.encode([ca.certificate, ca.issue(received.csr!)])
            return HTTPResponse(status: 200, body: bag)
        }
        #expect(try await Backend(ca, "simpleResponse: true").connector.enroll(Backend.request()).certificate != nil)
        await #expect(throws: ConnectorError(.outcomeUnknown, "")) {
            try await Backend(ca).connector.enroll(Backend.request())
        }
    }

    /// M6
    @Test func theCertificateIsFoundByItsKey() async throws {
        let ca = try ScriptedCA { received, ca in
            let others = try (0..<3).map { _ in try ca.issue(Backend.request().csr) }
            return try ca.answer(
                received, [], certificates: others + [ca.issue(received.csr!)] + [ca.issue(Backend.request().csr)])
        }
        let request = try Backend.request()
        let outcome = try await Backend(ca).connector.enroll(request)
        #expect(try outcome.certificate?.publicKey == request.csr.publicKey)
    }

    @Test func aLostAnswerIsAskedForOnlyWhereTheCARecognisesTheOrder() async throws {
        let ca = try ScriptedCA { received, ca in
            if received.index == 0 { throw HTTPTransportError(.timeout(sent: true), "lost") }
            return try ca.issued(received)
        }
        let backend = try Backend(ca, "duplicateSafe: true")
        var request = try Backend.request()
        guard case .absent = try await backend.connector.find(request) else {
            Issue.record("a search ordered what was never sent")
            return
        }
        #expect(ca.requests.isEmpty)
        request.submittedAt = backend.clock.now()
        await #expect(throws: ConnectorError(.outcomeUnknown, "")) { try await backend.connector.enroll(request) }
        guard case .found(let outcome) = try await backend.connector.find(request) else {
            Issue.record("not found")
            return
        }
        #expect(outcome.certificate != nil)
        #expect(ca.requests[0].transactionID == ca.requests[1].transactionID)
        #expect(ca.requests[0].data.requests == ca.requests[1].data.requests)
        #expect(ca.requests[0].senderNonce != ca.requests[1].senderNonce)
        guard case .undecidable = try await Backend(ca).connector.find(request) else {
            Issue.record("a CA that is not known to recognise orders cannot be asked")
            return
        }
        #expect(ca.requests.count == 2)
    }
}
