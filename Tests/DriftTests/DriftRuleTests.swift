// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Drift

/// The table of kinds.
@Suite struct DriftRuleTests {
    @Test func everyKindHasOneRow() {
        #expect(DriftRule.table.count == DriftKind.allCases.count)
        #expect(Set(DriftRule.table.map(\.kind)) == Set(DriftKind.allCases))
    }

    @Test func everyRowSaysWhatDiffersWhyAndWhatMendsIt() {
        for rule in DriftRule.table {
            for text in [rule.sentence, rule.cause, rule.remedy] {
                #expect(text.contains(" ") && !text.hasSuffix("."), "\(rule.kind)")
            }
        }
        #expect(Set(DriftRule.table.map(\.source)) == Set(DriftSource.allCases))
    }

    @Test func theSameDifferenceHasTheSameIdAndAnotherHasAnother() {
        let one = DriftFinding(.recordUnknown, subject: "a")
        #expect(one.id == DriftFinding(.recordUnknown, subject: "a", detail: "seen later").id)
        #expect(one.id != DriftFinding(.recordUnknown, subject: "b").id)
        #expect(one.id != DriftFinding(.recordUnknown, place: "x", subject: "a").id)
    }
}
