// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Settings
import Store
import Testing

@testable import Fulfilment
@testable import Ledger
@testable import Names
@testable import Planning

/// People whose order has ended without a certificate are not stranded.
@Suite(.timeLimit(.minutes(5))) struct EndedOrderTests {
    private let gateway: TestGateway

    init() async throws {
        gateway = try await TestGateway()
        try await gateway.put("ada", TestGateway.attributes("ada"))
    }

    @discardableResult
    private func plan(_ members: String = "") async throws -> PlanSummary {
        try await gateway.planner.plan(TestGateway.template(members), product: nil)
    }

    private func decision() async throws -> EnrollmentDecision {
        try #require(try await gateway.planner.decisions.decisions(subscriberID: "ada").first)
    }

    /// Plans and orders; the id of the order made.
    private func order(_ members: String = "") async throws -> Int64 {
        try await plan(members)
        #expect(try await gateway.planner.order(TestGateway.template(members), limit: 10) == 1)
        return try #require(try await gateway.ledger.orders().first).id
    }

    private func advance(days: Double) { gateway.clock.advance(days * 86_400) }

    @Test func whatTheGatewayWithdrewIsDecidedAnewAtOnce() async throws {
        let first = try await order()
        try await gateway.put("ada", TestGateway.attributes("ada", enabled: false))
        try await gateway.end(first, OrderEnding.withdrawnEvent, "the account is disabled", .cancelled)
        #expect(try await plan().counts == [.skipped: 1])
        #expect(try await decision().reason == "the account is disabled")
        try await gateway.put("ada", TestGateway.attributes("ada"))
        let second = try await order()
        #expect(second != first)
        let reference = try await gateway.order(first).reference
        let events = try await gateway.ledger.events(second)
        #expect(events[0].message == "order \(reference) was withdrawn: the account is disabled")
    }

    /// The names had changed: nothing in the directory changes any more, and still there is a new order.
    @Test func anEndingAloneHasThePersonLookedAtAgain() async throws {
        let first = try await order()
        #expect(try await plan().evaluated == 0)
        try await gateway.end(first, OrderEnding.withdrawnEvent, "the names are other ones now", .cancelled)
        let summary = try await plan()
        #expect((summary.evaluated, summary.toOrder) == (1, 1))
        #expect(try await plan().evaluated == 0)
    }

    /// Held, perhaps, for a name that had changed meanwhile, and revoked as the hold's sentence says: that is no word about the person.
    @Test func whatWasRevokedBeforeItCameIntoUseIsOrderedAgainWithGrowingDistance() async throws {
        for day in [1.0, 2, 4] {
            let id = try await order()
            try await gateway.end(id, "revoked", "the name was wrong", .revoked)
            #expect(try await plan().counts == [.waiting: 1])
            let reason = try await decision().reason
            #expect(reason.hasPrefix("revoked before it came into use: the name was wrong"), "\(reason)")
            #expect(try await plan().refused == 1)
            advance(days: day)
        }
        // As it asks for another name now, nothing is repeated.
        let id = try await order()
        try await gateway.end(id, "revoked", "the name was wrong", .revoked)
        var attributes = TestGateway.attributes("ada")
        attributes["displayName"] = "Ada Lovelace"
        try await gateway.put("ada", attributes)
        #expect(try await plan().toOrder == 1)
    }

    @Test func aCancelledOrderIsShownAsEndedWithTheWayOut() async throws {
        let first = try await order()
        try await gateway.ledger.requestCancel(first, by: "carol")
        #expect(try await plan().counts == [.ended: 1])
        let reference = try await gateway.order(first).reference
        #expect(
            try await decision().reason
                == "order \(reference) was cancelled: cancelled by carol; 'certway order again \(reference)'")
        advance(days: 400)
        try await gateway.put("ada", TestGateway.attributes("ada"))
        #expect(try await plan().counts == [.ended: 1])
    }

    /// People who did not answer the CA's mail in time get one more, and no third.
    @Test func whatTheCACancelledIsOrderedAgainOnce() async throws {
        try await gateway.end(try await order(), "cancelled", "nobody has confirmed", .cancelled)
        #expect(try await plan().counts == [.waiting: 1])
        let day = gateway.clock.now().addingTimeInterval(86_400).formatted(.iso8601.year().month().day())
        #expect(
            try await decision().reason == "cancelled at the CA: nobody has confirmed; ordered again once, on \(day)")
        advance(days: 1.01)
        let second = try await order()
        try await gateway.end(second, "cancelled", "nobody has confirmed", .cancelled)
        #expect(try await plan().counts == [.ended: 1])
        let reference = try await gateway.order(second).reference
        #expect(
            try await decision().reason
                == "cancelled at the CA 2 times: nobody has confirmed; 'certway order again \(reference)'")
        advance(days: 1000)
        #expect(try await plan().toOrder == 0)
    }

    /// The planner has taken it back for a leaver, who is entitled again: no person has said that none is to follow.
    @Test func whatThePlannerCancelledIsDecidedAnew() async throws {
        try await gateway.ledger.requestCancel(try await order(), by: OrderLedger.planner, because: "left")
        #expect(try await plan().counts == [.order: 1])
    }

    /// What a person had cancelled, and the CA then has cancelled, stays the person's word.
    @Test(arguments: [true, false]) func whoHasAskedForTheEndDecides(_ isPerson: Bool) async throws {
        let first = try await order()
        let claims = try await gateway.ledger.claim(limit: 10, owner: "node", leaseFor: .seconds(60))
        let claim = try #require(claims.first)
        try await gateway.ledger.record(
            claim, OrderChange("submitted", "gone").stage(.submitted).submission(at: gateway.clock.now()))
        try await gateway.ledger.record(claim, OrderChange("pending", "waits").stage(.pending).caOrder("7"))
        try await gateway.ledger.release(claim)
        if isPerson {
            try await gateway.ledger.requestCancel(first, by: "carol")
        } else {
            try await gateway.ledger.letLapse(first, because: "waited for a day")
        }
        try await gateway.end(first, "cancelled", "cancelled on request", .cancelled)
        #expect(try await plan().counts == [isPerson ? .ended : .waiting: 1])
        #expect(try await decision().reason.contains(isPerson ? "certway order again" : "waited for a day"))
    }

    /// Taken back on purpose; where the time is over, nobody has decided anything.
    @Test(arguments: [
        (OrderStage.revoked, EndedOrderRule.Revoker.person, false), (.revoked, .authority, false),
        (.revoked, .planner, true), (.revoked, .owner, true), (.expired, .authority, true),
    ])
    func whatWasRevokedIsNotOrderedAgain(
        _ stage: OrderStage, _ revoker: EndedOrderRule.Revoker, _ isOrdered: Bool
    ) async throws {
        let now = gateway.clock.now()
        let standing = SubscriberStanding(
            subscriberID: "ada", userPrincipalName: "ada@example.test", orderID: 7, reference: "cw-7",
            backendCA: "main",
            product: "p", names: [:], stage: stage, isHeld: false, createdAt: now, updatedAt: now, certificateID: 7,
            notAfter: now,
            newestOrderID: 7, ending: nil, attempt: [], activeBeside: [], superseded: [])
        let rule = EndedOrderRule(template: try TestGateway.template(), now: now, revoker: revoker)
        switch rule.find(RequestedNames(), standing) {
        case .order: #expect(isOrdered)
        case .ended(let reason):
            #expect(!isOrdered && reason.contains("certway order again cw-7"))
            #expect(reason.hasPrefix(EndedOrderRule.revokedByCA) == (revoker == .authority), "\(reason)")
        case .waiting(let reason, _): Issue.record("\(reason)")
        }
    }

    @Test(arguments: [OrderStage.rejected, .failed])
    func theSameIsTriedAgainWithGrowingDistance(_ stage: OrderStage) async throws {
        for (attempt, days) in [1.0, 2, 4, 8, 16].enumerated() {
            try await gateway.end(try await order(), stage.rawValue, "domain not validated", stage)
            let waiting = try await plan()
            #expect(waiting.counts == [.waiting: 1], "attempt \(attempt + 1)")
            let found = try await decision()
            let date = gateway.clock.now().addingTimeInterval(days * 86_400)
            #expect(found.dueAt?.timeIntervalSince(date).magnitude ?? .infinity < 1)
            let day = date.formatted(.iso8601.year().month().day())
            let word = stage == .rejected ? "rejected by the CA" : "given up"
            #expect(found.reason == "\(word): domain not validated; tried again on \(day)")
            advance(days: days - 0.01)
            let early = try await plan()
            #expect((early.evaluated, early.toOrder) == (0, 0))
            advance(days: 0.02)
        }
        try await gateway.end(try await order(), stage.rawValue, "domain not validated", stage)
        #expect(try await plan().counts == [.ended: 1])
        let reference = try #require(try await gateway.ledger.orders().first).reference
        let reason = try await decision().reason
        #expect(reason.hasSuffix("6 times: domain not validated; 'certway order again \(reference)'"), "\(reason)")
        advance(days: 1000)
        #expect(try await plan().toOrder == 0)
        #expect(try await gateway.ledger.orders().count == 6)
    }

    @Test(arguments: [", product: q", ", validityDays: 90", ", key: p384", ", addressDomains: [example.test]"])
    func anotherOrderIsMadeAtOnceWhereTheCauseMayBeGone(_ change: String) async throws {
        try await gateway.end(try await order(), "rejected", "no", .rejected)
        #expect(try await plan().toOrder == 0)
        let template = try changed(change)
        let summary = try await gateway.planner.plan(template, product: nil)
        // Which addresses may be certified is no term of an order: hers is the same as before.
        #expect(summary.counts == (change.contains("addressDomains") ? [.waiting: 1] : [.order: 1]))
    }

    private func changed(_ change: String) throws -> TemplateConfiguration {
        let text = """
            templates:
              - {name: smime, group: \(TestGateway.group), backendCA: main, delivery: none\(change)\
            \(change.contains("product") ? "" : ", product: p")\(change.contains("key") ? "" : ", key: p256")}
            """
        return try ConfigurationReader.read(text, file: "test").templates[0]
    }

    @Test func otherNamesAreOrderedAtOnceAndCountAnew() async throws {
        for _ in 0..<2 {
            try await gateway.end(try await order(), "rejected", "no", .rejected)
            try await plan()
            advance(days: 3)
        }
        try await gateway.put("ada", TestGateway.attributes("countess"))
        try await gateway.end(try await order(), "rejected", "no", .rejected)
        try await plan()
        let due = try #require(try await decision().dueAt)
        #expect((due.timeIntervalSince(gateway.clock.now()) - 86_400).magnitude < 1)
    }

    /// Withdrawals of our own are no attempts, and do not begin the count anew.
    @Test func withdrawalsDoNotCount() async throws {
        try await gateway.end(try await order(), "rejected", "no", .rejected)
        advance(days: 1.1)
        try await gateway.end(try await order(), OrderEnding.withdrawnEvent, "left the group", .cancelled)
        try await gateway.end(try await order(), "rejected", "no", .rejected)
        try await plan()
        let due = try #require(try await decision().dueAt)
        #expect((due.timeIntervalSince(gateway.clock.now()) - 2 * 86_400).magnitude < 1)
    }

    @Test func whoMayNotHaveOneIsNotWaitedFor() async throws {
        try await gateway.end(try await order(), "rejected", "no", .rejected)
        try await gateway.put("ada", TestGateway.attributes("ada", enabled: false))
        #expect(try await plan().counts == [.skipped: 1])
        advance(days: 2)
        #expect(try await plan().counts == [.skipped: 1])
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 10) == 0)
    }

    /// A person retries the failed order itself: the planner hears of it.
    @Test func aRetriedOrderCoversAgain() async throws {
        let id = try await order()
        try await gateway.end(id, "failed", "no", .failed)
        #expect(try await plan().counts == [.waiting: 1])
        try await gateway.ledger.retry(id, by: "carol")
        #expect(try await plan().counts == [.covered: 1])
    }

    /// The ending was a note ago, and what counts is still who ended it.
    @Test func notesDoNotHideTheEnding() async throws {
        let id = try await order()
        try await gateway.end(id, OrderEnding.withdrawnEvent, "left the group", .cancelled)
        try await gateway.ledger.note(id, .mailOrder, "noted", "somebody looked at it", by: "carol")
        #expect(try await plan().toOrder == 1)
    }

    /// A verdict that was made before an order came and went orders nothing.
    @Test func aVerdictOnAnOldReadingOrdersNothing() async throws {
        try await plan()
        // Somebody else ordered, and was refused, between the verdict and the orders.
        let other = try await gateway.plan("ada")
        try await gateway.end(other, "rejected", "no", .rejected)
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 10) == 0)
        #expect(try await plan().counts == [.order: 1], "other terms than those of the template were refused")
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 10) == 1)
    }

    @Test func manyEndingsAreReadToTheEnd() async throws {
        for number in 0..<700 { try await gateway.put("user\(number)", TestGateway.attributes("user\(number)")) }
        try await plan()
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 1000) == 701)
        for order in try await gateway.ledger.orders(OrderFilter(limit: 1000)) {
            try await gateway.ledger.requestCancel(order.id, by: "carol")
        }
        let summary = try await plan()
        #expect((summary.evaluated, summary.counts) == (701, [.ended: 701]))
        #expect(try await plan().evaluated == 0)
    }

    private func again(_ id: Int64, _ template: TemplateConfiguration?) async throws -> Order {
        try await gateway.planner.orderAgain(
            gateway.order(id), template: template, product: nil, by: "carol")
    }

    @Test func aPersonOrdersAgainWithTheNamesOfNow() async throws {
        let id = try await order()
        try await gateway.ledger.requestCancel(id, by: "carol")
        try await plan()
        try await gateway.put("ada", TestGateway.attributes("countess"))
        let made = try await again(id, TestGateway.template(", validityDays: 90"))
        #expect(made.stage == .planned && made.id != id)
        #expect(RequestedNames(json: made.names).emails == ["countess@example.test"])
        #expect(try OrderTerms(json: made.request).validityDays == 90)
        #expect(made.userPrincipalName == "countess@example.test")
        #expect(made.detail?.contains("carol") == true)
        #expect(try await decision().verdict == .covered)
        #expect(try await plan(", validityDays: 90").counts == [.covered: 1])
    }

    /// What a standstill advises works: on the certificate that ends, on one that is not on the devices any more, and on the renewal that
    /// somebody has taken back.
    @Test(arguments: ["ends", "withdrawn", "cancelled"])
    func whatIsInUseIsOrderedAgainWhereThatIsAdvised(_ why: String) async throws {
        let first = try await order()
        try await gateway.work()
        let template = try TestGateway.template()
        try await plan()
        let error = await #expect(throws: LedgerError.self) { try await again(first, template) }
        #expect("\(try #require(error))".contains("and its certificate valid until"))
        switch why {
        case "ends": advance(days: 360)
        case "withdrawn":
            try await gateway.ledger.noteWithdrawn(
                certificateID: try #require(try await gateway.order(first).certificateID), "deleted")
        default:
            advance(days: 340)
            try await gateway.ledger.requestCancel(try await order(), by: "eve")
        }
        let ended = why == "cancelled" ? try #require(try await gateway.ledger.orders().first).id : first
        let made = try await again(ended, template)
        #expect(made.replaces == first)
        try await gateway.work()
        #expect(try await gateway.order(made.id).stage == .active)
        #expect(try await gateway.order(first).stage == .superseded)
    }

    @Test func orderingAgainSaysWhyNot() async throws {
        let id = try await order()
        let template = try TestGateway.template()
        func refusal(_ template: TemplateConfiguration?) async throws -> String {
            let error = await #expect(throws: LedgerError.self) { try await again(id, template) }
            return "\(try #require(error))"
        }
        #expect(try await refusal(template).contains("has not ended, it is planned"))
        try await gateway.end(id, "rejected", "no", .rejected)
        #expect(try await refusal(nil).contains("template smime is gone"))
        #expect(try await refusal(TestGateway.template(", enabled: false")).contains("is switched off"))
        try await gateway.put("ada", TestGateway.attributes("ada", enabled: false))
        #expect(try await refusal(template).hasSuffix("the account is disabled"))
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false)
        #expect(try await refusal(template).hasSuffix("left the group"))
        try await gateway.put("ada", TestGateway.attributes("ada"))
        _ = try await again(id, template)
        #expect(try await refusal(template).contains("has the open order"))
    }
}
