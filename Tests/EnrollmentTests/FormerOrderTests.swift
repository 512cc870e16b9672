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

/// Whatever a CA has said of an order that had left: its key is kept, and before another order for the same person leaves, the CA is
/// asked once more. What it has is not bought again.
@Suite(.timeLimit(.minutes(5))) struct FormerOrderTests {
    /// How the CA, or somebody on the way, ends an order falsely.
    enum Ending: CaseIterable { case refused, polledTwice, foundRejected }

    /// An order that was taken and has ended by false words, and another one for the same person.
    private func gateway(
        _ ending: Ending, names: String? = nil, backendCA: String = "main",
        abilities: [ConnectorAbility] = [.poll, .findByReference, .cancel],
        work: (TestGateway) async throws -> Void = { try await $0.work() }
    ) async throws -> (TestGateway, former: Order, next: Int64) {
        let gateway = try await TestGateway(abilities: abilities)
        let rejection = EnrollmentOutcome.rejected(OrderRejection(reason: "no such person"))
        switch ending {
        case .refused:
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                throw ConnectorError(.refused, "no such person")
            }
            gateway.ca.onFind { _, _ in .absent }
        case .polledTwice:
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                return .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
            }
            gateway.ca.onPoll({ _, _ in rejection }, { _, _ in rejection })
        case .foundRejected:
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                throw ConnectorError(.outcomeUnknown, "no answer")
            }
            gateway.ca.onFind({ _, _ in .found(rejection) }, { _, _ in .found(rejection) })
        }
        let id = try await gateway.plan()
        for _ in 0..<3 {
            try await work(gateway)
            gateway.clock.advance(100_000)
        }
        let former = try await gateway.order(id)
        #expect(former.stage == .rejected && former.attempt == 1)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil, "the key of a certificate that may come")
        gateway.ca.forgetEnds()
        return (gateway, former, try await gateway.plan(backendCA: backendCA, names: names))
    }

    @Test(arguments: Ending.allCases) func whatTheCAHasIsNotBoughtAgain(_ ending: Ending) async throws {
        let (gateway, former, next) = try await gateway(ending)
        for _ in 0..<2 {
            try await gateway.work()
            gateway.clock.advance(1000)
        }
        let (old, new) = (try await gateway.order(former.id), try await gateway.order(next))
        #expect(old.stage == .active && old.certificateID != nil, "\(old)")
        #expect(new.stage == .cancelled && new.attempt == 0, "\(new)")
        #expect(new.detail?.contains(former.reference) == true)
        #expect(gateway.ca.orders == [former.reference: 1])
        #expect(try await gateway.kinds(former.id).contains("revived"))
        #expect(try await gateway.ledger.archivedKey(orderID: former.id) != nil)
    }

    /// It waits there still: then it waits here again.
    @Test func whatStillWaitsThereGoesOnHere() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice)
        for _ in 0..<2 {
            gateway.ca.onPoll { _, _ in
                .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
            }
        }
        try await gateway.work()
        #expect(try await gateway.order(former.id).stage == .pending)
        #expect(try await gateway.order(next).stage == .cancelled)
        gateway.clock.advance(100_000)
        try await gateway.work()
        #expect(try await gateway.order(former.id).stage == .active)
        #expect(gateway.ca.orders == [former.reference: 1])
    }

    /// It has ended there, or was never there: the next one leaves, after one look.
    @Test func whatHasEndedStandsInNobodysWay() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice)
        gateway.ca.onPoll { _, _ in .rejected(OrderRejection(reason: "no such person")) }
        try await gateway.work()
        #expect(try await gateway.order(former.id).stage == .rejected)
        #expect(try await gateway.order(next).stage == .active)
        #expect(gateway.ca.orders.count == 2)
    }

    /// No answer is none: the next one waits, as one in doubt does.
    @Test func withoutAnAnswerNothingLeaves() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice)
        for _ in 0..<3 { gateway.ca.onPoll { _, _ in throw ConnectorError(.transient, "503") } }
        for _ in 0..<3 {
            try await gateway.work()
            let order = try await gateway.order(next)
            #expect(order.stage == .keyed && order.attempt == 0 && order.errorKind == "transient")
            gateway.clock.advance(1000)
        }
        try await gateway.work()
        #expect(try await gateway.order(former.id).stage == .active && gateway.ca.orders == [former.reference: 1])
    }

    /// A certificate for other names is not what is wanted now: a person decides, once.
    @Test func oneForOtherNamesWaitsForAPerson() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice, names: "ada.new")
        try await gateway.work()
        let held = try await gateway.order(next)
        #expect(held.isHeld && held.attempt == 0 && held.holdReason?.contains(former.reference) == true, "\(held)")
        #expect(try await gateway.order(former.id).stage == .rejected)
        try await gateway.ledger.retry(next, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(next).stage == .active)
    }

    @Test func whatCannotBeToldWaitsForAPerson() async throws {
        let (gateway, former, next) = try await gateway(.refused)
        gateway.ca.onFind({ _, _ in .undecidable("two of them") }, { _, _ in .undecidable("two of them") })
        try await gateway.work()
        let held = try await gateway.order(next)
        #expect(held.isHeld && held.attempt == 0 && held.holdReason?.contains("two of them") == true, "\(held)")
        try await gateway.ledger.retry(next, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(next).stage == .active)
        #expect(try await gateway.order(former.id).stage == .rejected)
    }

    /// An answer that no rule of the profile is for is asked for again until the profile is mended: nobody has to retry anything.
    @Test func whatNobodyCouldReadIsAskedForAgain() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice, backendCA: "other")
        let unread = ConnectorError(.configuration, "no outcome of operations.poll covers it", ifAbsent: .transient)
        for _ in 0..<2 {
            gateway.ca.onPoll { _, _ in throw unread }
            gateway.ca.onFind { _, _ in throw unread }
        }
        try await gateway.work()
        let waiting = try await gateway.order(next)
        #expect(!waiting.isHeld && waiting.attempt == 0, "\(waiting)")
        #expect(waiting.detail?.contains(former.reference) == true, "\(waiting.detail ?? "")")
    }

    /// A lasting error of the CA that a former order is at is left to a person, and is none of the CA that the new one is for.
    @Test(arguments: [ConnectorError.Kind.refused, .authentication, .configuration])
    func whereAFormerCACannotBeAskedAPersonDecides(_ kind: ConnectorError.Kind) async throws {
        let (gateway, former, next) = try await gateway(.polledTwice, backendCA: "other")
        for _ in 0..<2 {
            gateway.ca.onPoll { _, _ in throw ConnectorError(kind, "the account is closed") }
            gateway.ca.onFind { _, _ in throw ConnectorError(kind, "the account is closed") }
        }
        try await gateway.work()
        let held = try await gateway.order(next)
        #expect(held.isHeld && held.attempt == 0, "\(held)")
        for part in ["backend CA main", "the account is closed", former.reference] {
            #expect(held.holdReason?.contains(part) == true, "\(held.holdReason ?? "")")
        }
        #expect(gateway.backends.alarm(on: "other") == nil)
        try await gateway.ledger.retry(next, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(next).stage == .active)
        #expect(try await gateway.order(former.id).stage == .rejected && gateway.otherCA.orders.count == 1)
    }

    /// What passes there makes the new order wait, says where, and stops nobody else's.
    @Test(arguments: [ConnectorError.Kind.transient, .throttled])
    func whatPassesAtAFormerCAPausesNoOther(_ kind: ConnectorError.Kind) async throws {
        let (gateway, former, next) = try await gateway(.polledTwice, backendCA: "other")
        gateway.ca.onPoll { _, _ in throw ConnectorError(kind, "not now", retryAfter: .seconds(600)) }
        let stranger = try await gateway.plan("bob", backendCA: "other")
        try await gateway.work()
        let waiting = try await gateway.order(next)
        #expect(waiting.stage == .keyed && waiting.attempt == 0 && !waiting.isHeld, "\(waiting)")
        #expect(waiting.errorKind == kind.rawValue && waiting.detail?.contains("backend CA main") == true)
        #expect(waiting.detail?.contains(former.reference) == true)
        #expect(waiting.detail?.contains("'certway apply -f FILE --prune'") == true, "how to go on without that CA")
        #expect(waiting.nextActionAt.map { $0 >= gateway.clock.now() + 599 } == true)
        #expect(gateway.backends.alarm(on: "other") == nil)
        #expect(try await gateway.order(stranger).stage == .active)
    }

    /// How another account may answer about an order, in which only a certificate by our key proves something.
    enum OtherAnswer: CaseIterable { case ended, waiting, unknown, notOurs }

    @Test(arguments: OtherAnswer.allCases, [["key": "2"], ["key": "1", "login": "ra-two"]])
    func anotherAccountProvesNothing(_ answer: OtherAnswer, signIn: [String: String]) async throws {
        let (first, former) = (["key": "1"], ["login": "ra-one"])
        let (gateway, old, next) = try await gateway(.polledTwice) { try await $0.work(with: first, names: former) }
        let names = signIn["login"].map { ["login": $0] } ?? former
        let secrets = signIn.filter { $0.key == "key" }
        let stranger = try PrivateKey.generate(.p256).publicKey
        let outcome: @Sendable (ScriptedConnector, CertificateRequest) throws -> EnrollmentOutcome = { ca, request in
            switch answer {
            case .ended: return .rejected(OrderRejection(reason: "no such person"))
            case .waiting: return .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
            case .unknown: throw ConnectorError(.refused, "there is no order 7")
            case .notOurs: return try ca.issue(request) { $0.publicKey = stranger }
            }
        }
        for _ in 0..<2 {
            gateway.ca.onPoll { try outcome($0, $1) }
            gateway.ca.onFind { answer == .unknown ? .absent : .found(try outcome($0, $1)) }
        }
        let polls = gateway.ca.calls.count { $0 == "poll" }
        try await gateway.work(with: secrets, names: names)
        let held = try await gateway.order(next)
        #expect(held.isHeld && held.attempt == 0 && held.holdReason?.contains(old.reference) == true, "\(held)")
        #expect(held.holdReason?.contains("another account") == true)
        #expect(try await gateway.order(old.id).stage == .rejected)
        if signIn["login"] != nil {
            #expect(
                gateway.ca.calls.count { $0 == "poll" } == polls, "it was asked about 7, which may be somebody else's")
        }
        // A person's word that this one may leave.
        try await gateway.ledger.retry(next, by: "test")
        try await gateway.work(with: secrets, names: names)
        #expect(try await gateway.order(next).stage == .active)
    }

    /// A renewed key is common: what our key proves counts.
    @Test func aCertificateProvesItselfInAnyAccount() async throws {
        let names = ["login": "ra-one"]
        let (gateway, old, next) = try await gateway(.polledTwice) {
            try await $0.work(with: ["key": "1"], names: names)
        }
        for _ in 0..<2 { try await gateway.work(with: ["key": "2"], names: names) }
        #expect(try await gateway.order(old.id).stage == .active)
        #expect(try await gateway.order(next).stage == .cancelled)
        #expect(gateway.ca.orders == [old.reference: 1])
    }

    /// A secret's file that is away is not the end of an order.
    @Test func aCAThatCannotBeUsedIsWaitedFor() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice, backendCA: "other")
        guard case .ready(let other)? = gateway.backends["other"] else { throw EnrollmentError("there is no other") }
        func work(_ main: BackendCARegistry.Entry?) async throws {
            var entries = ["other": BackendCARegistry.Entry.ready(other)]
            entries["main"] = main
            let registry = BackendCARegistry(entries)
            try await gateway.engine { $0 = $0.with(registry) }.work(until: nil)
            gateway.clock.advance(1000)
        }
        try await work(.unusable("its secret is missing"))
        let waiting = try await gateway.order(next)
        #expect(waiting.stage == .keyed && waiting.attempt == 0 && !waiting.isHeld, "\(waiting)")
        for part in ["backend CA main", "its secret is missing", former.reference] {
            #expect(waiting.detail?.contains(part) == true, "\(waiting.detail ?? "")")
        }
        // Taken out of the configuration: nobody can be asked any more.
        try await work(nil)
        #expect(try await gateway.order(next).stage == .active)
    }

    /// A person has looked and said that nothing will come of it: it is not asked about any more.
    @Test func aPersonsWordEndsIt() async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.ledger.cancelAbsent(id, by: "test")
        let next = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(next).stage == .active)
        #expect(gateway.ca.calls == ["enroll", "enroll"])
    }

    /// A key is kept for a while after the end, and no longer; that of an order which never left is not kept at all.
    @Test func keysAreErasedAfterTheirTime() async throws {
        let (gateway, former, next) = try await gateway(.refused)
        try await gateway.ledger.requestCancel(next, by: "test")
        let end = try await gateway.order(former.id).updatedAt
        #expect(try await gateway.ledger.eraseKeptKeys(endedBefore: end) == 0)
        #expect(try await gateway.ledger.key(orderID: former.id)?.sealed != nil)
        #expect(try await gateway.ledger.eraseKeptKeys(endedBefore: end + 1) == 1)
        #expect(try await gateway.ledger.key(orderID: former.id)?.sealed == nil)
        #expect(try await gateway.kinds(former.id).last == "keyErased")
        #expect(try await gateway.ledger.eraseKeptKeys(endedBefore: end + 1) == 0)
        #expect(try await gateway.ledger.formerOrders(of: gateway.order(next), limit: 5).isEmpty)
    }

    /// Nor by a clock that is ahead for a while: what is erased cannot be taken back, and without its key nobody looks at a former order.
    @Test(arguments: [1, 3]) func aClockThatJumpsMakesNothingOld(passesAhead: Int) async throws {
        let (gateway, former, _) = try await gateway(.refused)
        func pass(_ days: Double) async throws {
            gateway.clock.advance(days * 86_400)
            try await gateway.ledger.eraseKeptKeys()
        }
        for _ in 0..<10 { try await pass(1) }
        try await pass(200)
        for _ in 1..<passesAhead { try await pass(1) }
        #expect(try await gateway.ledger.key(orderID: former.id)?.sealed != nil)
        try await pass(-200)
        for _ in 0..<70 { try await pass(1) }
        #expect(try await gateway.ledger.key(orderID: former.id)?.sealed != nil)
        // Days off, and days of which every hour counts once.
        for _ in 0..<6 { try await pass(4) }
        for _ in 0..<48 { try await pass(1.0 / 24) }
        #expect(try await gateway.ledger.key(orderID: former.id)?.sealed == nil)
    }
}
