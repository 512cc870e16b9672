// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import PKIX
import TestSupport
import Testing

@testable import CMCPlugin

/// M9 and M10.
@Suite struct FailureTests {
    @Test(arguments: [
        (1, ConnectorError.Kind.authentication), (3, .configuration), (6, .configuration), (7, .authentication),
        (12, .transient),
    ])
    func failuresThatAreNotTheRequesters(_ info: Int, _ kind: ConnectorError.Kind) async throws {
        let ca = try ScriptedCA { try $1.failed($0, info, text: "not\nnow") }
        let error = await #expect(throws: ConnectorError.self) {
            try await Backend(ca).connector.enroll(Backend.request())
        }
        #expect(error?.kind == kind)
        #expect(error?.message.hasSuffix("not now") == true)
    }

    @Test(arguments: [0, 2, 4, 5, 8, 9, 13, 1000, 1999, 77]) func refusals(_ info: Int) async throws {
        let ca = try ScriptedCA { try $1.failed($0, info, text: "no such product") }
        let rejection = try await Backend(ca).connector.enroll(Backend.request()).rejection
        #expect(rejection?.reason == "the CA answers failed, \(CMCFailInfo(rawValue: info)): no such product")
    }

    @Test(arguments: [(4, ConnectorError.Kind.configuration), (6, .configuration)])
    func statusesThatAnOperatorMustMend(_ code: Int, _ kind: ConnectorError.Kind) async throws {
        let ca = try ScriptedCA { try $1.answer($0, [CMCStatus(.init(rawValue: code))]) }
        await #expect(throws: ConnectorError(kind, "")) { try await Backend(ca).connector.enroll(Backend.request()) }
    }

    @Test func unknownStatusesAreFailures() async throws {
        let ca = try ScriptedCA { try $1.answer($0, [CMCStatus(.init(rawValue: 9))]) }
        #expect(try await Backend(ca).connector.enroll(Backend.request()).rejection != nil)
        let extended = try ScriptedCA {
            try $1.answer($0, [CMCStatus(.failed, otherInfo: .extendedFailInfo(type: "1.2.3", value: [5, 0]))])
        }
        let error = await #expect(throws: ConnectorError.self) {
            try await Backend(extended).connector.enroll(Backend.request())
        }
        #expect(error?.kind == .outcomeUnknown && error?.ifAbsent == .transient)
    }

    /// internalCAError: what failed may have failed afterwards. noKeyReuse: only our own order can have used the key before.
    @Test(arguments: [(11, ConnectorError.Kind.transient), (10, .refused)])
    func failuresThatProveNothing(_ info: Int, _ ifAbsent: ConnectorError.Kind) async throws {
        let ca = try ScriptedCA { try $1.failed($0, info) }
        let request = try Backend.request()
        let error = await #expect(throws: ConnectorError.self) { try await Backend(ca).connector.enroll(request) }
        #expect(error?.kind == .outcomeUnknown && error?.ifAbsent == ifAbsent)
        var sent = request
        sent.submittedAt = Date()
        let backend = try Backend(ca, "duplicateSafe: true")
        // The search sends the order again: a key that counts as used is an order the CA does not recognise.
        if info == 10 {
            guard case .undecidable(let reason) = try await backend.connector.find(sent) else {
                Issue.record("the search decides")
                return
            }
            #expect(reason.hasPrefix("the CA answers failed, noKeyReuse"))
        } else {
            await #expect(throws: ConnectorError(.transient, "")) { try await backend.connector.find(sent) }
        }
    }

    /// The search of this protocol is the order once more: whatever a CA says of that one, the first may be issued.
    @Test(arguments: [0, 2, 4, 5, 8, 9, 10, 13]) func aRefusedRepeatEndsNothing(_ info: Int) async throws {
        let ca = try ScriptedCA { try $1.failed($0, info) }
        var sent = try Backend.request()
        sent.submittedAt = Date()
        do {
            guard case .undecidable(let reason) = try await Backend(ca, "duplicateSafe: true").connector.find(sent)
            else {
                Issue.record("the search decides by failInfo \(info)")
                return
            }
            #expect(reason.contains("the CA answers failed"))
        } catch let error as ConnectorError { #expect(error.kind != .refused && error.kind != .outcomeUnknown) }
    }

    @Test func tryLaterIsTriedWithANewNonce() async throws {
        let ca = try ScriptedCA { $0.index == 0 ? try $1.failed($0, 12) : try $1.issued($0) }
        let backend = try Backend(ca)
        let request = try Backend.request()
        await #expect(throws: ConnectorError(.transient, "")) { try await backend.connector.enroll(request) }
        #expect(try await backend.connector.enroll(request).certificate != nil)
        #expect(ca.requests[0].senderNonce != ca.requests[1].senderNonce)
    }

    /// Nobody signed these, so none of them proves anything.
    @Test(arguments: [
        (400, ConnectorError.Kind.outcomeUnknown, ConnectorError.Kind?.some(.refused)),
        (401, .outcomeUnknown, .authentication), (403, .outcomeUnknown, .authentication),
        (429, .outcomeUnknown, .throttled), (500, .outcomeUnknown, .transient),
        (503, .outcomeUnknown, .transient), (302, .outcomeUnknown, .configuration), (204, .outcomeUnknown, nil),
    ])
    func statusesOfHTTP(_ status: Int, _ kind: ConnectorError.Kind, _ ifAbsent: ConnectorError.Kind?) async throws {
        let ca = try ScriptedCA { _, _ in HTTPResponse(status: status, body: Array("CMC error".utf8)) }
        let error = await #expect(throws: ConnectorError.self) {
            try await Backend(ca).connector.enroll(Backend.request())
        }
        #expect(error?.kind == kind && error?.ifAbsent == ifAbsent)
        if status != 204 { #expect(error?.message.contains(": CMC error") == true) }
    }

    @Test(arguments: ["", "Failed to process", "<html></html>"]) func otherBodies(_ body: String) async throws {
        let ca = try ScriptedCA { _, _ in HTTPResponse(status: 200, body: Array(body.utf8)) }
        let error = await #expect(throws: ConnectorError.self) {
            try await Backend(ca).connector.enroll(Backend.request())
        }
        #expect(error?.kind == .outcomeUnknown)
        if !body.isEmpty { #expect(error?.detail == body) }
    }

    @Test(arguments: [
        (HTTPTransportError.Kind.notSent, ConnectorError.Kind.transient), (.timeout(sent: false), .transient),
        (.timeout(sent: true), .outcomeUnknown), (.unknownOutcome, .outcomeUnknown), (.tooLarge, .outcomeUnknown),
        (.untrusted, .configuration),
    ])
    func lostConnections(_ failure: HTTPTransportError.Kind, _ kind: ConnectorError.Kind) async throws {
        let ca = try ScriptedCA { _, _ in throw HTTPTransportError(failure, "planted") }
        let error = await #expect(throws: ConnectorError.self) {
            try await Backend(ca).connector.enroll(Backend.request())
        }
        #expect(error?.kind == kind && error?.hasSurelyNotLeft == (kind != .outcomeUnknown))
    }

    @Test func answersAreBounded() async throws {
        let ca = try ScriptedCA { try $1.issued($0) }
        _ = try await Backend(ca).connector.enroll(Backend.request())
        #expect(ca.requests[0].http.maximumResponseSize == 1 << 20)
    }

    @Test func whatCannotBeBelievedIsUnknown() async throws {
        let stranger = try ScriptedCA { try $1.issued($0) }
        let answers: [ScriptedCA.Script] = [
            { received, _ in try stranger.issued(received) },
            { received, ca in try ca.answer(received, [], certificates: [ca.issue(received.csr!)], nonce: [1]) },
            { received, ca in try ca.answer(received, [], certificates: [ca.issue(received.csr!)], nonce: .some(nil)) },
            { received, ca in
                try ca.answer(
                    received, [], certificates: [ca.issue(received.csr!)], transactionID: CMCTransactionID(1))
            },
            { received, ca in try ca.answer(received, []) },
            { received, ca in try ca.answer(received, [], certificates: [ca.issue(Backend.request().csr)]) },
        ]
        for (index, script) in answers.enumerated() {
            let ca = try ScriptedCA(script)
            let error = await #expect(throws: ConnectorError.self, "answer \(index)") {
                try await Backend(ca).connector.enroll(Backend.request())
            }
            #expect(error?.kind == .outcomeUnknown, "answer \(index)")
        }
        // The same without a nonce is for a lenient profile.
        #expect(
            try await Backend(ScriptedCA(answers[2]), "nonce: lenient").connector.enroll(Backend.request()).certificate
                != nil)
    }

    /// A refusal of an earlier message, sent again by whoever stands between, must not stop the backend CA.
    @Test(arguments: [7, 2])
    func aRefusalWithoutOurNonceIsOfAnotherMessage(_ info: Int) async throws {
        func ca() throws -> ScriptedCA {
            try ScriptedCA { received, ca in
                let status = CMCStatus(.failed, otherInfo: .failInfo(CMCFailInfo(rawValue: info)))
                return try ca.answer(received, [status], nonce: .some(nil))
            }
        }
        await #expect(throws: ConnectorError(.outcomeUnknown, "")) {
            try await Backend(ca()).connector.enroll(Backend.request())
        }
        guard info == 7 else { return }
        await #expect(throws: ConnectorError(.authentication, "")) {
            try await Backend(ca(), "nonce: lenient").connector.enroll(Backend.request())
        }
    }

    /// What says neither which message nor which transaction it is about ends no order, also where a profile is lenient.
    @Test(arguments: [2, 7, 10, 11]) func aFailureThatIsBoundToNothingEndsNothing(_ info: Int) async throws {
        let ca = try ScriptedCA { received, ca in
            guard received.index == 1 else { return try ca.pending(received) }
            let status = CMCStatus(.failed, otherInfo: .failInfo(CMCFailInfo(rawValue: info)))
            return try ca.answer(received, [status], nonce: .some(nil), transactionID: .some(nil))
        }
        let request = try Backend.request()
        let backend = try Backend(ca, "nonce: lenient")
        guard case .pending(let pending) = try await backend.connector.enroll(request) else {
            Issue.record("the order does not wait")
            return
        }
        await #expect(throws: ConnectorError(.transient, "")) {
            try await backend.connector.poll(pending.order, request: request)
        }
        let first = try ScriptedCA { received, ca in
            let status = CMCStatus(.failed, otherInfo: .failInfo(CMCFailInfo(rawValue: info)))
            return try ca.answer(received, [status], nonce: .some(nil), transactionID: .some(nil))
        }
        await #expect(throws: ConnectorError(.outcomeUnknown, "")) {
            try await Backend(first, "nonce: lenient").connector.enroll(request)
        }
    }

    @Test func anotherResponderIsTheOperatorsMatter() async throws {
        let stranger = try ScriptedCA { try $1.answer($0, []) }
        let ca = try ScriptedCA { received, _ in try stranger.answer(received, []) }
        await #expect(throws: ConnectorError(.configuration, "")) { try await Backend(ca).connector.check() }
    }

    @Test func checkAsksForNothing() async throws {
        let ca = try ScriptedCA { try $1.failed($0, $0.index == 0 ? 2 : 7, text: "nothing to do") }
        let backend = try Backend(ca, operatorFile: ClientFile.pem(until: Date(timeIntervalSince1970: 1_800_864_000)))
        let report = try await backend.connector.check()
        #expect(report.account == "CN=operator")
        #expect(report.warnings == ["the operator certificate ends in 10 days; ask the CA for the next one"])
        #expect(ca.requests[0].data.requests.isEmpty)
        #expect(ca.requests[0].data.controls.count == 2)
        await #expect(throws: ConnectorError(.authentication, "")) { try await backend.connector.check() }
        _ = try await Backend(ca, "check: none").connector.check()
        #expect(ca.requests.count == 2)
    }

    @Test(arguments: ["no pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func settingsThatDoNotParse(_ text: String) throws {
        let ca = try ScriptedCA { try $1.issued($0) }
        #expect(throws: ConnectorError(.configuration, "")) { try Backend(ca, operatorFile: text) }
        #expect(throws: ConnectorError(.configuration, "")) { try Backend(ca, responder: text) }
    }
}
