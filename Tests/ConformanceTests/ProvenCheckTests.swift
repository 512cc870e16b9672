// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import ConnectorTesting
import PKIX
import TestSupport
import Testing

/// Every check of the kit is shown red by a vice, and a vice is seen by those checks whose business it is.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ProvenCheckTests {
    /// Keys that take long to make; only who errs about keys is tried with them.
    private static let slow: Set = ["keys.rsa2048", "keys.rsa3072", "keys.rsa4096"]

    /// Whether a check is tried although it must stay green: those of the same kind, and what they rest on; with
    /// `Scripts/test --full` all.
    private static func isNear(_ id: String, _ noticed: Set<String>) -> Bool {
        let kind = id.prefix { $0 != "." }
        return TestSize.isFull || ["credentials", "orders", "load", "secrets"].contains(kind)
            || noticed.contains { $0.prefix { $0 != "." } == kind }
    }

    @Test(arguments: Vice.allCases)
    func eachViceIsNoticed(_ vice: Vice) async throws {
        let bench = try PretendBench.make(vice, patience: vice.patience)
        let notice = vice.notice
        let ids = ConformanceSuite(bench).checks.map(\.id).filter {
            notice.ids.contains($0) || !Self.slow.contains($0) && Self.isNear($0, notice.ids)
        }
        let outcome = try await ConformanceSuite(bench, only: ids).run(bench)
        let red = outcome.results.filter(\.verdict.isFailure)
        let seen = Set(red.map(\.id))
        let missed = notice.ids.subtracting(seen).sorted().map { id in
            "\(id) \(outcome.results.first { $0.id == id }.map { "\($0.verdict) \($0.evidence)" } ?? "was not run")"
        }
        #expect(missed.isEmpty, "\(vice) was not noticed by \(missed.joined(separator: "; "))")
        let others = red.filter { !notice.ids.contains($0.id) }.map { "\($0.id): \($0.verdict.reason ?? "")" }
        #expect(others.isEmpty || !notice.isExact, "\(vice) was noticed elsewhere: \(others.joined(separator: "; "))")
    }

    /// A check that no vice turns red proves nothing; a vice that names a check which is gone is stale.
    @Test func everyCheckCanTurnRed() throws {
        let ids = Set(ConformanceSuite(try PretendBench.make(nil)).checks.map(\.id))
        let proven = Vice.allCases.reduce(into: Set<String>()) { $0.formUnion($1.notice.ids) }
        #expect(Vice.allCases.allSatisfy { !$0.notice.ids.isEmpty })
        #expect(ids.subtracting(proven).sorted() == [], "no vice turns these red")
        #expect(proven.subtracting(ids).sorted() == [], "the suite has no such checks")
    }

    /// The suite makes checks of what a profile offers, and this one offers everything.
    @Test func theBenchHasEverything() throws {
        let bench = try PretendBench.make(nil)
        #expect(Set(bench.profile.abilities) == Set(ConnectorAbility.allCases))
        #expect(
            Set(bench.profile.products.flatMap(\.purposes))
                == Set(CertificatePurpose.allCases).subtracting([.serverAuthentication]))
        #expect(bench.profile.product("mail")?.keyTypes == KeyType.allCases)
        #expect(!bench.settings.secrets.isEmpty)
    }

    /// Whatever a connector says, verdicts and evidence are shown to people.
    @Test func noVerdictHoldsASecret() async throws {
        let bench = try PretendBench.make(.tellsTheKey)
        let outcome = try await ConformanceSuite(bench, only: ["refusal.unknown-product", "secrets"]).run(bench)
        let results = outcome.results
        #expect(results.map(\.verdict.isFailure) == [true, true])
        #expect(results.first?.verdict.reason?.contains("the key is") == true)
        for result in results {
            #expect(!"\(result.verdict) \(result.evidence)".contains(PretendBench.key), "\(result.id)")
        }
    }
}
