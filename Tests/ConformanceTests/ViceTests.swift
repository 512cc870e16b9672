// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import ConnectorTesting
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets
import Testing

/// The kit against a connector and a CA that are ours: green when both behave, red in the right place when one does not.
@Suite struct ViceTests {
    private static let abilities =
        "[poll, revoke, renew, listProducts, inventory, findByReference, cancel, validationState, resendValidation]"

    private static func bench(
        _ vice: Vice?, key: String = "the-right-key", orderLimit: Int? = nil, abilities: String = abilities,
        keyTypes: String = "[rsa2048, rsa3072, rsa4096, p256, p384]",
        names: String = "{required: [commonName, emails], allowed: [emails, commonName]}"
    ) throws -> ConformanceBench {
        let ca = try PretendCA(vice)
        let profile = try ConnectorProfile.read(
            """
            connector: pretend
            title: Pretend CA
            module: pretend
            settings:
              key: {type: secret, title: Key}
              vice: {type: text, title: Vice, required: false}
            products: [{id: mail, title: Mail, keyTypes: \(keyTypes), purposes: [smime], validityDays: {maximum: 365}, names: \(names)}, {id: other, title: Other}]
            revocationReasons: {keyCompromise: 1, superseded: 4, certificateHold: 6, removeFromCRL: 8}
            abilities: \(abilities)
            """, file: "pretend.yaml")
        let settings = try profile.settings(
            values: vice.map { ["vice": .string($0.rawValue)] } ?? [:], secrets: ["key": Secret(key)],
            endpoint: "https://ca.example")
        let clock = SystemClock()
        return ConformanceBench(
            profile: profile, connectorType: PretendConnector.self, settings: settings,
            services: ConnectorServices(
                http: ca, clock: clock, logger: SilentLogger(),
                rateLimiter: SlidingWindowRateLimiter(limits: [], clock: clock)),
            acceptedRoots: [ca.root],
            trial: OrderTrial(product: "mail", purpose: .smime, key: .p256, validityDays: 90),
            subjects: TestSubjects(domain: "ours.example", foreignDomain: "not-ours.example", tag: "t1"),
            orderLimit: orderLimit, patience: .seconds(30), pollEvery: .milliseconds(20), concurrentOrders: 20,
            sandbox: PretendControl(ca: ca), publications: ca, currentCRL: { try ca.crl() }, seed: 1)
    }

    @Test func allIsGreenWithoutVice() async throws {
        let bench = try Self.bench(nil)
        let outcome = try await ConformanceSuite(bench).run(bench)
        #expect(outcome.isGreen)
        for result in outcome.results where result.verdict != .passed {
            let isExpected =
                result.verdict.word == "not claimed"
                || ["names.upn", "names.security-identifier", "names.pseudonym"].contains(result.id)
            #expect(isExpected, "\(result.id): \(result.verdict)")
        }
        #expect(outcome.cleaning.contains("certificates revoked"))
    }

    @Test(arguments: Vice.allCases)
    func eachViceIsNoticed(_ vice: Vice) async throws {
        let bench = try Self.bench(vice)
        // The list of all orders needs some in it.
        let outcome = try await ConformanceSuite(
            bench, only: ["credentials.good", vice.check, "orders.exactly-one", "find.same-reference"]
        )
        .run(bench)
        let result = try #require(outcome.results.first { $0.id == vice.check })
        #expect(
            result.verdict.isFailure, "\(vice) was not noticed by \(vice.check): \(result.verdict) \(result.evidence)")
    }

    private static func result(_ id: String, _ outcome: ConformanceOutcome) throws -> ConformanceResult {
        try #require(outcome.results.first { $0.id == id }, "no check \(id)")
    }

    @Test(arguments: ["[rsa2048, p256, p384]", "[]"])
    func whereEverythingIsRefusedARefusalProvesNothing(keyTypes: String) async throws {
        let bench = try Self.bench(.refusesEverything, keyTypes: keyTypes)
        let outcome = try await ConformanceSuite(bench).run(bench)
        #expect(try Self.result("orders.issued", outcome).verdict.isFailure)
        let groups = ["keys.", "names.", "refusal.", "purpose.", "faults.lost", "faults.time", "odd.order", "clock."]
        for result in outcome.results where groups.contains(where: result.id.hasPrefix) {
            #expect(result.verdict != .passed, "\(result.id) \(result.evidence)")
        }
    }

    @Test func aKeyThatIsNotPromisedMayBeRefused() async throws {
        let bench = try Self.bench(.refusesCurves, keyTypes: "[]")
        let outcome = try await ConformanceSuite(bench, only: ["keys"]).run(bench)
        #expect(outcome.isGreen)
        #expect(try Self.result("keys.p384", outcome).verdict.word == "not applicable")
        #expect(try Self.result("keys.p256", outcome).verdict == .passed)
    }

    /// A wrong word takes the place of a word, also of one that begins like DER.
    @Test func aKeyThatBeginsWithZeroIsTriedToo() async throws {
        let bench = try Self.bench(.acceptsAnyKey, key: "0123456789ABCDEF")
        let outcome = try await ConformanceSuite(bench, only: ["credentials.wrong"]).run(bench)
        #expect(try Self.result("credentials.wrong.key", outcome).verdict.isFailure)
    }

    /// A CA that cannot be searched, such as one behind web pages.
    @Test func aSecondOrderIsNoticedWithoutSearchToo() async throws {
        let bench = try Self.bench(.ordersAgainBlindly, abilities: "[poll, revoke, cancel]")
        let outcome = try await ConformanceSuite(bench, only: ["faults"]).run(bench)
        for id in ["faults.lost-answer", "faults.time-out-after", "faults.unavailable"] {
            #expect(try Self.result(id, outcome).verdict.isFailure, "\(id)")
        }
    }

    /// Nobody counts the orders either: the requests beyond the usual ones are told, and nothing is proven.
    @Test func aSecondOrderThatNobodyCountsIsNoProof() async throws {
        var bench = try Self.bench(.ordersAgainBlindly, abilities: "[poll, revoke, cancel]")
        bench.sandbox = nil
        let outcome = try await ConformanceSuite(bench, only: ["faults.lost-answer"]).run(bench)
        #expect(try Self.result("faults.lost-answer", outcome).verdict.word == "skipped")
    }

    @Test(arguments: [
        ("{required: [emails]}", "not applicable"),
        ("{required: [emails], allowed: [emails, commonName]}", "failed"),
    ])
    func namesThatGoMissingProveNothing(names: String, word: String) async throws {
        let bench = try Self.bench(.leavesNamesOut, names: names)
        let outcome = try await ConformanceSuite(bench, only: ["names", "certificate"]).run(bench)
        for id in ["names.umlauts", "names.longest"] {
            #expect(try Self.result(id, outcome).verdict.word == word, "\(id)")
        }
        #expect(try Self.result("names.longest-address", outcome).verdict == .passed)
    }

    /// A CA that is not ours may map reasons and leave them out; that is told.
    @Test(arguments: [Vice.hidesReasons, .wrongRevocationReason])
    func anotherCAsReasonIsNoted(_ vice: Vice) async throws {
        var bench = try Self.bench(vice)
        bench.sandbox = nil
        let outcome = try await ConformanceSuite(bench, only: ["revoke.superseded"]).run(bench)
        let result = try Self.result("revoke.superseded", outcome)
        #expect(result.verdict == .passed)
        #expect(result.evidence.contains { $0.contains("superseded") }, "\(result.evidence)")
    }

    @Test func onlyWhatWasSeenAtWorkIsProven() async throws {
        var bench = try Self.bench(nil)
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
        let bench = try Self.bench(nil, orderLimit: 0)
        let outcome = try await ConformanceSuite(bench).run(bench)
        #expect(outcome.ordersPlaced == 0)
        #expect(outcome.isGreen)
        let issued = try #require(outcome.results.first { $0.id == "orders.issued" })
        #expect(issued.verdict.word == "skipped")
        #expect(try await bench.sandbox?.orders() == [])
    }

    @Test func aLimitIsKept() async throws {
        let bench = try Self.bench(nil, orderLimit: 3)
        let outcome = try await ConformanceSuite(bench).run(bench)
        #expect(outcome.ordersPlaced == 3)
        #expect(try await bench.sandbox?.orders().count ?? 0 <= 3)
    }

    @Test func aDeclaredAbilityThatIsMissingIsRed() async throws {
        var bench = try Self.bench(nil)
        bench.profile.abilities = [.validationState]
        bench.connectorType = BareConnector.self
        let outcome = try await ConformanceSuite(bench, only: ["declared"]).run(bench)
        #expect(outcome.results.filter(\.verdict.isFailure).map(\.id) == ["declared.validationState"])
    }

    @Test func reportsHoldNoSecretAndAreWellFormed() async throws {
        // The key stands in the log and in an error's text, as a careless connector would have it.
        let bench = try Self.bench(.showsTheKey)
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
        for text in texts { #expect(!text.contains("the-right-key")) }
        #expect(texts[2].contains("failures=\"1\"") && texts[2].contains("skipped"))
        #expect(report.json["green"] == false)
        #expect(CapabilityMatrix([report.json]).markdown.contains("| [pretend](../docs/conformance/pretend.md) |"))
    }

    @Test func patternsChooseChecks() throws {
        let bench = try Self.bench(nil)
        #expect(ConformanceSuite(bench, only: ["revoke"]).checks.allSatisfy { $0.id.hasPrefix("revoke.") })
        #expect(
            ConformanceSuite(bench, only: ["*.lost-answer"]).checks.map(\.id) == [
                "find.lost-answer", "faults.lost-answer",
            ])
        let ids = ConformanceSuite(bench).checks.map(\.id)
        #expect(Set(ids).count == ids.count)
    }
}
