// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Settings
import Testing

@testable import Planning

/// What a plan may not do by itself, in number and in money.
@Suite struct PlanLimitsTests {
    private static let month = CalendarMonth(of: Date(timeIntervalSince1970: 1_800_000_000))

    private func plan(
        _ name: String, _ actions: [PlannedAction: Int], price: String? = nil, covered: Int = 1000,
        _ limit: (inout TemplateLimits) -> Void = { _ in }
    ) -> PlanSummary {
        var plan = PlanSummary(
            template: name, counts: [.covered: covered], evaluated: 0, skippedByReason: [:], warnings: [])
        plan.actions = actions
        plan.price = price.flatMap { Money($0) }
        limit(&plan.limits)
        return plan
    }

    private func plan(
        _ actions: [PlannedAction: Int], price: String? = nil, _ limit: (inout TemplateLimits) -> Void = { _ in }
    ) -> PlanSummary { plan("smime", actions, price: price, limit) }

    private func limits(
        _ plans: PlanSummary..., spent: [String: String] = [:], _ set: (inout LimitsConfiguration) -> Void = { _ in }
    ) -> PlanLimits {
        var limits = LimitsConfiguration()
        set(&limits)
        return PlanLimits(
            plans, limits, Spending(month: Self.month, templates: spent.mapValues { MoneySum(Money($0)) }))
    }

    @Test func withinEverythingNothingWaits() {
        let found = limits(plan([.order: 3, .renew: 2, .replace: 1, .revoke: 4], price: "18.50 EUR")) {
            $0.budgetPerMonth = Money("111 EUR")
        }
        #expect(found.sentences.isEmpty && found.overBudget == nil)
    }

    /// Renewals and replacements are bought as first ones are.
    @Test func oneCentOverTheBudgetWaits() throws {
        let found = limits(
            plan([.order: 3, .renew: 2, .replace: 1], price: "18.50 EUR"), spent: ["gone": "0.01 EUR"]
        ) { $0.budgetPerMonth = Money("111 EUR") }
        let sentence = try #require(found.sentences.first)
        #expect(found.sentences.count == 1)
        #expect(
            sentence.hasPrefix(
                "the plan has 6 new orders for 111.00 EUR, and 0.01 EUR of the 111.00 EUR of limits.budgetPerMonth are spent"
            ))
        #expect(sentence.contains("'certway plan approve'"))
        #expect(found.overBudget?.text == "111.00 EUR")
        #expect(found.stop(ordersOf: "smime") != nil)
    }

    /// A consent to a number is told of the money, too, whichever limit is the first that is exceeded.
    @Test(arguments: [true, false]) func aBudgetIsNoLessForANumberThatIsExceededToo(ofTemplate: Bool) throws {
        let found = limits(
            plan([.order: 4], price: "10 EUR") {
                if ofTemplate { ($0.ordersPerRun, $0.budgetPerMonth) = (2, Money("15 EUR")) }
            }
        ) { if !ofTemplate { ($0.ordersPerRun, $0.budgetPerMonth) = (2, Money("15 EUR")) } }
        #expect(found.overBudget?.text == "40.00 EUR")
        let sentence = try #require(found.sentences.first)
        #expect(sentence.contains("2 are allowed at once") && sentence.contains("for 40.00 EUR"), "\(sentence)")
        let consent = OrderConsent(actor: "eve", grantedAt: .now, orders: 4)
        #expect(!consent.covers(4, found.overBudget))
        // What waits for its own number counts for everybody's budget, since a consent lets it go, too.
        let both = limits(
            plan("a", [.order: 3], price: "10 EUR") { $0.ordersPerRun = 2 }, plan("b", [.order: 1], price: "10 EUR")
        ) { $0.budgetPerMonth = Money("35 EUR") }
        #expect(both.overBudget?.text == "40.00 EUR" && both.stop(ordersOf: "b") == nil)
    }

    @Test func whatCostsNothingIsNeverOverABudget() {
        for price in ["0 EUR", nil] {
            let found = limits(plan([.order: 3], price: price), spent: ["smime": "99 EUR"]) {
                $0.budgetPerMonth = Money("1 EUR")
            }
            #expect(found.sentences.isEmpty, "\(price ?? "none")")
        }
    }

    /// A template over its own limit waits alone, and the others are held against what is everybody's.
    @Test func aTemplateWaitsForItself() throws {
        let found = limits(
            plan("a", [.order: 5], price: "10 EUR") { $0.budgetPerMonth = Money("40 EUR") },
            plan("b", [.order: 5], price: "10 EUR")
        ) { $0.budgetPerMonth = Money("60 EUR") }
        #expect(found.sentences.count == 1)
        #expect(found.sentences.first?.hasPrefix("template a: the plan has 5 new orders for 50.00 EUR") == true)
        #expect(found.stop(ordersOf: "a") != nil && found.stop(ordersOf: "b") == nil)
        #expect(found.overBudget?.text == "100.00 EUR")
        let counted = limits(plan("a", [.order: 5]) { $0.ordersPerRun = 4 }, plan("b", [.order: 5])) {
            $0.ordersPerRun = 5
        }
        #expect(counted.sentences.count == 1 && counted.sentences[0].contains("the template's limits.ordersPerRun"))
        #expect(counted.overBudget == nil)
    }

    /// New people do not wait for a change of everybody's name.
    @Test(arguments: [true, false]) func replacementsWaitAlone(ofTemplate: Bool) {
        let found = limits(plan([.order: 2, .replace: 9]) { if ofTemplate { $0.replacementsPerRun = 8 } }) {
            if !ofTemplate { $0.replacementsPerRun = 8 }
            $0.ordersPerRun = 2
        }
        #expect(found.sentences.count == 1 && found.sentences[0].contains("replaces 9 certificates, 8 are allowed"))
        #expect(found.stop(ordersOf: "smime") == nil && found.stop(replacementsOf: "smime") != nil)
        #expect(found.letsPass(plan([.order: 2, .replace: 9])) && !found.letsPass(plan([.replace: 9])))
    }

    @Test func endsOfATemplateHaveALimitOfTheirOwn() {
        let found = limits(plan("a", [.revoke: 3]) { $0.endingsPerRun = 2 }, plan("b", [.revoke: 3]))
        #expect(found.sentences.count == 1 && found.sentences[0].hasPrefix("template a: the plan ends 3 certificates"))
        #expect(found.endings(of: "a") == [.revokeReplaced] && found.endings(of: "b") == PlannedAction.withdrawals)
        // Nobody means that by accident, whatever the number.
        let half = limits(plan("a", [.revoke: 30], covered: 1) { $0.endingsPerRun = 50 })
        #expect(!half.endings(of: "a").contains(.revoke) && half.sentences.count == 1)
        #expect(half.sentences[0].contains("half of all"))
    }

    /// Who leaves does not wait for a consent to the end of what was replaced long ago; what ends a replacement waits for none.
    @Test(arguments: [true, false]) func theEndOfOlderOnesWaitsAlone(ofTemplate: Bool) {
        func found(_ actions: [PlannedAction: Int]) -> PlanLimits {
            limits(plan("a", actions) { if ofTemplate { $0.endingsPerRun = 20 } }) {
                if !ofTemplate { $0.endingsPerRun = 20 }
            }
        }
        let routine = found([.revokeReplaced: 1500, .revoke: 3])
        #expect(routine.sentences.isEmpty && routine.endings(of: "a") == PlannedAction.withdrawals)
        let older = found([.revokeReplaced: 1500, .revokeOlder: 18, .revoke: 3])
        #expect(older.endings(of: "a") == PlannedAction.endings.union([.revokeReplaced]))
        #expect(older.sentences.count == 1 && older.sentences[0].contains("ends 21 certificates"))
        #expect(older.letsPass(plan("a", [.revoke: 3])) && !older.letsPass(plan("a", [.revokeOlder: 18])))
        let both = found([.revokeReplaced: 1500, .revokeOlder: 18, .revoke: 21])
        #expect(both.endings(of: "a") == [.revokeReplaced] && both.sentences.count == 1)
        #expect(both.sentences[0].contains("ends 21 certificates"))
    }
}
