// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import ConnectorTesting
import Foundation
import Testing

/// The kit against a connector and a CA that are ours: green when both behave, red in the right place when one does not.
@Suite(.timeLimit(.minutes(10))) struct ViceTests {
    @Test func allIsGreenWithoutVice() async throws {
        let bench = try PretendBench.make(nil)
        let outcome = try await ConformanceSuite(bench).run(bench)
        #expect(outcome.isGreen)
        for result in outcome.results { #expect(result.verdict == .passed, "\(result.id)") }
        #expect(outcome.cleaning.contains("certificates revoked"))
        let serials = try Self.result("inventory.serials", outcome).evidence.joined()
        let counts = try #require(serials.firstMatch(of: /of (\d+) orders of this run, (\d+) are listed/)).output
        #expect(counts.1 == counts.2 && counts.1 != "0", "\(serials)")
    }

    private static func result(_ id: String, _ outcome: ConformanceOutcome) throws -> ConformanceResult {
        try #require(outcome.results.first { $0.id == id }, "no check \(id)")
    }

    @Test(arguments: ["[rsa2048, p256, p384]", "[]"])
    func whereEverythingIsRefusedARefusalProvesNothing(keyTypes: String) async throws {
        let bench = try PretendBench.make(.refusesEverything, keyTypes: keyTypes)
        let outcome = try await ConformanceSuite(bench).run(bench)
        #expect(try Self.result("orders.issued", outcome).verdict.isFailure)
        let groups = ["keys.", "names.", "refusal.", "purpose.", "faults.lost", "faults.time", "odd.order", "clock."]
        for result in outcome.results where groups.contains(where: result.id.hasPrefix) {
            #expect(result.verdict != .passed, "\(result.id) \(result.evidence)")
        }
    }

    @Test func aKeyThatIsNotPromisedMayBeRefused() async throws {
        let bench = try PretendBench.make(.refusesCurves, keyTypes: "[]")
        let outcome = try await ConformanceSuite(bench, only: ["keys"]).run(bench)
        #expect(outcome.isGreen)
        #expect(try Self.result("keys.p384", outcome).verdict.word == "not applicable")
        #expect(try Self.result("keys.p256", outcome).verdict == .passed)
    }

    /// A wrong word takes the place of a word, also of one that begins like DER.
    @Test func aKeyThatBeginsWithZeroIsTriedToo() async throws {
        let bench = try PretendBench.make(.acceptsAnyKey, key: "0123456789ABCDEF")
        let outcome = try await ConformanceSuite(bench, only: ["credentials.wrong"]).run(bench)
        #expect(try Self.result("credentials.wrong.key", outcome).verdict.isFailure)
    }

    /// A CA that cannot be searched, such as one behind web pages.
    @Test func aSecondOrderIsNoticedWithoutSearchToo() async throws {
        let bench = try PretendBench.make(.ordersAgainBlindly, abilities: "[poll, revoke, cancel]")
        let outcome = try await ConformanceSuite(bench, only: ["faults"]).run(bench)
        for id in ["faults.lost-answer", "faults.time-out-after", "faults.unavailable"] {
            #expect(try Self.result(id, outcome).verdict.isFailure, "\(id)")
        }
    }

    /// Nobody counts the orders either: the requests beyond the usual ones are told, and nothing is proven.
    @Test func aSecondOrderThatNobodyCountsIsNoProof() async throws {
        var bench = try PretendBench.make(.ordersAgainBlindly, abilities: "[poll, revoke, cancel]")
        bench.sandbox = nil
        let outcome = try await ConformanceSuite(bench, only: ["faults.lost-answer"]).run(bench)
        #expect(try Self.result("faults.lost-answer", outcome).verdict.word == "skipped")
    }

    @Test(arguments: [
        ("{required: [emails]}", "not applicable"),
        ("{required: [emails], allowed: [emails, commonName]}", "failed"),
    ])
    func namesThatGoMissingProveNothing(names: String, word: String) async throws {
        let bench = try PretendBench.make(.leavesNamesOut, names: names)
        let outcome = try await ConformanceSuite(bench, only: ["names", "certificate"]).run(bench)
        for id in ["names.umlauts", "names.longest"] {
            #expect(try Self.result(id, outcome).verdict.word == word, "\(id)")
        }
        #expect(try Self.result("names.longest-address", outcome).verdict == .passed)
    }

    /// A surname that the connector never sends, and whose loss the common name hides; one that the product does not take is none.
    @Test(arguments: [
        ("{required: [emails], allowed: [emails, commonName]}", "passed"),
        ("{required: [emails], allowed: [emails, commonName, surname]}", "failed"),
    ])
    func aNameThatIsNeverSentIsMissed(names: String, word: String) async throws {
        let bench = try PretendBench.make(nil, names: names)
        let outcome = try await ConformanceSuite(bench, only: ["names", "certificate"]).run(bench)
        for id in ["certificate.names", "names.umlauts", "names.longest"] {
            let result = try Self.result(id, outcome)
            #expect(result.verdict.word == word, "\(id) \(result.verdict) \(result.evidence)")
            #expect(word == "passed" || result.verdict.reason?.contains("takes surname") == true)
        }
    }

    /// What of an order that is surely refused is left at the CA is known: nothing.
    @Test func aRefusalLeavesNothingBehind() async throws {
        let bench = try PretendBench.make(.callsThemRefused)
        let outcome = try await ConformanceSuite(bench, only: ["keys.refused", "refusal.foreign-domain"]).run(bench)
        #expect(!outcome.cleaning.contains("not known whether"), "\(outcome.cleaning)")
    }

    /// The cause is where an order fails first, not where a later check could not be tried.
    @Test func whyNothingIsProvenIsTold() async throws {
        let bench = try PretendBench.make(.neverIssues, patience: .seconds(2))
        let outcome = try await ConformanceSuite(bench, only: ["orders.issued", "certificate"]).run(bench)
        #expect(outcome.shortcoming?.hasSuffix("see orders.issued") == true, "\(outcome.shortcoming ?? "")")
    }

    /// A certificate that stays valid is told with the reason.
    @Test func whatCannotBeRevokedIsExplained() async throws {
        let bench = try PretendBench.make(.refusesRevocation)
        let outcome = try await ConformanceSuite(bench, only: ["orders.issued"]).run(bench)
        #expect(
            outcome.cleaning.contains("0 of 1 certificates revoked (refused: the CA answered 404"),
            "\(outcome.cleaning)")
    }

    /// A CA that is not ours may map reasons and leave them out; that is told.
    @Test(arguments: [Vice.hidesReasons, .wrongRevocationReason])
    func anotherCAsReasonIsNoted(_ vice: Vice) async throws {
        var bench = try PretendBench.make(vice)
        bench.sandbox = nil
        let outcome = try await ConformanceSuite(bench, only: ["revoke.superseded"]).run(bench)
        let result = try Self.result("revoke.superseded", outcome)
        #expect(result.verdict == .passed)
        #expect(result.evidence.contains { $0.contains("superseded") }, "\(result.evidence)")
    }

    @Test func onlyWhatWasSeenAtWorkIsProven() async throws {
        var bench = try PretendBench.make(nil)
        bench.sandbox = nil
        bench.currentCRL = nil
        let outcome = try await ConformanceSuite(bench).run(bench)
        #expect(outcome.isGreen)
        #expect(try Self.result("revoke.unknown", outcome).verdict == .passed)
        let report = ConformanceReport(
            bench, outcome, environment: "here", started: Date(), duration: .seconds(1), circumstances: [])
        // Without the sandbox nothing waits, and without a CRL nothing is seen to be revoked.
        let unproven: [ConnectorAbility] = [.poll, .revoke, .cancel]
        #expect(report.proved == ConnectorAbility.allCases.filter { !unproven.contains($0) })
        #expect(report.declared.contains(.revoke))
    }

    @Test func withoutLeaveNoOrderIsPlaced() async throws {
        let bench = try PretendBench.make(nil, orderLimit: 0)
        let outcome = try await ConformanceSuite(bench).run(bench)
        #expect(outcome.ordersPlaced == 0)
        #expect(outcome.isGreen)
        let issued = try #require(outcome.results.first { $0.id == "orders.issued" })
        #expect(issued.verdict.word == "skipped")
        #expect(try await bench.sandbox?.orders() == [])
    }

    @Test func aLimitIsKept() async throws {
        let bench = try PretendBench.make(nil, orderLimit: 3)
        let outcome = try await ConformanceSuite(bench).run(bench)
        #expect(outcome.ordersPlaced == 3)
        #expect(try await bench.sandbox?.orders().count ?? 0 <= 3)
    }

    @Test func aDeclaredAbilityThatIsMissingIsRed() async throws {
        var bench = try PretendBench.make(nil)
        bench.profile.abilities = [.validationState]
        bench.connectorType = BareConnector.self
        let outcome = try await ConformanceSuite(bench, only: ["declared"]).run(bench)
        #expect(outcome.results.filter(\.verdict.isFailure).map(\.id) == ["declared.validationState"])
    }

    @Test func reportsHoldNoSecretAndAreWellFormed() async throws {
        // The key stands in the log and in an error's text, as a careless connector would have it.
        let bench = try PretendBench.make(.showsTheKey)
        let outcome = try await ConformanceSuite(bench, only: ["credentials", "orders.issued", "secrets"]).run(bench)
        let leaking = ConformanceResult(
            id: "x", title: "x", fact: "a | b < c & \u{1}", verdict: .skipped("\"quoted\" <x>"), evidence: ["a\nb"],
            orders: 0,
            duration: .zero)
        let whole = ConformanceOutcome(
            results: outcome.results + [leaking], ordersPlaced: outcome.ordersPlaced, cleaning: outcome.cleaning)
        let report = ConformanceReport(
            bench, whole, environment: "here", started: Date(timeIntervalSince1970: 0), duration: .seconds(1),
            circumstances: [("certway", "test")])
        let texts = [report.markdown, report.json.prettyText, String(decoding: try report.junit(), as: UTF8.self)]
        for text in texts { #expect(!text.contains(PretendBench.key)) }
        #expect(texts[2].contains("failures=\"1\"") && texts[2].contains("skipped"))
        #expect(report.json["green"] == false)
        #expect(CapabilityMatrix([report.json]).markdown.contains("| [pretend](../docs/conformance/pretend.md) |"))
    }

    @Test func patternsChooseChecks() throws {
        let bench = try PretendBench.make(nil)
        #expect(ConformanceSuite(bench, only: ["revoke"]).checks.allSatisfy { $0.id.hasPrefix("revoke.") })
        #expect(
            ConformanceSuite(bench, only: ["*.lost-answer"]).checks.map(\.id) == [
                "find.lost-answer", "faults.lost-answer",
            ])
        let ids = ConformanceSuite(bench).checks.map(\.id)
        #expect(Set(ids).count == ids.count)
    }
}
