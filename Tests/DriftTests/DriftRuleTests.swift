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

    /// What is advised can be typed: nothing that a command requires is left out.
    @Test func commandsOfTheTableAreWhole() {
        let required: [String: [String]] = [
            "certway certificate revoke": ["SERIAL", "--because"],
            "certway certificate withdraw": ["SERIAL", "--because"],
            "certway mailbox release": ["ADDRESS", "--because"], "certway mailbox show": ["ADDRESS"],
            "certway certificate show": ["SERIAL"], "certway key rewrap": ["--to"], "certway order again": ["ORDER"],
            "certway order retry": ["ORDER", "--found"],
            "certway adopt": ["--backend-ca"], "certway ca check": ["BACKEND-CA"],
        ]
        for rule in DriftRule.table {
            let parts = rule.remedy.split(separator: "'", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() where index % 2 == 1 && part.hasPrefix("certway ") {
                let known = required.first { part.hasPrefix($0.key) }
                #expect(known != nil, "\(part) is not known here")
                for word in known?.value ?? [] { #expect(part.contains(word), "\(rule.kind): \(part) lacks \(word)") }
            }
        }
    }

    @Test func theSameDifferenceHasTheSameIdAndAnotherHasAnother() {
        let one = DriftFinding(.recordUnknown, subject: "a")
        #expect(one.id == DriftFinding(.recordUnknown, subject: "a", detail: "seen later").id)
        #expect(one.id != DriftFinding(.recordUnknown, subject: "b").id)
        #expect(one.id != DriftFinding(.recordUnknown, place: "x", subject: "a").id)
    }
}
