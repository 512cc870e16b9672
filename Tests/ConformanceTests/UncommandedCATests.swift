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
}
