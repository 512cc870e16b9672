// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import ConnectorTesting
import Testing

/// The kit at a CA that does what it likes, and with a product that shows little.
@Suite(.timeLimit(.minutes(5))) struct UncommandedCATests {
    private static func result(_ id: String, _ outcome: ConformanceOutcome) throws -> ConformanceResult {
        try #require(outcome.results.first { $0.id == id }, "no check \(id)")
    }

    /// Nobody can tell it to let an order wait; what waits by itself is as good.
    @Test func anOrderThatWaitsByItselfProvesPolling() async throws {
        var bench = try PretendBench.make(nil)
        let control = bench.sandbox
        bench.sandbox = nil
        let atOnce = try await ConformanceSuite(bench, only: ["pending.issued"]).run(bench)
        let skipped = try Self.result("pending.issued", atOnce)
        #expect(skipped.verdict.word == "skipped" && skipped.verdict.reason?.contains("decided all 1 orders") == true)
        try await control?.set(["pendingPolls": 2])
        let waited = try await ConformanceSuite(bench, only: ["orders.issued", "pending.issued"]).run(bench)
        let passed = try Self.result("pending.issued", waited)
        #expect(passed.verdict == .passed, "\(passed.verdict)")
        #expect(passed.evidence.contains { $0.contains("waited for certificateAuthority") }, "\(passed.evidence)")
        #expect(waited.ordersPlaced == 1)
    }

    /// A person's names are looked at where the CA has a product for them.
    @Test(arguments: [
        (nil, "names.umlauts", "passed"), (Vice.mangleUmlauts, "names.umlauts", "failed"),
        (nil, "names.longest", "passed"), (.cutsNames, "names.longest", "failed"),
    ]) func aProductWithoutNamesGivesWayToOneThatHasThem(vice: Vice?, id: String, word: String) async throws {
        let bench = try PretendBench.make(vice, names: "{required: [emails], allowed: [emails]}")
        let outcome = try await ConformanceSuite(bench, only: [id]).run(bench)
        let result = try Self.result(id, outcome)
        #expect(result.verdict.word == word, "\(result.verdict)")
        #expect(result.evidence.contains { $0.contains("product logon is ordered") }, "\(result.evidence)")
    }

    /// What stays at the CA is called by its id.
    @Test func whatWaitsAtTheCAIsNamedOrWithdrawn() async throws {
        let bench = try PretendBench.make(nil, abilities: "[poll, validationState]")
        let outcome = try await ConformanceSuite(bench, only: ["validation.state"]).run(bench)
        let orders = try await bench.sandbox?.orders() ?? []
        #expect(orders.count == 1)
        #expect(
            outcome.cleaning.contains(
                "these wait at the CA, which cannot withdraw them by itself: \(orders.first ?? "?")"),
            "\(outcome.cleaning)")
        let able = try PretendBench.make(nil)
        let clean = try await ConformanceSuite(able, only: ["validation.state"]).run(able).cleaning
        #expect(!clean.contains("these wait"), "\(clean)")
    }

    /// The CA refuses to withdraw an order that it is about to issue: it is asked again, and what came of it is revoked.
    @Test func whatIsIssuedWhileItIsWithdrawnIsRevoked() async throws {
        var bench = try PretendBench.make(.neverIssues, patience: .milliseconds(300))
        let control = try #require(bench.sandbox as? PretendControl)
        bench.sandbox = nil
        // Undecided while the check waits, and ready soon after.
        let ca = control.ca
        let outcome = try await ConformanceSuite(bench, only: ["orders.issued"]).run(
            bench,
            didEnd: { _ in
                ca.state.withLock { state in for index in state.orders.indices { state.orders[index].polls = 2 } }
            })
        #expect(outcome.cleaning.hasPrefix("1 of 1 certificates revoked, 0 of 1 waiting orders withdrawn (refused"))
        #expect(outcome.cleaning.contains("1 of the others had been issued meanwhile"), "\(outcome.cleaning)")
        #expect(outcome.left.isEmpty && ca.state.withLock(\.revoked).count == 1)
    }

    /// Without the ability to revoke, and where the CA refuses to, each certificate is named by serial number and order.
    @Test(arguments: [(nil, "[poll, cancel]"), (Vice.refusesRevocation, PretendBench.everyAbility)])
    func whatStaysValidIsNamed(vice: Vice?, abilities: String) async throws {
        let bench = try PretendBench.make(vice, abilities: abilities)
        let control = try #require(bench.sandbox as? PretendControl)
        let outcome = try await ConformanceSuite(bench, only: ["orders.issued", "pending.approved"]).run(bench)
        let orders = control.ca.state.withLock(\.orders)
        #expect(orders.count == 2 && outcome.left.count == 2)
        for order in orders {
            let serial = try #require(order.certificate).serialNumber
            #expect(outcome.cleaning.contains("\(serial) (order \(order.id))"), "\(outcome.cleaning)")
            #expect(
                outcome.left.contains { $0.state == .valid && $0.order == order.id && $0.serialNumber == "\(serial)" })
        }
        #expect(outcome.cleaning.contains("these certificates stay valid, revoke them at the CA"))
    }

    /// Whoever watches the run decides held orders at the CA, as the kit asks.
    @Test func aPersonDecidesHeldOrdersWhileTheKitWaits() async throws {
        var bench = try PretendBench.make(nil)
        let control = try #require(bench.sandbox as? PretendControl)
        bench.sandbox = nil
        control.ca.state.withLock { $0.isHolding = true }
        bench.tell = { text in
            guard let asked = text.firstMatch(of: /(APPROVE|REJECT) order (\d+)/)?.output else { return }
            control.ca.state.withLock { state in
                guard let index = state.orders.firstIndex(where: { $0.id == asked.2 && $0.status == "held" }) else {
                    return
                }
                state.orders[index].status = asked.1 == "APPROVE" ? "issued" : "rejected"
                state.orders[index].reason = "decided by hand"
            }
        }
        let checks = ["pending.approved", "pending.rejected", "cancel.pending"]
        let outcome = try await ConformanceSuite(bench, only: checks).run(bench)
        for id in checks {
            let verdict = try Self.result(id, outcome).verdict
            #expect(verdict == .passed, "\(id): \(verdict)")
        }
        #expect(outcome.ordersPlaced == 3 && outcome.left.isEmpty)
    }

    /// A CA that decides at once is not given an order more to learn that again.
    @Test func whatIsDecidedAtOnceIsNotOrderedAgainForIt() async throws {
        var bench = try PretendBench.make(nil)
        bench.sandbox = nil
        let checks = ["orders.issued", "pending.approved", "pending.rejected", "cancel.pending", "find.buys-nothing"]
        let outcome = try await ConformanceSuite(bench, only: checks).run(bench)
        #expect(outcome.ordersPlaced == 1)
        for id in checks.dropFirst() {
            let verdict = try Self.result(id, outcome).verdict
            #expect(verdict.word == "skipped" && verdict.reason?.contains("decided order") == true, "\(verdict)")
        }
    }
}
