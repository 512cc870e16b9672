// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// The answer to an order is lost. It must neither be bought twice nor forgotten.
@Suite(.timeLimit(.minutes(5))) struct UnknownOutcomeTests {
    private static let lost: ScriptedConnector.Enrolling = { ca, request in
        ca.take(request)
        throw ConnectorError(.outcomeUnknown, "no answer within 30 s")
    }
    private static let neverArrived: ScriptedConnector.Enrolling = { _, _ in
        throw ConnectorError(.outcomeUnknown, "connection lost")
    }

    @Test func anOrderThatTheCAHasIsAdopted() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.lost)
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(gateway.ca.calls == ["enroll", "find"])
        #expect(gateway.ca.orders == [order.reference: 1])
        let issued = try #require(try await gateway.ledger.events(id).first { $0.kind == "issued" })
        #expect(issued.message.hasPrefix("found at the CA by reference \(order.reference): certificate "))
    }

    @Test func anOrderThatTheCAHasAndWaitsForIsAdoptedToo() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.lost)
        gateway.ca.onFind { _, _ in
            .found(.pending(PendingOrder(order: CAOrder(caRequestID: "9"), waitingFor: .subscriber)))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .pending)
        #expect(try await gateway.order(id).caRequestID == "9")
    }

    @Test func absenceCountsOnlyAfterItsTime() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.neverArrived)
        let id = try await gateway.plan()
        try await gateway.work()
        var order = try await gateway.order(id)
        #expect(order.stage == .submitted)
        #expect(order.nextActionAt == gateway.clock.now() + 60)
        #expect(try await gateway.kinds(id).suffix(2) == ["outcomeUnknown", "searched"])
        gateway.clock.advance(59)
        try await gateway.work()
        #expect(gateway.ca.calls == ["enroll", "find"])
        gateway.clock.advance(1)
        try await gateway.work()
        order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(order.attempt == 2)
        #expect(gateway.ca.calls == ["enroll", "find", "find", "enroll"])
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// The order becomes visible at the CA between two searches.
    @Test func anOrderThatShowsUpLateIsAdopted() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.lost)
        gateway.ca.onFind { _, _ in .absent }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .submitted)
        gateway.clock.advance(60)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// The CA answers a search after minutes: what reached it meanwhile is not in the answer.
    @Test func aLongSearchProvesNothing() async throws {
        let gateway = try await TestGateway()
        let clock = gateway.clock
        gateway.ca.onEnroll(Self.lost)
        gateway.ca.onFind { _, _ in
            clock.advance(100)
            return .absent
        }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .submitted)
        #expect(gateway.ca.calls == ["enroll", "find"])
        clock.advance(60)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// A person has had the order placed again: how long the first one was looked for says nothing of the second.
    @Test func aLaterSubmissionIsLookedForAnew() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.neverArrived, Self.lost)
        gateway.ca.onFind({ _, _ in .undecidable("no list today") }, { _, _ in .absent })
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(3600)
        try await gateway.ledger.declareAbsent(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .submitted)
        #expect(gateway.ca.calls == ["enroll", "find", "enroll", "find"])
        gateway.clock.advance(60)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active && order.attempt == 2)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// A call may wait for a rate limit for minutes before it leaves; the time counts from its end.
    @Test func theTimeCountsFromTheEndOfTheCall() async throws {
        let gateway = try await TestGateway()
        let clock = gateway.clock
        gateway.ca.onEnroll { ca, request in
            clock.advance(280)
            ca.take(request)
            throw ConnectorError(.outcomeUnknown, "no answer")
        }
        gateway.ca.onFind { _, _ in .absent }
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .submitted)
        #expect(order.nextActionAt == clock.now() + 60)
        #expect(gateway.ca.calls == ["enroll", "find"])
    }

    /// The process ended while it submitted, long after it had said so; nobody knows when the request left.
    @Test func afterAKillTheTimeCountsFromTheRestart() async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.plan()
        try await gateway.killedWhileSubmitting(id)
        gateway.clock.advance(1000)
        try await gateway.work()
        var order = try await gateway.order(id)
        #expect(order.stage == .submitted)
        #expect(order.nextActionAt == gateway.clock.now() + 60)
        #expect(try await gateway.kinds(id).suffix(2) == ["submitting", "searched"])
        gateway.clock.advance(60)
        try await gateway.work()
        order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    @Test func whatCannotBeToldIsLeftToAPerson() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.lost)
        gateway.ca.onFind { _, _ in .undecidable("three orders carry the same note") }
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        let reason =
            "no answer within 30 s; it cannot be told whether the CA has the order: three orders carry the same note; look for "
        #expect(order.holdReason?.hasPrefix(reason) == true)
        gateway.clock.advance(1_000_000)
        try await gateway.work()
        #expect(gateway.ca.calls == ["enroll", "find"])
        // The person has made them tell apart.
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    @Test func aCAThatCannotBeSearchedIsLeftToAPerson() async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        gateway.ca.onEnroll(Self.neverArrived)
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.holdReason?.contains("main cannot be searched by reference; look for \(order.reference)") == true)
        #expect(gateway.ca.calls == ["enroll"])
        try await gateway.ledger.declareAbsent(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// The person has found the order at the CA: its certificate is fetched, and compared like any other.
    @Test func aPersonCanTellWhereTheOrderIs() async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        gateway.ca.onEnroll(Self.lost, Self.lost)
        let id = try await gateway.plan("ada")
        let other = try await gateway.plan("bob")
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.holdReason?.contains("'certway order retry \(order.reference) --found ID'") == true)
        gateway.ca.onPoll(
            { ca, request in
                // Somebody else's.
                var foreign = request
                foreign.csr = try CertificateRequestBuilder(order: order, terms: OrderTerms(json: order.request))
                    .makeSigningRequest(key: .generate(.p256))
                return try ca.issue(foreign)
            })
        try await gateway.ledger.declareFound(id, caRequestID: "6", by: "test")
        await #expect(throws: LedgerError.self) {
            try await gateway.ledger.declareFound(other, caRequestID: "6", by: "test")
        }
        try await gateway.work()
        #expect(try await gateway.order(id).holdReason?.contains("another certificate than asked for") == true)
        try await gateway.ledger.declareFound(id, caRequestID: "7", by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.calls == ["enroll", "enroll", "poll", "poll"])
        #expect(gateway.ca.orders[order.reference] == 1)
        await #expect(throws: LedgerError.self) {
            try await gateway.ledger.declareFound(id, caRequestID: "7", by: "test")
        }
    }

    /// The administrator said that a second certificate does no harm: once, and after a pause.
    @Test func aCAThatCannotBeSearchedMayBeAskedOnceMore() async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        gateway.ca.repeatLostOrders(after: .seconds(900))
        gateway.ca.onEnroll(Self.lost, Self.lost)
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).holdReason == nil)
        #expect(gateway.ca.calls == ["enroll"])
        gateway.clock.advance(901)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.holdReason?.contains("main cannot be searched by reference; look for \(order.reference)") == true)
        #expect(gateway.ca.calls == ["enroll", "enroll"])
        gateway.clock.advance(1_000_000)
        try await gateway.work()
        #expect(gateway.ca.calls == ["enroll", "enroll"])
    }

    /// The person has found the order at the CA and revoked it there. The wish alone ends nothing: the key of a certificate
    /// that may exist stays, and the person with it.
    @Test(arguments: [[], [.poll], [.findByReference, .cancel]] as [[ConnectorAbility]])
    func onlyWhoHasLookedCanEndWhatCannotBeTold(abilities: [ConnectorAbility]) async throws {
        let gateway = try await TestGateway(abilities: abilities)
        gateway.ca.onEnroll(Self.lost)
        gateway.ca.onFind { _, _ in .undecidable("three orders carry the same note") }
        let id = try await gateway.plan()
        try await gateway.work()
        let held = try await gateway.order(id)
        #expect(held.isHeld && held.stage == .submitted)
        let error = await #expect(throws: LedgerError.self) {
            try await gateway.ledger.requestCancel(id, by: "test")
        }
        #expect("\(try #require(error))".hasSuffix("'certway order cancel \(held.reference) --absent'"))
        try await gateway.work()
        #expect(try await gateway.order(id) == held)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        try await gateway.ledger.cancelAbsent(id, by: "test")
        #expect(try await gateway.order(id).stage == .cancelled)
        #expect(gateway.ca.orders.count == 1 && !gateway.ca.calls.contains("cancel"))
        // The person erred: the CA has it, and the key to it is here.
        guard abilities.contains(.poll) else { return }
        gateway.ca.onPoll { ca, request in try ca.issue(request) }
        try await gateway.ledger.declareFound(id, caRequestID: "7", by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.orders.count == 1)
    }

    /// The wish came before anybody knew that the answer is lost.
    @Test(arguments: [[], [.poll], [.findByReference, .cancel]] as [[ConnectorAbility]])
    func anEarlierWishEndsNothingEither(abilities: [ConnectorAbility]) async throws {
        let gateway = try await TestGateway(abilities: abilities)
        let gate = Gate()
        gateway.ca.onEnroll { ca, request in
            await gate.pass()
            return try await Self.lost(ca, request)
        }
        gateway.ca.onFind { _, _ in .undecidable("no list today") }
        let id = try await gateway.plan()
        async let pass: Void = gateway.work()
        try await gate.arrival()
        try await gateway.ledger.requestCancel(id, by: "test")
        await #expect(throws: LedgerError.self) { try await gateway.ledger.cancelAbsent(id, by: "test") }
        gate.open()
        try await pass
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.isHeld && order.stage == .submitted && !order.cancelRequested)
        #expect(try await gateway.kinds(id).suffix(2) == ["held", "cancelRefused"])
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
    }

    /// It was to be placed again since a second certificate does no harm; the first one may exist all the same.
    @Test func whatIsPlacedAgainUnseenIsInDoubt() async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        gateway.ca.repeatLostOrders(after: .seconds(900))
        gateway.ca.onEnroll(Self.lost, { _, _ in throw ConnectorError(.transient, "the CA says: not now") })
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(901)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .keyed)
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.isHeld && order.stage == .submitted)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        // Once somebody has said that the CA has none, the wish is enough.
        try await gateway.ledger.declareAbsent(id, by: "test")
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .cancelled)
    }

    /// Placed again unseen, and then the person leaves, somebody cancels it, or the CA refuses the second one: none of it tells
    /// what has become of the first, and its end would erase the key. Where the CA can be searched by now, it is; elsewhere a
    /// person looks.
    @Test(
        arguments: ["leaver", "wish", "refusedBefore", "refused", "rejectedLater", "cancelledThere"], [false, true])
    func theFirstOfTwoIsLookedForBeforeTheEnd(_ end: String, canSearch: Bool) async throws {
        let gateway = try await TestGateway(abilities: [.poll, .cancel])
        let searchable = try gateway.claiming([.poll, .cancel, .findByReference])
        let isGone = Noted(false)
        func work() async throws {
            try await gateway.engine { context in
                if canSearch, isGone.value { context = context.with(searchable) }
                let verdict: EligibilityVerdict = isGone.value && end == "leaver" ? .withdraw("has left") : .fits
                context.lookAgain = { _ in verdict }
            }.work(until: nil)
        }
        gateway.ca.repeatLostOrders(after: .seconds(900))
        gateway.ca.onEnroll(
            { ca, request in
                ca.take(request)
                throw ConnectorError(.outcomeUnknown, "no answer")
            }, { _, _ in throw ConnectorError(.transient, "the CA says: not now") })
        let id = try await gateway.plan()
        try await work()
        gateway.clock.advance(901)
        try await work()
        let repeated = try await gateway.order(id)
        #expect(repeated.stage == .keyed && gateway.ca.orders == [repeated.reference: 1])
        isGone.change { $0 = true }
        let second = CAOrder(caRequestID: "second")
        switch end {
        case "wish": try await gateway.ledger.requestCancel(id, by: "test")
        case "refusedBefore": gateway.ca.beforeGate { _ in throw ConnectorError(.refused, "no such product") }
        case "refused": gateway.ca.onEnroll { _, _ in throw ConnectorError(.refused, "409 duplicate") }
        case "rejectedLater", "cancelledThere":
            gateway.ca.onEnroll { _, _ in
                .pending(PendingOrder(order: second, waitingFor: .approver, retryAfter: .seconds(60)))
            }
            let rejected: ScriptedConnector.Enrolling = { _, _ in
                .rejected(OrderRejection(order: second, reason: "a duplicate"))
            }
            gateway.ca.onPoll(rejected, rejected)
        default: break
        }
        for round in 0..<3 {
            gateway.clock.advance(1000)
            try await work()
            if round == 0, end == "cancelledThere" { try await gateway.ledger.requestCancel(id, by: "test") }
        }
        let order = try await gateway.order(id)
        let isFound = canSearch && ["leaver", "wish", "refusedBefore", "refused"].contains(end)
        if isFound {
            #expect(order.certificateID != nil && gateway.ca.calls.contains("find"), "\(order)")
            #expect(try await gateway.ledger.archivedKey(orderID: id) != nil)
        } else {
            #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil, "the key is erased: \(order)")
            #expect(order.stage.isOpen && order.isHeld, "\(order)")
            #expect(order.holdReason?.contains("look for \(order.reference) at the CA") == true, "\(order)")
        }
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// An order that is to be cancelled is looked for first, and cancelled where it is.
    @Test func anOrderInDoubtIsFoundBeforeItIsCancelled() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.lost)
        gateway.ca.onFind(
            { _, _ in throw ConnectorError(.transient, "503") },
            { _, _ in .found(.pending(PendingOrder(order: CAOrder(caRequestID: "9"), waitingFor: .approver))) })
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .cancelled)
        #expect(gateway.ca.calls == ["enroll", "find", "find", "cancel", "poll", "poll"])
    }

    /// Any other error of a connector says nothing about the order either.
    @Test func anUnexpectedErrorIsAnUnknownOutcome() async throws {
        struct Surprise: Error {}
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            throw Surprise()
        }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .submitted)
        gateway.clock.advance(100)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }
}

extension TestGateway {
    /// Backend CA `main` with a profile that claims these abilities.
    fileprivate func claiming(_ abilities: [ConnectorAbility]) throws -> BackendCARegistry {
        guard case .ready(let main)? = backends["main"] else { throw EnrollmentError("there is no main") }
        let profile = try ConnectorProfile.read(
            """
            connector: scripted
            title: Scripted
            module: scripted
            abilities: [\(abilities.map(\.rawValue).joined(separator: ", "))]
            """, file: "scripted.yaml")
        return BackendCARegistry([
            "main": .ready(
                BackendCA(
                    name: "main", profile: profile, connector: main.connector, acceptedRoots: main.acceptedRoots,
                    connection: main.connection))
        ])
    }
}
