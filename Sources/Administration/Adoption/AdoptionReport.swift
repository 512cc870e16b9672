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
    /// Why it is not known of one whether it is revoked, by SHA-256 fingerprint.
    var unknown: [String: String] = [:]
    /// Why it is not sure who is to have a certificate.
    var directoryProblems: [String] = []
    /// Whether it was done.
    public internal(set) var isDone = false

    /// Why somebody must look at one before it is taken over, although nothing speaks against it; nil where nobody must.
    func doubt(about adoption: Adoption) -> String? {
        if let why = unknown[adoption.found.certificate.sha256Fingerprint] {
            return "whether it is revoked is not known: \(why)"
        }
        return directoryProblems.first.map { "who is to have it is not sure: \($0)" }
    }

    public func count(_ outcome: Adoption.Outcome) -> Int { adoptions.count { $0.outcome == outcome } }

    /// - Parameter most: certificates at most, those that are taken over before those that are left; the numbers are of all.
    public func json(most: Int = .max) -> JSONValue {
        let shown =
            adoptions.count <= most
            ? adoptions
            : Array(
                (adoptions.filter { $0.outcome != .leave } + adoptions.filter { $0.outcome == .leave }).prefix(most))
        return json(shown)
    }

    private func json(_ shown: [Adoption]) -> JSONValue {
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
            "certificates": .array(shown.map(\.json)), "problems": JSONValue(problems),
        ]
    }
}
