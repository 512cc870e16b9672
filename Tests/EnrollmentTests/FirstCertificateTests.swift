// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Ledger
import PKIX
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// A CA whose orders stay pending shows late, or never, that its certificates lead to the accepted roots.
@Suite(.timeLimit(.minutes(2))) struct FirstCertificateTests {
    private static let limit = EnrollmentContext.unprovenOrders

    /// An id for each order, as a CA gives them.
    private static let waiting: ScriptedConnector.Enrolling = { ca, request in
        ca.take(request)
        return .pending(
            PendingOrder(
                order: CAOrder(caRequestID: "at-\(request.reference)"), waitingFor: .approver,
                retryAfter: .seconds(60)))
    }

    private static func later(_ ca: ScriptedConnector, _ request: CertificateRequest) -> EnrollmentOutcome {
        .pending(
            PendingOrder(order: CAOrder(caRequestID: "at-\(request.reference)"), waitingFor: .approver))
    }

    /// A gateway whose CA has never issued anything, with more orders than may leave.
    private func gateway(
        people: Int = 12, abilities: [ConnectorAbility] = [.poll, .findByReference, .cancel]
    ) async throws -> TestGateway {
        let gateway = try await TestGateway(abilities: abilities)
        try await gateway.ledger.keepProof(.acceptedRoots, of: "main", "nothing")
        for _ in 0..<people { gateway.ca.onEnroll(Self.waiting) }
        for number in 0..<people { try await gateway.plan("user\(number)") }
        return gateway
    }

    @Test(arguments: [1, 8])
    func noMoreThanAFewOrdersLeaveBeforeIt(concurrency: Int) async throws {
        let gateway = try await gateway()
        for _ in 0..<20 { gateway.ca.onPoll { ca, request in Self.later(ca, request) } }
        for _ in 0..<3 {
            try await gateway.engine(concurrency: concurrency).work(until: nil)
            #expect(gateway.ca.orders.count == Self.limit)
            gateway.clock.advance(100)
        }
        // Nothing is wrong, and it is said all the same.
        #expect(gateway.backends.openAlarms.isEmpty)
        #expect(try await gateway.ledger.obstacles(since: .distantPast).isEmpty)
        #expect(try await gateway.ledger.dueCount(by: gateway.clock.now() + 1, backendCA: "main") == Self.limit)
        #expect(try await gateway.ledger.waitingForFirstCertificate() == ["main": 12 - Self.limit])
        let waiting = try await gateway.ledger.orders(OrderFilter(stages: [.planned]))
        #expect(waiting.count == 12 - Self.limit)
        #expect(
            waiting.allSatisfy { $0.standing == "waits until the first certificate of this CA is accepted" }
                && waiting.allSatisfy { $0.waitingFor == "firstCertificate" })
        #expect(try await gateway.ledger.orders(OrderFilter(stages: [.pending])).allSatisfy { $0.waits == nil })
    }

    /// The pass that gets it goes on with all the others; nothing is said any more.
    @Test func withOneTheOthersGoOnByThemselves() async throws {
        let gateway = try await gateway()
        try await gateway.work()
        for _ in 0..<Self.limit - 1 { gateway.ca.onPoll { ca, request in Self.later(ca, request) } }
        gateway.clock.advance(100)
        try await gateway.work()
        #expect(gateway.ca.orders.count == 12 && gateway.ca.orders.values.allSatisfy { $0 == 1 })
        #expect(try await gateway.ledger.waitingForFirstCertificate().isEmpty)
        #expect(try await gateway.ledger.orders().allSatisfy { $0.waits == nil })
    }

    /// The CA has shown itself: as many may wait there as there are.
    @Test func aCAThatHasShownItselfIsNotBoundAgain() async throws {
        let gateway = try await TestGateway()
        for _ in 0..<12 { gateway.ca.onEnroll(Self.waiting) }
        for number in 0..<12 { try await gateway.plan("user\(number)") }
        try await gateway.work()
        #expect(gateway.ca.orders.count == 12)
        // Other roots, or another CA behind the name, and it is.
        for (connection, isOther) in [("scripted", true), ("scripted at https://other.example", false)] {
            try await gateway.plan("late-\(isOther)")
            let count = gateway.ca.orders.count
            let moved = try gateway.moved(
                to: connection, roots: isOther ? [TestAuthority(now: gateway.clock.now()).root] : nil)
            gateway.ca.onEnroll(Self.waiting)
            let context = gateway.context().with(moved)
            #expect(try await context.hasProvenRoots("main") == false)
            try await gateway.engine { $0 = $0.with(moved) }.work(until: nil)
            // At the former connection are too many; the other one has none yet.
            #expect(gateway.ca.orders.count == count + (isOther ? 0 : 2))
        }
    }

    /// Five that never end keep nobody waiting at a CA that has shown itself, whether one root more is accepted or an earlier
    /// version has written the proof.
    @Test(arguments: [false, true])
    func oneRootMoreAndAnUpdateAreNoNewTrial(isFromBefore: Bool) async throws {
        let gateway = try await TestGateway()
        try await gateway.plan("first")
        try await gateway.work()
        for number in 0..<Self.limit {
            gateway.ca.onEnroll(Self.waiting)
            let id = try await gateway.plan("user\(number)")
            try await gateway.work()
            try await gateway.ledger.hold(id, reason: "nobody answers", by: "test")
        }
        if isFromBefore { try await gateway.ledger.keepProof(.acceptedRoots, of: "main", "of the roots alone") }
        let other = try TestAuthority(now: gateway.clock.now()).root
        let more = try gateway.moved(to: "scripted", roots: isFromBefore ? nil : [other, gateway.ca.authority.root])
        for number in 0..<3 {
            gateway.ca.onEnroll(Self.waiting)
            try await gateway.plan("late\(number)")
        }
        try await gateway.engine { $0 = $0.with(more) }.work(until: nil)
        #expect(gateway.ca.orders.count == 1 + Self.limit + 3)
        // Without the root it had reached, it has to show itself again.
        let moved = try gateway.moved(to: "scripted", roots: [other])
        #expect(try await gateway.context().with(moved).hasProvenRoots("main") == false)
        #expect(try await gateway.context().hasProvenRoots("main"))
    }

    /// The five that came back from wrong roots are held; with the right ones the others try anew, and no more than five.
    @Test func whatLedToNoRootIsNotWaitedFor() async throws {
        let gateway = try await gateway()
        let other = try TestAuthority(now: gateway.clock.now()).root
        let wrong = try gateway.moved(to: "scripted", roots: [other])
        for _ in 0..<2 {
            try await gateway.engine { $0 = $0.with(wrong) }.work(until: nil)
            gateway.clock.advance(100)
        }
        #expect(try await gateway.ledger.orders(OrderFilter(held: true)).count == Self.limit)
        #expect(gateway.ca.orders.count == Self.limit)
        try await gateway.work()
        #expect(gateway.ca.orders.count == 2 * Self.limit)
        gateway.clock.advance(100)
        try await gateway.work()
        #expect(gateway.ca.orders.count == 12)
    }

    /// What was found out at one CA says nothing of another one behind the name, though the roots are the same.
    @Test func aStopEndsWithAnotherConnection() async throws {
        let gateway = try await TestGateway()
        let stranger = try TestAuthority(now: gateway.clock.now())
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .issued(try stranger.issue(request, now: ca.clock.now()))
        }
        try await gateway.plan("first")
        try await gateway.work()
        #expect(try await gateway.context().submissionStop(at: "main") != nil)
        let id = try await gateway.plan("second")
        try await gateway.work()
        #expect(try await gateway.order(id).stage != .active && gateway.ca.orders.count == 1)
        let moved = try gateway.moved(to: "scripted at https://other.example")
        #expect(try await gateway.context().with(moved).submissionStop(at: "main") == nil)
        try await gateway.engine { $0 = $0.with(moved) }.work(until: nil)
        #expect(try await gateway.order(id).stage == .active)
    }

    /// That nothing is known is remembered of one CA only: the certificates of another one behind the name are looked for.
    @Test func thatNothingIsKnownIsOfOneConnection() async throws {
        let gateway = try await TestGateway()
        let other = try gateway.moved(to: "scripted at https://other.example")
        try await gateway.ledger.keepProof(.acceptedRoots, of: "main", "nothing")
        try await gateway.plan("first")
        try await gateway.engine { $0 = $0.with(other) }.work(until: nil)
        // As if a proof had been lost: at this connection nothing is found, at the other one the certificate is.
        try await gateway.ledger.keepProof(.acceptedRoots, of: "main", "nothing")
        #expect(try await !gateway.context().hasProvenRoots("main"))
        #expect(try await gateway.context().with(other).hasProvenRoots("main"))
    }

    /// A CA that has changed its root has shown that the former one says nothing any more.
    @Test func aCertificateThatLeadsToNoRootEndsTheProof() async throws {
        let gateway = try await TestGateway()
        try await gateway.plan("first")
        try await gateway.work()
        let successor = try TestAuthority(now: gateway.clock.now())
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .issued(try successor.issue(request, now: ca.clock.now()))
        }
        try await gateway.plan("second")
        try await gateway.work()
        let third = try TestAuthority(now: gateway.clock.now()).root
        let mended = try gateway.moved(to: "scripted", roots: [gateway.ca.authority.root, third])
        #expect(try await gateway.context().with(mended).hasProvenRoots("main") == false)
        try await gateway.plan("third")
        try await gateway.engine { $0 = $0.with(mended) }.work(until: nil)
        #expect(try await gateway.context().with(mended).hasProvenRoots("main"))
    }

    /// Whoever is not to get one does not wait for others.
    @Test func whatIsWithdrawnDoesNotWait() async throws {
        let gateway = try await gateway(people: 0, abilities: [.poll, .cancel])
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.transient, "the CA says: not now") }
        let id = try await gateway.plan("first")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .keyed)
        for number in 0..<Self.limit {
            gateway.ca.onEnroll(Self.waiting)
            try await gateway.plan("user\(number)")
        }
        try await gateway.work()
        let other = try await gateway.plan("last")
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .cancelled)
        #expect(try await gateway.order(other).waits != nil && gateway.ca.orders.count == Self.limit)
    }
}
