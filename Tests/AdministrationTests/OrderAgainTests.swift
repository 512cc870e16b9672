// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import Ledger
import PKIX
import Planning
import Rules
import Settings
import TestSupport
import Testing

/// Whoever orders beside the plan keeps to what the plan keeps to.
@Suite struct OrderAgainTests {
    /// Nothing is ordered by rules that nobody can read, not in the place of a withdrawn certificate either.
    @Test func aReplacementIsOrderedByTheRules() async throws {
        let office = try await Office()
        try await office.issue("ada", by: (office.root, office.rootKey), at: Date(), .active)
        let record = try #require(try await office.ledger.certificates().first)
        let rules = try TemporaryFolder()
        try rules.write("rules: [", to: "broken.yaml")
        let profiles = Profiles(
            modules: office.profiles.modules, catalogue: office.profiles.catalogue,
            rules: RuleShelf(RuleFiles(folders: [rules.path])))
        let gateway = try await Gateway.open(
            office.home, profiles: profiles, logger: StandardLogger(threshold: .error, write: { _ in }))
        let error = await #expect(throws: EnrollmentError.self) {
            try await office.orders.replace(record, gateway, because: "wrong profile")
        }
        #expect(error?.message.contains("the rule files are not right") == true, "\(error?.message ?? "")")
    }
}
