// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import ConnectorTesting
import Foundation
import PKIX
import Synchronization
import Testing

/// The kit at a CA that cannot be told what to do: what it says of a run in which little happens.
@Suite(.timeLimit(.minutes(5))) struct RealCATests {
    private static func run(
        _ vice: Vice?, _ only: [String], abilities: String = PretendBench.everyAbility,
        patience: Duration = .seconds(1),
        change: (inout ConformanceBench) -> Void = { _ in }
    ) async throws -> (outcome: ConformanceOutcome, report: ConformanceReport) {
        var bench = try PretendBench.make(vice, abilities: abilities, patience: patience)
        bench.sandbox = nil
        change(&bench)
        let outcome = try await ConformanceSuite(bench, only: only).run(bench)
        let report = ConformanceReport(
            bench, outcome, environment: "here", started: Date(), duration: .seconds(1), circumstances: [])
        return (outcome, report)
    }

    @Test(arguments: [["orders.issued"], ["orders.issued", "refusal"]])
    func aRunInWhichNothingIsIssuedIsNotGreen(only: [String]) async throws {
        let (outcome, report) = try await Self.run(.neverIssues, only)
        #expect(!outcome.results.contains { $0.verdict.isFailure })
        #expect(outcome.ordersPlaced > 0 && !outcome.isGreen)
        #expect(report.summary.contains("red") && report.summary.contains("none was issued"))
        #expect(report.json["green"] == false && report.json["shortcoming"]?.string?.contains("orders.issued") == true)
        #expect(report.markdown.contains("Not green"))
        #expect(String(decoding: try report.junit(), as: UTF8.self).contains("failures=\"1\""))
    }

    /// Whoever asks for no certificate is not told that one is missing.
    @Test func aRunThatOrdersNothingIsGreen() async throws {
        #expect(try await Self.run(.neverIssues, ["credentials", "products"]).outcome.isGreen)
        #expect(try await Self.run(.neverIssues, ["orders.issued"]) { $0.orderLimit = 0 }.outcome.isGreen)
        #expect(try await Self.run(nil, ["orders.issued"]).outcome.isGreen)
    }

    /// The CA answered: its words are told, nobody speaks of a lost answer, and nothing is ordered again.
    @Test(arguments: [(PretendBench.everyAbility, "failed"), ("[poll, revoke]", "skipped")])
    func anAnswerThatIsNoProofIsNotCalledLost(abilities: String, word: String) async throws {
        let (outcome, _) = try await Self.run(.refusesUnclearly, ["orders.issued"], abilities: abilities)
        let result = try #require(outcome.results.first)
        #expect(result.verdict.word == word)
        #expect(result.verdict.reason?.contains("we are closed for today") == true, "\(result.verdict)")
        let said = "\(result.verdict.reason ?? "") \(result.evidence)"
        #expect(!said.contains("was lost") && said.contains("no proof"), "\(said)")
        #expect(outcome.ordersPlaced == 1 && !outcome.isGreen)
    }

    /// The order waits first; what the profile says of the CA counts then, too.
    @Test(arguments: [(true, "not applicable"), (false, "failed")])
    func aForeignAddressThatIsCertifiedLaterIsWhatTheProfileSays(certifiesAny: Bool, word: String) async throws {
        let (outcome, _) = try await Self.run(.issuesWithoutProof, ["refusal.foreign-domain"]) {
            $0.profile.certifiesAnyAddress = certifiesAny
        }
        #expect(outcome.results.map(\.verdict.word) == [word], "\(outcome.results.map(\.verdict))")
    }

    /// A CRL that does not change is waited for once, by the first check that misses something on it.
    @Test func aStaleListIsWaitedForOnce() async throws {
        let fetches = Mutex(0)
        var bench = try PretendBench.make(.hidesRevocation, patience: .seconds(1))
        bench.sandbox = nil
        let current = try #require(bench.currentCRL)
        bench.currentCRL = {
            fetches.withLock { $0 += 1 }
            return try await current()
        }
        var counts: [Int] = []
        let suite = ConformanceSuite(bench, only: ["revoke.keyCompromise", "revoke.superseded", "revoke.hold"])
        let outcome = try await suite.run(bench, didEnd: { _ in counts.append(fetches.withLock(\.self)) })
        #expect(outcome.results.map(\.verdict.word) == ["skipped", "skipped", "skipped"])
        #expect(outcome.results.allSatisfy { $0.verdict.reason?.contains("--patience") == true })
        try #require(counts.count == 3)
        #expect(counts[0] > 3)
        #expect(counts[1] - counts[0] == 1 && counts[2] - counts[1] == 1, "\(counts)")
    }

    /// The document names every check that the suite makes for a connector with everything.
    @Test func theReferenceNamesEveryCheck() throws {
        let markdown = try CheckReference.markdown()
        for check in ConformanceSuite(try PretendBench.make(nil)).checks where check.id != "credentials.wrong.key" {
            #expect(markdown.contains("| `\(check.id)` | "), "\(check.id)")
        }
    }
}
