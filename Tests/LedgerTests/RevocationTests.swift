// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import TestSupport
import Testing

/// What a CA has revoked by itself.
@Suite struct RevocationTests {
    private func entry(_ number: Int, issuer: String = "CN=Issuing CA") -> RevokedCertificate {
        RevokedCertificate(
            serialNumber: "0A\(number)", issuer: issuer, reason: "keyCompromise",
            at: Date(timeIntervalSince1970: 1_700_000_000))
    }

    /// Whatever the order was doing, it ends, and another one may follow. Old mail is read with its key: a copy that is the only one
    /// stays.
    @Test(arguments: [OrderStage.issued, .delivered, .published, .active], [false, true])
    func aRevokedCertificateEndsItsOrder(_ stage: OrderStage, isArchived: Bool) async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let order = try await temporary.certified(1, stage, isArchived: isArchived)
        let other = try await temporary.certified(2, stage)
        let said = try await ledger.noteRevocations([entry(1)], backendCA: "digicert")
        #expect(said.count == 1 && said[0].contains(order.reference) && said[0].contains("keyCompromise"))
        let ended = try #require(try await ledger.order(order.id))
        #expect(ended.stage == .revoked && ended.leaseOwner == nil && ended.detail?.contains("keyCompromise") == true)
        #expect(try await ledger.certificate(1)?.status == .revoked)
        #expect(try await ledger.key(orderID: order.id)?.sealed == (isArchived ? nil : [1, 2]))
        #expect(try await ledger.order(other.id) == other)
        // Once is enough.
        let events = try await ledger.events(order.id)
        #expect(try await ledger.noteRevocations([entry(1)], backendCA: "digicert").isEmpty)
        #expect(try await ledger.events(order.id) == events)
        _ = try await temporary.plan("person1")
        try await temporary.database.judge()
    }

    @Test func numbersOfOthersMeanNothing() async throws {
        let temporary = try await TemporaryLedger()
        let order = try await temporary.certified(1, .active)
        for (entry, name) in [
            (entry(1), "other"), (entry(1, issuer: "CN=Other CA"), "digicert"), (entry(3), "digicert"),
        ] {
            #expect(try await temporary.ledger.noteRevocations([entry], backendCA: name).isEmpty)
        }
        #expect(try await temporary.ledger.order(order.id) == order)
    }

    /// A certificate that a newer one has replaced: the order stays ended as it was.
    @Test func theCertificateOfAnEndedOrderIsRevokedToo() async throws {
        let temporary = try await TemporaryLedger()
        let order = try await temporary.certified(1, .active)
        let successor = try await temporary.ledger.plan(.sample("person1", replaces: order.id))
        let claim = try #require(try await temporary.claim(limit: 10).first { $0.orderID == successor.id })
        _ = try await temporary.ledger.record(
            claim, OrderChange("active", "done").stage(.active).certificate(.sample(2)))
        #expect(try await temporary.ledger.noteRevocations([entry(1)], backendCA: "digicert").isEmpty)
        #expect(try await temporary.ledger.order(order.id)?.stage == .superseded)
        #expect(try await temporary.ledger.certificate(1)?.status == .revoked)
        #expect(try await temporary.ledger.order(claim.orderID)?.stage == .active)
    }

    @Test func aHoldEndsNothing() async throws {
        let temporary = try await TemporaryLedger()
        let order = try await temporary.certified(1, .active)
        try await temporary.ledger.noteHolds(begun: [entry(1)], ended: [], backendCA: "digicert")
        #expect(try await temporary.ledger.order(order.id)?.stage == .active)
        #expect(try await temporary.ledger.order(order.id)?.detail?.contains("on hold") == true)
        // By another look at the same CA.
        #expect(try await temporary.ledger.noteHolds(begun: [entry(1)], ended: [], backendCA: "digicert").isEmpty)
        #expect(try await temporary.ledger.events(order.id).filter { $0.kind == "onHold" }.count == 1)
        try await temporary.ledger.noteHolds(begun: [], ended: [entry(1)], backendCA: "digicert")
        #expect(try await temporary.ledger.events(order.id).suffix(2).map(\.kind) == ["onHold", "holdEnded"])
        #expect(try await temporary.ledger.order(order.id)?.detail?.contains("no longer on hold") == true)
    }
}
