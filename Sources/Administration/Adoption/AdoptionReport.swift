// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What was found, what becomes of it, and for whom is ordered all the same.
public struct AdoptionReport: Sendable {
    /// For how many people a template orders, before and after; nil where it could not be looked at, and nobody knows.
    public struct Need: Sendable {
        public let template: String
        public let before: Int?
        public let after: Int?
    }

    public internal(set) var adoptions: [Adoption]
    public let toOrder: [Need]
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
                        "template": .string(entry.template), "before": entry.before.map { JSONValue($0) } ?? .null,
                        "after": entry.after.map { JSONValue($0) } ?? .null,
                    ]
                }),
            "certificates": .array(adoptions.map(\.json)), "problems": JSONValue(problems),
        ]
    }
}
