// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What a pass would do for one template.
public struct PlanSummary: Sendable {
    public var template: String
    /// People by verdict.
    public var counts: [EnrollmentDecision.Verdict: Int]
    /// People looked at in this pass; the others had not changed.
    public var evaluated: Int
    /// People left out, by reason.
    public var skippedByReason: [String: Int]
    /// What the template says and probably does not mean, one sentence each.
    public var warnings: [String]

    public var toOrder: Int { counts[.order] ?? 0 }

    public var json: JSONValue {
        [
            "template": .string(template), "evaluated": JSONValue(evaluated),
            "people": .object(
                Dictionary(
                    uniqueKeysWithValues: EnrollmentDecision.Verdict.allCases.map {
                        ($0.rawValue, JSONValue(counts[$0] ?? 0))
                    })),
            "skippedByReason": .object(skippedByReason.mapValues { JSONValue($0) }),
            "warnings": JSONValue(warnings),
        ]
    }
}
