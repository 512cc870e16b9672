// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store
import TestSupport
import Testing

/// What is asked to be done to certificates, and how far it is.
@Suite struct CertificateActionTests {
    private struct Scene {
        let temporary: TemporaryLedger
        let order: Order
        var ledger: OrderLedger { temporary.ledger }
        var certificateID: Int64 { order.certificateID ?? 0 }

        init(_ stage: OrderStage = .active) async throws {
            temporary = try await TemporaryLedger()
            order = try await temporary.certified(1, stage)
        }

        func revocation(_ notBefore: Date? = nil) -> NewCertificateAction {
            .revoke(
                certificateID: certificateID, reason: .keyCompromise, cause: "the laptop was stolen", actor: "admin",
                notBefore: notBefore)
        }

        func claim(
            _ lane: CertificateActionLane = .backendCA("digicert"), owner: String = "node-1"
        ) async throws -> CertificateActionClaim? {
            try await ledger.claimActions(lane, limit: 8, owner: owner, leaseFor: .seconds(60)).first
        }

        func kinds() async throws -> [String] { try await ledger.events(order.id).map(\.kind) }
    }

    @Test func aWishIsOnRecordOnce() async throws {
        let scene = try await Scene()
        let asked = try await scene.ledger.ask(scene.revocation())
        #expect(asked.state == .asked && asked.orderID == scene.order.id && asked.backendCA == "digicert")
        #expect(asked.reason == .keyCompromise && asked.actor == "admin" && asked.cause == "the laptop was stolen")
        #expect(try await scene.ledger.ask(scene.revocation()) == asked)
        let both = try await scene.ledger.ask([
            scene.revocation(),
            .withdraw(certificateID: scene.certificateID, cause: "so", actor: "admin"),
            .withdraw(certificateID: scene.certificateID, cause: "again", actor: "planner"),
        ])
        #expect(both.count == 3 && both[0] == asked && both[1] == both[2] && both[1].cause == "so")
        #expect(try await scene.kinds().suffix(2) == ["revocationAsked", "withdrawalAsked"])
        let event = try #require(try await scene.ledger.events(scene.order.id).dropLast().last)
        #expect(event.message.contains("keyCompromise") && event.message.contains("the laptop was stolen"))
        #expect(event.data["action"] == .number(Double(asked.id)))
        #expect(try await scene.ledger.action(asked.id) == asked)
        #expect(
            try await scene.ledger.standingActions(certificateIDs: [4711, scene.certificateID]) == [
                scene.certificateID: [asked, both[1]]
            ])
        try await scene.temporary.database.judge()
    }

    @Test func aBatchWithAnUnknownCertificateAsksForNothing() async throws {
        let scene = try await Scene()
        await #expect(throws: LedgerError.self) {
            try await scene.ledger.ask([
                scene.revocation(), .withdraw(certificateID: 4711, cause: "so", actor: "admin"),
            ])
        }
        #expect(try await scene.ledger.actions(CertificateActionFilter()).isEmpty)
    }

    /// As the planner does it: with what else it decides, in its own transaction.
    @Test func itGoesWithTheTransactionOfTheCaller() async throws {
        struct Undone: Error {}
        let scene = try await Scene()
        let ledger = scene.ledger
        let wish = scene.revocation()
        await #expect(throws: Undone.self) {
            try await ledger.database.write { connection in
                _ = try ledger.ask([wish], on: connection)
                throw Undone()
            }
        }
        #expect(try await ledger.actions(CertificateActionFilter()).isEmpty)
        let made = try await ledger.database.write { try ledger.ask([wish], on: $0) }
        #expect(try await ledger.actions(.revoke, ofOrders: [scene.order.id]) == [scene.certificateID: made[0]])
        #expect(try await ledger.actions(.withdraw, ofOrders: [scene.order.id]).isEmpty)
    }

    @Test func manyAreAskedForAtOnce() async throws {
        let temporary = try await TemporaryLedger()
        var wishes: [NewCertificateAction] = []
        for number in 1...40 {
            let order = try await temporary.certified(number, .active)
            wishes.append(
                .revoke(
                    certificateID: order.certificateID ?? 0, reason: .superseded, cause: "so", actor: "planner"))
        }
        let made = try await temporary.ledger.ask(wishes)
        #expect(Set(made.map(\.id)).count == 40 && made.map(\.certificateID) == wishes.map(\.certificateID))
        #expect(try await temporary.ledger.ask(wishes) == made)
        var page = try await temporary.ledger.actions(CertificateActionFilter(kinds: [.revoke]), ListRequest(limit: 15))
        var seen = page.items
        while let next = page.next {
            page = try await temporary.ledger.actions(
                CertificateActionFilter(kinds: [.revoke]), ListRequest(after: next, limit: 15))
            seen += page.items
        }
        #expect(seen.map(\.id) == made.map(\.id).reversed() && page.matches == ListMatches(40))
        #expect(try await temporary.ledger.actionCounts().map(\.count) == [40])
    }

    @Test func nothingLeavesBeforeItsTimeAndUntilThenItCanBeTakenBack() async throws {
        let scene = try await Scene()
        let due = scene.temporary.clock.now() + 3600
        let asked = try await scene.ledger.ask(scene.revocation(due))
        #expect(try await scene.claim() == nil)
        #expect(try await scene.ledger.nextActionDue(.backendCA("digicert"), after: scene.temporary.clock.now()) == due)
        #expect(try await scene.ledger.undo(asked.id, by: "admin").state == .undone)
        scene.temporary.clock.advance(7200)
        #expect(try await scene.claim() == nil)
        await #expect(throws: LedgerError.self) { try await scene.ledger.undo(asked.id, by: "admin") }
        // What was taken back can be asked for again.
        let again = try await scene.ledger.ask(scene.revocation())
        #expect(again.id != asked.id && again.state == .asked)
        #expect(try await scene.claim(.intune) == nil)
        let claim = try #require(try await scene.claim())
        #expect(claim.action.id == again.id)
        #expect(try await scene.claim(owner: "node-2") == nil)
    }

    /// In an emergency the second wish counts: superseded tomorrow, compromised now.
    @Test func theSoonerTimeAndTheGraverReasonCount() async throws {
        let scene = try await Scene()
        let start = scene.temporary.clock.now()
        func ask(
            _ reason: RevocationReason, _ cause: String, by actor: String = "admin", _ notBefore: Date? = nil
        ) async throws -> CertificateAction {
            try await scene.ledger.ask(
                .revoke(
                    certificateID: scene.certificateID, reason: reason, cause: cause, actor: actor, notBefore: notBefore
                ))
        }
        let first = try await ask(.superseded, "a new profile", start + 7200)
        // Nobody takes back haste or gravity by asking for less.
        #expect(try await ask(.certificateHold, "perhaps", start + 9000) == first)
        let sooner = try await ask(.affiliationChanged, "left the group", by: OrderLedger.planner, start + 3600)
        #expect(sooner.id == first.id && sooner.notBefore == start + 3600)
        #expect(sooner.reason == .superseded && sooner.actor == "admin" && sooner.cause == "a new profile")
        let stolen = try await ask(.keyCompromise, "stolen", by: "eve")
        #expect(stolen.id == first.id && stolen.notBefore == nil && stolen.reason == .keyCompromise)
        #expect(stolen.cause == "stolen" && stolen.actor == "eve")
        #expect(try await scene.ledger.action(first.id) == stolen)
        #expect(try await scene.kinds().suffix(2) == ["revocationChanged", "revocationChanged"])
        // What has left is what it is.
        let claim = try #require(try await scene.claim())
        #expect(claim.action.reason == .keyCompromise)
        let doing = try await scene.ledger.record(claim, CertificateActionChange("revoking", "leaves").attempt())
        #expect(try await ask(.cACompromise, "worse") == doing)
    }

    /// Whoever has it in hand and has sent nothing loses it.
    @Test func takingBackWinsAgainstAWorkerThatHasSentNothing() async throws {
        let scene = try await Scene()
        let asked = try await scene.ledger.ask(scene.revocation())
        let claim = try #require(try await scene.claim())
        try await scene.ledger.undo(asked.id, by: "admin")
        await #expect(throws: LedgerError.self) {
            try await scene.ledger.record(claim, CertificateActionChange("revoking", "leaves").attempt())
        }
        #expect(try await scene.ledger.action(asked.id)?.attempts == 0)
    }

    @Test(arguments: [OrderStage.issued, .delivered, .active])
    func whatTheCAHasTakenEndsTheOrder(_ stage: OrderStage) async throws {
        let scene = try await Scene(stage)
        let asked = try await scene.ledger.ask(scene.revocation())
        let claim = try #require(try await scene.claim())
        let doing = try await scene.ledger.record(
            claim, CertificateActionChange("revoking", "leaves").attempt(), from: .asked)
        #expect(doing.state == .doing && doing.attempts == 1 && doing.leaseOwner == "node-1")
        await #expect(throws: LedgerError.self) { try await scene.ledger.undo(asked.id, by: "admin") }
        let now = scene.temporary.clock.now()
        let done = try await scene.ledger.record(
            claim,
            CertificateActionChange("revoked", "revoked at the CA").taken(at: now).nextAction(at: now + 60)
                .releaseLease())
        #expect(done.state == .done && done.takenAt == now && done.seenAt == nil && done.leaseOwner == nil)
        #expect(try await scene.ledger.order(scene.order.id)?.stage == .revoked)
        #expect(try await scene.ledger.certificate(scene.certificateID)?.status == .revoked)
        #expect(try await scene.ledger.ask(scene.revocation()) == done)
        #expect(try await scene.kinds().suffix(3) == ["revocationAsked", "revoking", "revoked"])
        // The third lamp.
        #expect(try await scene.claim() == nil)
        scene.temporary.clock.advance(61)
        let look = try #require(try await scene.claim())
        let seen = try await scene.ledger.record(
            look, CertificateActionChange("revocationSeen", "seen").look().seen(at: now + 61, in: "http://crl"))
        #expect(seen.seenIn == "http://crl" && seen.looks == 1 && seen.leaseOwner == nil)
        scene.temporary.clock.advance(1_000_000)
        #expect(try await scene.claim() == nil)
        #expect(try await scene.ledger.actions(CertificateActionFilter(seen: true)).map(\.id) == [asked.id])
        try await scene.temporary.database.judge()
    }

    /// The CA has done it before it was asked, or a person there.
    @Test func whatIsRevokedByOthersIsDone() async throws {
        let scene = try await Scene()
        let asked = try await scene.ledger.ask(scene.revocation())
        let claim = try #require(try await scene.claim())
        try await scene.ledger.noteRevocations(
            [RevokedCertificate(serialNumber: "0A1", issuer: "CN=Issuing CA", reason: "keyCompromise", at: .now)],
            backendCA: "digicert")
        let done = try #require(try await scene.ledger.action(asked.id))
        #expect(done.state == .done && done.takenAt != nil)
        await #expect(throws: LedgerError.self) {
            try await scene.ledger.record(claim, CertificateActionChange("revoking", "leaves").attempt())
        }
        // One that was revoked before anybody asked has nothing left to ask for.
        let other = try await scene.temporary.certified(2, .active)
        try await scene.ledger.noteRevocations(
            [RevokedCertificate(serialNumber: "0A2", issuer: "CN=Issuing CA", reason: "superseded", at: .now)],
            backendCA: "digicert")
        let late = try await scene.ledger.ask(
            .revoke(certificateID: other.certificateID ?? 0, reason: .superseded, cause: "so", actor: "planner"))
        #expect(late.state == .done && late.attempts == 0)
    }

    @Test func aFailureIsTriedAgainAndARefusalCanBeAskedForAnew() async throws {
        let scene = try await Scene()
        let asked = try await scene.ledger.ask(scene.revocation())
        let claim = try #require(try await scene.claim())
        let later = scene.temporary.clock.now() + 30
        var action = try await scene.ledger.record(
            claim,
            CertificateActionChange("revocationPostponed", "the CA is away").failure("transient", nextAction: later)
                .releaseLease())
        #expect(action.failures == 1 && action.errorKind == "transient" && action.nextActionAt == later)
        #expect(try await scene.claim() == nil)
        action = try await scene.ledger.retry(action: asked.id, by: "admin")
        #expect(action.failures == 0)
        let again = try #require(try await scene.claim())
        action = try await scene.ledger.record(
            again, CertificateActionChange("revocationFailed", "the CA refuses").state(.failed))
        #expect(action.state == .failed && action.leaseOwner == nil)
        let anew = try await scene.ledger.ask(scene.revocation())
        #expect(anew.id != asked.id && anew.state == .asked)
        #expect(try await scene.ledger.order(scene.order.id)?.stage == .active)
    }

    /// A worker that died gives its actions back by its successor, or when its lease has run out.
    @Test func aLeaseIsGivenBackOrRunsOut() async throws {
        let scene = try await Scene()
        _ = try await scene.ledger.ask(scene.revocation())
        _ = try #require(try await scene.claim())
        try await scene.ledger.releaseLeases(of: "node-1")
        let second = try #require(try await scene.claim(owner: "node-2"))
        scene.temporary.clock.advance(61)
        let third = try #require(try await scene.claim(owner: "node-3"))
        #expect(third.fence > second.fence)
        await #expect(throws: LedgerError.self) { try await scene.ledger.renewLease(second, for: .seconds(60)) }
        try await scene.ledger.release(second)
        #expect(try await scene.ledger.renewLease(third, for: .seconds(90)).action.leaseOwner == "node-3")
        try await scene.ledger.release(third)
        #expect(try await scene.claim(owner: "node-4") != nil)
    }
}
