// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What was found, what becomes of it, and for whom is ordered all the same.
public struct AdoptionReport: Sendable {
    public internal(set) var adoptions: [Adoption]
    /// Whom the plan would order for, by template, before and after.
    public let toOrder: [(template: String, before: Int, after: Int)]
    /// What could not be looked at, one sentence each.
    public let problems: [String]
    /// Whether it was done.
    public internal(set) var isDone = false

    public func count(_ outcome: Adoption.Outcome) -> Int { adoptions.count { $0.outcome == outcome } }

    public var json: JSONValue {
        [
            "dryRun": .bool(!isDone), "found": JSONValue(adoptions.count),
            "adopted": JSONValue(count(.adopt) + count(.adoptAndReplace)),
            "toBeReplaced": JSONValue(count(.adoptAndReplace)), "left": JSONValue(count(.leave)),
            "toOrder": .array(
                toOrder.map { entry in
                    [
                        "template": .string(entry.template), "before": JSONValue(entry.before),
                        "after": JSONValue(entry.after),
                    ]
                }),
            "certificates": .array(adoptions.map(\.json)), "problems": JSONValue(problems),
        ]
    }
}
