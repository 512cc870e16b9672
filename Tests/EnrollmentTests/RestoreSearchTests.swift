// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// The database may be an older copy: what it has forgotten is looked for before anything leaves.
@Suite(.timeLimit(.minutes(2))) struct RestoreSearchTests {
    private static func unsent() -> ScriptedConnector.Enrolling {
        { _, _ in throw ConnectorError(.transient, "Connection refused", hasSurelyNotLeft: true) }
    }

    /// As if the copy had been put back now, and all that had left before shows at the CA.
    ///
    /// - Parameter targets: where requests went since; to the order's own CA alone when left out.
    private func doubt(_ gateway: TestGateway, _ targets: SubmissionTargets? = nil) async throws -> RestoreDoubt {
        gateway.clock.advance(300)
        let own = try Self.target("main", gateway)
        try await RestoreDoubt.note(
            "an older copy", targets: targets ?? SubmissionTargets([own], isWhole: true), at: gateway.clock.now(),
            gateway.ledger)
        let doubt = try #require(try await RestoreDoubt.current(gateway.ledger))
        gateway.clock.advance(300)
        return doubt
    }

    private static func target(_ name: String, _ gateway: TestGateway) throws -> SubmissionTarget {
        guard case .ready(let backend)? = gateway.context().backends[name] else { throw POSIXError(.ENOENT) }
        return SubmissionTarget(backendCA: name, connection: backend.connection)
    }

    /// Where what was ordered since may be, and nobody can ask, nothing leaves for any CA; a person's consent ends that.
    @Test(arguments: ["asked", "cannotBeAsked", "pointsElsewhere", "notKnown"])
    func whatWasOrderedElsewhereIsNotBoughtHere(_ kind: String) async throws {
        let gateway = try await TestGateway()
        gateway.ca.findsByReferenceAlone = true
        gateway.otherCA.findsByReferenceAlone = kind == "asked"
        var other = try Self.target("other", gateway)
        if kind == "pointsElsewhere" { other = SubmissionTarget(backendCA: "other", connection: "another account") }
        let doubt = try await doubt(
            gateway, kind == "notKnown" ? SubmissionTargets() : SubmissionTargets([other], isWhole: true))
        let id = try await gateway.plan()
        try await work(gateway, doubt)
        let context = gateway.context()
        guard case .ready(let backend)? = context.backends["main"] else { throw POSIXError(.ENOENT) }
        let stop = doubt.stop(at: backend, among: context.backends)
        #expect((stop == nil) == (kind == "asked"), "\(stop ?? "")")
        #expect((try await gateway.order(id).stage == .active) == (kind == "asked"))
        #expect(gateway.ca.calls.contains("enroll") == (kind == "asked"))
        let words = [
            "pointsElsewhere": "is not configured as it was then", "cannotBeAsked": "cannot be asked",
            "notKnown": "cannot be used",
        ]
        #expect(stop?.contains(words[kind] ?? "") ?? (kind == "asked"), "\(stop ?? "")")
    }

    private func work(_ gateway: TestGateway, _ doubt: RestoreDoubt) async throws {
        for _ in 0..<3 {
            try await gateway.engine { $0.restoreDoubt = doubt }.work(until: nil)
            gateway.clock.advance(300)
        }
    }

    /// It left after the copy with the key and the reference that the copy has, for whatever attempt.
    @Test(arguments: [false, true])
    func whatLeftWithTheKeyOfTheCopyGoesOn(isPending: Bool) async throws {
        let gateway = try await TestGateway()
        gateway.ca.findsByReferenceAlone = true
        gateway.ca.onEnroll(Self.unsent())
        let id = try await gateway.plan()
        try await gateway.work()
        let copy = try await gateway.order(id)
        #expect(copy.stage == .keyed && copy.attempt == 1)
        let doubt = try await doubt(gateway)
        gateway.ca.take(try await gateway.context().request(for: copy))
        if isPending {
            let pending = PendingOrder(
                order: CAOrder(caRequestID: "4711"), waitingFor: .approver, retryAfter: .seconds(60))
            gateway.ca.onFind({ _, _ in .found(.pending(pending)) }, { _, _ in .found(.pending(pending)) })
        }
        try await work(gateway, doubt)
        let order = try await gateway.order(id)
        #expect(order.stage == .active && !order.isHeld, "\(order.stage) \(order.holdReason ?? "")")
        #expect(gateway.ca.orders == [order.reference: 1])
        #expect(gateway.ca.calls.filter { $0 == "enroll" } == ["enroll"])
    }

    /// What the copy says of earlier attempts and doubts tells nothing of what came after it.
    @Test func eachDoubtHasALookOfItsOwn() async throws {
        let gateway = try await TestGateway()
        gateway.ca.findsByReferenceAlone = true
        gateway.ca.onEnroll(Self.unsent())
        let id = try await gateway.plan()
        try await work(gateway, try await doubt(gateway))
        let first = try await gateway.order(id)
        #expect(try await gateway.kinds(id).filter { $0 == "lookedFor" }.count == 1)
        #expect(first.stage == .active && first.attempt == 2)

        gateway.ca.onEnroll(Self.unsent())
        let other = try await gateway.plan("bob")
        try await gateway.work()
        for doubts in 1...2 {
            // The key is the copy's, the certificate is of another one: its key is lost.
            let doubt = try await doubt(gateway)
            if doubts == 2 {
                gateway.ca.onFind { ca, request in
                    var another = request
                    another.csr = try await gateway.context().request(for: gateway.order(id)).csr
                    return .found(try ca.issue(another))
                }
            } else {
                gateway.ca.onEnroll(Self.unsent())
            }
            try await gateway.engine { $0.restoreDoubt = doubt }.work(until: nil)
        }
        let held = try await gateway.order(other)
        #expect(held.isHeld && held.holdReason?.contains("private key") == true, "\(held.stage)")
        #expect(gateway.ca.orders[held.reference] == nil)
    }

    /// Time ends neither the looking nor what only a person can decide.
    @Test(arguments: [true, false])
    func timeAloneLetsNothingLeaveThatCannotBeAsked(canBeAsked: Bool) async throws {
        let gateway = try await TestGateway()
        gateway.ca.findsByReferenceAlone = canBeAsked
        let doubt = try await doubt(gateway)
        gateway.clock.advance(31 * 86_400)
        let id = try await gateway.plan()
        #expect(try await RestoreDoubt.current(gateway.ledger) == doubt)
        try await work(gateway, doubt)
        #expect((try await gateway.order(id).stage == .active) == canBeAsked)
        #expect(gateway.ca.calls == (canBeAsked ? Array(repeating: "find", count: 7) + ["enroll"] : []))
        try await RestoreDoubt.end(gateway.ledger)
        #expect(try await RestoreDoubt.current(gateway.ledger) == nil)
        gateway.clock.advance(86_400)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
    }

    /// What was withdrawn before anybody had looked for it may be the very order that was forgotten.
    @Test func whatWasWithdrawnUnseenIsLookedForToo() async throws {
        let gateway = try await TestGateway()
        gateway.ca.findsByReferenceAlone = true
        let doubt = try await doubt(gateway)
        let first = try await gateway.order(try await gateway.plan())
        gateway.ca.take(first.reference)
        try await gateway.ledger.requestCancel(first.id, by: "test")
        try await work(gateway, doubt)
        #expect(try await gateway.order(first.id).stage == .cancelled)
        let next = try await gateway.plan()
        gateway.ca.onFind { ca, request in
            guard request.reference == first.reference else { return .absent }
            // Of the key that lay in the newer database.
            var lost = request
            lost.csr = try CertificateRequestBuilder(order: first, terms: OrderTerms(json: first.request))
                .makeSigningRequest(key: .generate(.p256))
            return .found(try ca.issue(lost))
        }
        try await work(gateway, doubt)
        let order = try await gateway.order(next)
        #expect(order.isHeld && order.reference == first.reference, "\(order)")
        #expect(gateway.ca.orders == [first.reference: 1] && !gateway.ca.calls.contains("enroll"))
    }

    /// As many orders as a CA refuses in a row stand between what the copy knows and what was issued.
    @Test func whatWasIssuedAfterRefusalsIsFound() async throws {
        let gateway = try await TestGateway()
        gateway.ca.findsByReferenceAlone = true
        let doubt = try await doubt(gateway)
        let id = try await gateway.plan()
        let references = try await gateway.ledger.references(from: gateway.order(id), count: 7)
        gateway.ca.take(references[5])
        try await work(gateway, doubt)
        let order = try await gateway.order(id)
        #expect(order.isHeld && !gateway.ca.calls.contains("enroll"), "\(order)")
    }

    /// CAs list orders by address: one that was placed under what is an alias today is looked for under that, too.
    @Test func whatWasOrderedUnderAFormerAddressIsFound() async throws {
        let gateway = try await TestGateway()
        gateway.ca.findsByReferenceAlone = true
        let doubt = try await doubt(gateway)
        let id = try await gateway.plan()
        let reference = try await gateway.order(id).reference
        let find: ScriptedConnector.Finding = { ca, request in
            guard request.reference == reference, request.names.emails == ["former@example.org"] else { return .absent }
            return .found(try ca.issue(request))
        }
        for _ in 0..<30 { gateway.ca.onFind(find) }
        for _ in 0..<3 {
            try await gateway.engine {
                $0.restoreDoubt = doubt
                $0.addresses = { _ in ["former@example.org"] }
            }.work(until: nil)
            gateway.clock.advance(300)
        }
        let order = try await gateway.order(id)
        #expect(order.stage != .keyed && !gateway.ca.calls.contains("enroll"), "\(order)")
        #expect(gateway.ca.orders.isEmpty)
    }

    /// An order of a copy that was put back, with two CAs that find by a reference alone.
    private func planned() async throws -> (gateway: TestGateway, doubt: RestoreDoubt, order: Order) {
        let gateway = try await TestGateway()
        gateway.ca.findsByReferenceAlone = true
        gateway.otherCA.findsByReferenceAlone = true
        let doubt = try await doubt(gateway)
        let id = try await gateway.plan()
        return (gateway, doubt, try await gateway.order(id))
    }

    /// The template was at another CA when its order was forgotten.
    @Test(arguments: [true, false]) func otherCAsAreAskedToo(hasIt: Bool) async throws {
        let (gateway, doubt, planned) = try await planned()
        let id = planned.id
        if hasIt { gateway.otherCA.take(planned.reference) }
        try await work(gateway, doubt)
        let order = try await gateway.order(id)
        #expect(order.isHeld == hasIt && (order.stage == .active) != hasIt, "\(order)")
        #expect(gateway.ca.calls.contains("enroll") != hasIt && gateway.otherCA.calls.contains("find"))
        guard hasIt else { return }
        #expect(
            order.holdReason?.contains("backend CA other has issued certificate") == true, "\(order.holdReason ?? "")")
        // A person has looked and wants another one.
        try await gateway.ledger.declareAbsent(id, by: "test")
        try await work(gateway, doubt)
        #expect(try await gateway.order(id).stage == .active)
    }

    /// The order's own CA is asked before another one is spoken of: who reads of that one orders at this one.
    @Test(arguments: [true, false]) func itsOwnCAIsAskedFirst(canOtherTell: Bool) async throws {
        let (gateway, doubt, planned) = try await planned()
        let id = planned.id
        gateway.ca.take(planned.reference)
        gateway.otherCA.take(planned.reference)
        if !canOtherTell {
            gateway.otherCA.onFind({ _, _ in .undecidable("none of the rows tells") })
        }
        try await work(gateway, doubt)
        let order = try await gateway.order(id)
        #expect(order.stage == .active && !order.isHeld, "\(order)")
        #expect(!gateway.ca.calls.contains("enroll") && gateway.ca.calls.contains("find"))
    }

    /// A clock that ran ahead has noticed it: nobody waits for that moment.
    @Test func aMomentInTheFutureIsNow() async throws {
        let gateway = try await TestGateway()
        gateway.clock.advance(31 * 86_400)
        try await RestoreDoubt.note("an older copy", at: gateway.clock.now(), gateway.ledger)
        gateway.clock.advance(-31 * 86_400)
        let doubt = try #require(try await RestoreDoubt.current(gateway.ledger))
        #expect(abs(doubt.noticedAt.timeIntervalSince(gateway.clock.now())) < 2)
        gateway.clock.advance(600)
        #expect(try await RestoreDoubt.current(gateway.ledger) == doubt)
    }

    /// Whoever consents gets new references for all that has not left, at whatever CA and in whosever hands.
    @Test func consentRenewsEveryReference() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.unsent())
        let ids = [
            try await gateway.plan("ada"), try await gateway.plan("bob", backendCA: "other"),
        ]
        let before = [try await gateway.order(ids[0]).reference, try await gateway.order(ids[1]).reference]
        let claims = try await gateway.ledger.claim(limit: 1, owner: "another", leaseFor: .seconds(60))
        try await gateway.ledger.renewReferences(by: .service)
        for id in ids { #expect(try await gateway.order(id).stage == .cancelled) }
        for claim in claims {
            await #expect(throws: LedgerError.self) {
                try await gateway.ledger.record(claim, OrderChange("submitting", "").submission(at: Date()))
            }
        }
        let after = [
            try await gateway.order(gateway.plan("ada")).reference,
            try await gateway.order(gateway.plan("bob", backendCA: "other")).reference,
        ]
        #expect(Set(before + after).count == 4)
    }
}
