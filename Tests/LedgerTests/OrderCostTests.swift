// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Ledger

/// What orders cost, by what became of them.
@Suite struct OrderCostTests {
    private let temporary: TemporaryLedger

    init() async throws { temporary = try await TemporaryLedger() }

    private func plan(_ person: String, _ price: String? = "18.50 EUR", _ charged: ChargeRule = .issued) async throws
        -> Order
    {
        var new = NewOrder.sample(person)
        (new.price, new.charged) = (price.flatMap { Money($0) }, charged)
        return try await temporary.ledger.plan(new)
    }

    private func claim(_ order: Order) async throws -> Claim {
        let claims = try await temporary.claim(limit: 1000)
        return try #require(claims.first { $0.orderID == order.id })
    }

    /// Led to its end as the stages would.
    private func end(_ order: Order, _ stage: OrderStage, hasLeft: Bool) async throws {
        let claim = try await claim(order)
        if hasLeft {
            try await temporary.ledger.record(
                claim, OrderChange("submitting", "gone").stage(.submitted).submission(at: temporary.clock.now()))
        }
        try await temporary.ledger.record(claim, OrderChange("\(stage)", "over").stage(stage))
    }

    private func states() async throws -> [OrderCosts.State: MoneySum] {
        let month = CalendarMonth(of: temporary.clock.now())
        let costs = try await temporary.ledger.costs(from: month.start, to: month.end)
        return costs.reduce(into: [:]) { $0[$1.state] = ($0[$1.state] ?? MoneySum()) + $1.cost }
    }

    @Test func thePriceStaysWithTheOrder() async throws {
        let order = try await plan("ada", "18.50 EUR", .placed)
        let read = try #require(try await temporary.ledger.order(order.id))
        #expect(read.price == Money("18.50 EUR") && read.charged == .placed && read == order)
        #expect(try await temporary.ledger.order(try await plan("bob", nil).id)?.price == nil)
        #expect(try await states()[.open]?.text == "18.50 EUR")
    }

    /// Refused or cancelled before it led to a certificate: nothing, unless the CA charges for the order.
    @Test(arguments: [OrderStage.rejected, .cancelled], [true, false])
    func whatEndedWithoutACertificate(_ stage: OrderStage, hasLeft: Bool) async throws {
        try await end(try await plan("ada"), stage, hasLeft: hasLeft)
        #expect(try await states() == [.free: MoneySum()])
        try await end(try await plan("bob", "7 EUR", .placed), stage, hasLeft: hasLeft)
        #expect(try await states()[.charged]?.text == (hasLeft ? "7.00 EUR" : nil))
    }

    @Test(arguments: [OrderStage.issued, .active, .revoked, .failed])
    func aCertificateCostsWhateverBecomesOfIt(_ stage: OrderStage) async throws {
        let order = try await plan("ada")
        let claim = try await claim(order)
        try await temporary.ledger.record(
            claim, OrderChange("\(stage)", "done").stage(stage).certificate(.sample(1)))
        #expect(try await states()[.issued]?.text == "18.50 EUR")
    }

    @Test func anotherMonthIsAnotherMonths() async throws {
        _ = try await plan("ada")
        temporary.clock.advance(40 * 86_400)
        #expect(try await states().isEmpty)
        for (name, price) in [("bob", "1 EUR"), ("cy", "2 USD"), ("dee", "1 EUR")] { _ = try await plan(name, price) }
        _ = try await plan("eli", nil)
        let month = CalendarMonth(of: temporary.clock.now())
        let costs = try await temporary.ledger.costs(from: month.start, to: month.end)
        #expect(costs.reduce(0) { $0 + $1.count } == 4)
        #expect(costs.reduce(MoneySum()) { $0 + $1.cost }.text == "2.00 EUR and 2.00 USD")
    }

    /// Somebody has ordered since the plan was made: the transaction itself looks at the budget.
    @Test func whatGoesBeyondABudgetIsLeftOut() async throws {
        func new(_ name: String, _ template: String = "smime") -> NewOrder {
            var new = NewOrder.sample(name, template: template)
            new.price = Money("10.00 EUR")
            return new
        }
        let month = CalendarMonth(of: temporary.clock.now())
        let budget = SpendingBound(budget: try #require(Money("35.00 EUR")), in: month)
        let own = SpendingBound(template: "sign", budget: try #require(Money("10.00 EUR")), in: month)
        _ = try await temporary.ledger.plan(new("by hand"))
        let first = try await temporary.ledger.plan(
            batch: [new("ada"), new("bob", "sign"), new("cyd", "sign"), new("dan"), .sample("free")],
            within: [budget, own])
        #expect(first.made.map(\.subscriberID) == ["ada", "bob", "free"])
        #expect(first.overBudget == ["cyd", "dan"])
        let second = try await temporary.ledger.plan(batch: [new("dan")], within: [budget])
        #expect(second.made.isEmpty && second.overBudget == ["dan"])
        #expect(try await temporary.ledger.plan(batch: [new("dan")]).made.count == 1)
    }
}
