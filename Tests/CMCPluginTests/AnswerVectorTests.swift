// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Testing

@testable import CMCPlugin

/// M3 and M4: every published answer gives the published result; the bad ones are refused, each for its own reason.
@Suite struct AnswerVectorTests {
    private let now = Date(timeIntervalSince1970: 1_768_000_000)

    private func reader() throws -> CMCAnswerReader {
        CMCAnswerReader(pinned: [try Vectors.certificate("cmc-signer")], allowsSimpleResponse: true)
    }

    /// The message that an answer belongs to, with its nonce and transaction.
    private func sent(_ name: String) -> CMCMessage {
        let request = Vectors.facts(name)["answers"]?.string ?? ""
        let isLater = ["req-query-pending.der", "req-confirm.der", "req-revoke.der"].contains(request)
        let id = Vectors.manifest[request == "req-revoke.der" ? "transactionIdRevoke" : "transactionId"]?.int ?? 0
        return CMCMessage(
            CMCTransactionID(UInt64(id)), senderNonce: Vectors.hex(isLater ? "clientNonce2" : "clientNonce"))
    }

    private func csr() throws -> CertificateSigningRequest {
        try CertificateSigningRequest(der: Vectors.bytes("ee.p10.der"))
    }

    @Test(arguments: Vectors.responses) func answers(_ name: String) throws {
        let expect = Vectors.facts(name)["expect"] ?? .null
        var reader = try reader()
        let isBare = expect["strict"]?.string == "reject" || name == "rsp-failed-empty-bodylist.der"
        if isBare {
            // Without our nonce only a lenient profile takes it.
            let refusal = #expect(throws: CMCRefusal.self) {
                try reader.read(Vectors.bytes(name), to: sent(name), isOrder: true, at: now)
            }
            #expect(refusal?.reason == .recipientNonce)
            reader.isNonceRequired = false
        }
        guard expect["client"]?.string != "reject" else {
            let refusal = #expect(throws: CMCRefusal.self) {
                let answer = try reader.read(Vectors.bytes(name), to: sent(name), isOrder: true, at: now)
                _ = try answer.leaf(for: csr(), emails: [])
            }
            #expect(refusal?.reason.rawValue == expect["why"]?.string)
            return
        }
        let answer = try reader.read(Vectors.bytes(name), to: sent(name), isOrder: true, at: now)
        if let parts = expect["perBodyPart"]?.object {
            for (id, code) in parts {
                let codes = answer.statuses(for: UInt32(id) ?? 0).map(\.code.rawValue)
                #expect(codes == [code.int])
            }
        } else {
            check(answer, expect)
        }
        if let serial = expect["certSerial"]?.string {
            #expect(try answer.leaf(for: csr(), emails: []).serialNumber == SerialNumber(hex: serial))
        }
    }

    private func check(_ answer: CMCAnswer, _ expect: JSONValue) {
        switch (CMCDecision(answer.statuses), expect["status"]?.int) {
        case (.success, 0), (.confirmRequired, 5): break
        case (.pending(let token, let time, _), 3), (.pending(let token, let time, _), 7):
            #expect(token == expect["pendToken"]?.string.map(Vectors.bytes(hex:)))
            if let expected = expect["pendTime"]?.string {
                #expect(time?.ISO8601Format().filter { $0.isNumber || $0 == "Z" } == expected)
            }
        case (.failed(let failure), 2):
            if case .failInfo(let info) = failure.status.otherInfo {
                #expect(info.rawValue == expect["failInfo"]?.int)
            } else {
                #expect(expect["extendedFailInfo"] != nil)
            }
        case (let decision, let status):
            Issue.record("status \(status.map(String.init) ?? "none") was read as \(decision)")
        }
    }

    /// The same answers under a trust anchor: the responder's purpose is asked for.
    @Test func aTrustAnchorNeedsThePurpose() throws {
        let body = try Vectors.bytes("rsp-success.der")
        var reader = CMCAnswerReader(trustAnchors: [try Vectors.certificate("ca")], purpose: .cmcCA)
        _ = try reader.read(body, to: sent("rsp-success.der"), isOrder: true, at: now)
        reader.purpose = .cmcRA
        let refusal = #expect(throws: CMCRefusal.self) {
            try reader.read(body, to: sent("rsp-success.der"), isOrder: true, at: now)
        }
        #expect(refusal?.reason == .signer)
    }

    @Test func anExpiredResponderIsRefused() throws {
        let end = try Vectors.certificate("cmc-signer").notAfter.addingTimeInterval(1)
        let refusal = #expect(throws: CMCRefusal.self) {
            try reader().read(Vectors.bytes("rsp-success.der"), to: sent("rsp-success.der"), isOrder: true, at: end)
        }
        #expect(refusal?.reason == .signer)
    }

    @Test func aSimpleResponseIsNeverAnAnswerToAnythingButAnOrder() throws {
        var reader = try reader()
        for (isOrder, isAllowed) in [(false, true), (true, false)] {
            reader.allowsSimpleResponse = isAllowed
            let refusal = #expect(throws: CMCRefusal.self) {
                try reader.read(Vectors.bytes("rsp-simple.der"), to: sent("rsp-simple.der"), isOrder: isOrder, at: now)
            }
            #expect(refusal?.reason == .simpleResponse)
        }
    }

    @Test(arguments: ["", "busy", "<html>503</html>", "0"]) func textIsNoAnswer(_ text: String) throws {
        let refusal = #expect(throws: CMCRefusal.self) {
            try reader().read(Array(text.utf8), to: sent("rsp-success.der"), isOrder: true, at: now)
        }
        #expect(refusal?.reason == .form)
    }

    @Test func anotherMailAddressIsRefused() throws {
        let answer = try reader().read(
            Vectors.bytes("rsp-success.der"), to: sent("rsp-success.der"), isOrder: true, at: now)
        let refusal = #expect(throws: CMCRefusal.self) { try answer.leaf(for: csr(), emails: ["eve@sandbox.example"]) }
        #expect(refusal?.reason == .mailAddress)
    }
}
