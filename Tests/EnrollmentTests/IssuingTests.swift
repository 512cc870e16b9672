// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import KeyArchival
import Ledger
import PKIX
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// The straight way, the waiting ways and the ends a CA may choose.
@Suite(.timeLimit(.minutes(5))) struct IssuingTests {
    @Test func anOrderThatIsIssuedAtOnceGoesAllTheWay() async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(try await gateway.kinds(id) == ["planned", "keyed", "submitting", "issued", "delivered", "active"])
        #expect(gateway.ca.calls == ["enroll"])
        #expect(order.caRequestID == "ca-\(order.reference)")
        #expect(order.leaseOwner == nil && order.leaseUntil == nil)
        let certificateID = try #require(order.certificateID)
        let record = try #require(try await gateway.ledger.certificate(certificateID))
        let leaf = try Certificate(der: record.der)
        #expect(leaf.emailAddresses == ["ada@example.test"])
        #expect(record.serialNumber == leaf.serialNumber.hex)
        #expect(record.chain.count == 1)
        let key = try #require(try await gateway.ledger.key(orderID: id))
        #expect(try leaf.publicKey.der == key.publicKey)
        // Archived, so the working copy is of no more use.
        #expect(key.sealed == nil)
        let archived = try #require(try await gateway.ledger.archivedKey(orderID: id))
        let recovered = try KeyArchive.recover(
            cms: archived.cms, certificate: gateway.agents[0].certificate, key: gateway.agentKey, subscriber: leaf)
        #expect(try recovered.publicKey == leaf.publicKey)
        #expect(archived.recipients == ["agent"])
    }

    @Test func withoutArchiveAndDeliveryTheWorkingCopyIsTheOnlyOneAndStays() async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.plan(terms: "")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(try await gateway.ledger.archivedKey(orderID: id) == nil)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
    }

    @Test func withoutIntuneAnIssuedOrderWaitsForTheOperator() async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.plan()
        let intune = try await gateway.planWithIntune()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        let order = try await gateway.order(intune)
        #expect(order.stage == .issued)
        #expect(order.detail == "the template delivers through Intune, but 'intune' is not configured")
        #expect(try await gateway.ledger.key(orderID: intune)?.sealed != nil)
        #expect(try await gateway.ledger.archivedKey(orderID: intune) != nil)
    }

    @Test func aPendingOrderIsPolledUntilItIsIssued() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(
                PendingOrder(
                    order: CAOrder(caRequestID: "77", identifiers: ["requestID": "5"]), waitingFor: .subscriber,
                    retryAfter: .seconds(120), detail: "waiting for validation of 1 address"))
        }
        gateway.ca.onPoll { _, _ in
            .pending(PendingOrder(order: CAOrder(caRequestID: "77"), waitingFor: .approver))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        var order = try await gateway.order(id)
        #expect(order.stage == .pending)
        #expect(order.waitingFor == "subscriber")
        #expect(order.detail == "waiting for validation of 1 address")
        #expect(order.caRequestID == "77")
        #expect(order.nextActionAt == gateway.clock.now() + 120)
        try await gateway.work()
        #expect(gateway.ca.calls == ["enroll"])
        gateway.clock.advance(120)
        try await gateway.work()
        order = try await gateway.order(id)
        #expect(order.waitingFor == "approver")
        #expect(order.nextActionAt == gateway.clock.now() + 60)
        gateway.clock.advance(60)
        try await gateway.work()
        order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(order.caIdentifiers == ["requestID": "5"])
        #expect(gateway.ca.calls == ["enroll", "poll", "poll"])
        #expect(gateway.ca.orders.values.allSatisfy { $0 == 1 })
    }

    @Test func theEngineWaitsForWhatFallsDueBeforeItsDeadline() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in
            .pending(
                PendingOrder(
                    order: CAOrder(caRequestID: "1"), waitingFor: .certificateAuthority, retryAfter: .seconds(20)))
        }
        let id = try await gateway.plan()
        let begin = gateway.clock.now()
        try await gateway.engine().work(until: begin + 60)
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.clock.now() >= begin + 20)
        #expect(gateway.clock.now() < begin + 60)
    }

    @Test(arguments: [
        (OrderRejection.Kind.rejected, OrderStage.rejected), (.cancelled, .cancelled), (.retired, .rejected),
    ])
    func aRejectionEndsTheOrderAndErasesItsKey(_ kind: OrderRejection.Kind, _ stage: OrderStage) async throws {
        let gateway = try await TestGateway()
        let ended = EnrollmentOutcome.rejected(OrderRejection(kind: kind, reason: "domain is not validated"))
        gateway.ca.onEnroll { _, _ in ended }
        gateway.ca.onFind({ _, _ in .found(ended) }, { _, _ in .found(ended) })
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == stage)
        #expect(order.detail == "domain is not validated")
        #expect(try await gateway.kinds(id).last == kind.rawValue)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        #expect(try await gateway.ledger.archivedKey(orderID: id) == nil)
    }

    @Test func aRefusalEndsTheOrderToo() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.refused, "no such product") }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .rejected)
        #expect(try await gateway.order(id).detail == "no such product")
    }

    /// What a wrong certificate does to one order, and that it does nothing to the others.
    @Test func aWrongCertificateIsHeldAndNotDelivered() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return try ca.issue(request) { $0.alternativeNames = [.rfc822Name("bob@example.test")] }
        }
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.isHeld)
        #expect(order.stage == .submitted)
        #expect(order.certificateID == nil)
        #expect(order.caRequestID == "ca-\(order.reference)")
        let reason = try #require(order.holdReason)
        #expect(reason.contains("address ada@example.test is missing; address bob@example.test was not asked for"))
        #expect(reason.hasSuffix("'certway order cancel \(order.reference) --absent'"))
        let event = try #require(try await gateway.ledger.events(id).last)
        #expect(event.kind == "held")
        let shown = try Certificate(pem: try #require(event.data["certificate"]?.string))
        #expect(shown.emailAddresses == ["bob@example.test"])
        #expect(try await gateway.ledger.archivedKey(orderID: id) == nil)
        #expect(try await gateway.ledger.certificates().isEmpty)
        // A person has revoked it and wants to be rid of the order.
        await #expect(throws: LedgerError.self) { try await gateway.ledger.requestCancel(id, by: "test") }
        try await gateway.ledger.cancelAbsent(id, by: "test")
        #expect(try await gateway.order(id).stage == .cancelled)
    }

    /// Devices refuse it, and the person would count as served. Where the clock had run ahead, it is delivered after all.
    @Test func whatIsOverIsNotDelivered() async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.planWithIntune()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .issued)
        gateway.clock.advance(5000 * 86_400)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .expired)
        #expect(try await gateway.kinds(id).last == OrderLedger.undeliveredEvent)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        gateway.clock.advance(-5000 * 86_400)
        _ = try await gateway.ledger.noteExpiries()
        #expect(try await gateway.order(id).stage == .issued)
    }

    @Test func theCertificateOfAnotherOrderIsHeldAndTheOthersGoOn() async throws {
        let gateway = try await TestGateway()
        let first = Noted<EnrollmentOutcome?>(nil)
        gateway.ca.onEnroll { ca, request in
            let outcome = try ca.issue(request)
            first.change { $0 = outcome }
            return outcome
        }
        let ada = try await gateway.plan("ada", terms: "")
        try await gateway.work()
        // Same names and key: a CA that repeats its answer for a copied request.
        let certificate = try #require(try await gateway.ledger.certificates().first)
        let copy = try await gateway.plan("eve", names: "ada", terms: "")
        try await gateway.copyKey(from: ada, to: copy)
        gateway.ca.onEnroll { _, _ in first.value ?? .rejected(OrderRejection(reason: "none")) }
        let bob = try await gateway.plan("bob")
        try await gateway.engine(concurrency: 1).work(until: nil)
        let order = try await gateway.order(copy)
        #expect(order.isHeld)
        #expect(order.holdReason?.contains(certificate.serialNumber) == true, "\(order.holdReason ?? "")")
        #expect(try await gateway.order(bob).stage == .active)
    }

    @Test func manyOrdersAreCarriedWithinTheLimit() async throws {
        let gateway = try await TestGateway()
        for number in 0..<40 { try await gateway.plan("user\(number)") }
        let most = Noted(0)
        try await gateway.engine(concurrency: 5).work(until: nil) { progress in
            most.change { $0 = max($0, progress.inFlight) }
        }
        #expect(most.value <= 5)
        let orders = try await gateway.ledger.orders()
        #expect(orders.count == 40 && orders.allSatisfy { $0.stage == .active && $0.leaseOwner == nil })
        #expect(gateway.ca.orders.count == 40)
        #expect(gateway.ca.orders.values.allSatisfy { $0 == 1 })
        #expect(try await gateway.ledger.certificates().count == 40)
    }
}
