// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import Testing

/// A worker commits its steps from what it knows of the order, and reads it only where somebody else has changed it.
@Suite struct KnownOrderTests {
    private let temporary: TemporaryLedger
    private var ledger: OrderLedger { temporary.ledger }

    init() async throws { temporary = try await TemporaryLedger() }

    private static let keyed = OrderChange("keyed", "").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3])

    /// What is told is what lies in the database, at each step.
    @Test func theOrderIsWhatWasTold() async throws {
        let claim = try await temporary.claimed("ada")
        var order = claim.order
        let changes = [
            Self.keyed, OrderChange("submitting", "").stage(.submitted).submission(at: temporary.clock.now()),
            OrderChange("issued", "").stage(.issued).certificate(.sample(1)).archivedKey(cms: [9], recipients: []),
            OrderChange("delivered", "").stage(.delivered).eraseSealedKey(), OrderChange("active", "").stage(.active),
        ]
        for change in changes {
            order = try await ledger.record(claim, change, from: order.stage, knowing: order)
            #expect(try await ledger.order(order.id) == order)
        }
        #expect(
            try await ledger.events(order.id).map(\.kind) == [
                "planned", "keyed", "submitting", "issued", "delivered", "active",
            ])
        #expect(try await ledger.submissionCount() == 1)
        #expect(try await ledger.key(orderID: order.id)?.sealed == nil)
        #expect(try await ledger.certificates().map(\.orderID) == [order.id])
    }

    /// A person's word between two steps stays, and so does the renewal of the lease.
    @Test func whatSomebodyElseHasChangedIsKept() async throws {
        let claim = try await temporary.claimed("ada")
        try await ledger.hold(claim.orderID, reason: "look", by: "eve")
        let renewed = try await ledger.renewLease(claim, for: .seconds(600))
        let order = try await ledger.record(claim, Self.keyed, from: .planned, knowing: claim.order)
        #expect(order.isHeld && order.stage == .keyed && order.eventCount == 3)
        #expect(order.leaseUntil == renewed.leaseUntil)
        #expect(try await ledger.order(order.id) == order)
        let next = try await ledger.record(claim, OrderChange("noted", ""), knowing: order)
        #expect(try await ledger.order(order.id)?.leaseUntil == renewed.leaseUntil && next.isHeld)
    }

    /// However well it knows the order: without its lease it changes nothing.
    @Test(arguments: [false, true]) func aLostLeaseIsLost(isGivenBack: Bool) async throws {
        let claim = try await temporary.claimed("ada")
        if isGivenBack {
            try await ledger.releaseLeases(of: "node-1")
        } else {
            temporary.clock.advance(61)
            #expect(try await temporary.claim("node-2").count == 1)
        }
        let before = try await ledger.order(claim.orderID)
        let error = await #expect(throws: LedgerError.self) {
            try await ledger.record(claim, Self.keyed, from: .planned, knowing: claim.order)
        }
        guard case .leaseLost? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(try await ledger.order(claim.orderID) == before)
        #expect(try await ledger.key(orderID: claim.orderID) == nil)
    }

    /// The same answer again, and the certificate of somebody else.
    @Test func aCertificateThatIsThereAlreadyIsLookedAt() async throws {
        let ada = try await temporary.claimed("ada")
        let issued = OrderChange("issued", "").stage(.issued).certificate(.sample(1))
        let order = try await ledger.record(ada, issued, knowing: ada.order)
        let again = try await ledger.record(ada, issued, knowing: order)
        #expect(again.certificateID == order.certificateID && again.eventCount == order.eventCount + 1)
        let bob = try await temporary.claimed("bob")
        let before = try await ledger.order(bob.orderID)
        let error = await #expect(throws: LedgerError.self) {
            try await ledger.record(bob, issued, knowing: bob.order)
        }
        guard case .notPossible(let reason)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(reason.contains(order.reference))
        #expect(try await ledger.order(bob.orderID) == before)
        #expect(try await ledger.certificates().count == 1)
    }

    /// Of a chain that was met before, and in the step that was undone.
    @Test func chainsComeBackWhole() async throws {
        for number in 1...4 {
            let claim = try await temporary.claimed("user-\(number)")
            let chain: [[UInt8]] = [[1, 2, 3], [4, 5], [4, 5], [UInt8(number % 2)]]
            let change = OrderChange("issued", "").stage(.issued).certificate(.sample(number, chain: chain))
            let order = try await ledger.record(claim, change, knowing: claim.order)
            let id = try #require(order.certificateID)
            #expect(try await ledger.certificate(id)?.chain == chain)
        }
        let count: Int? = try await temporary.database.read { try $0.value("SELECT COUNT(*) FROM ca_certificates") }
        #expect(count == 4)
    }
}
