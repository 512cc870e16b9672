// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One check as it ended.
public struct ConformanceResult: Sendable {
    public let id: String
    public let title: String
    /// What a pass proves, in one sentence.
    public let fact: String
    /// The ability it belongs to; nil for what every connector must do.
    public let ability: String?
    /// Whether a pass shows the ability at work.
    public let provesAbility: Bool
    public let verdict: ConformanceVerdict
    /// What was seen: serial numbers, counts, the CA's words; without secrets.
    public let evidence: [String]
    /// Orders it placed.
    public let orders: Int
    public let duration: Duration

    /// A check that was not run.
    init(_ check: ConformanceCheck, _ verdict: ConformanceVerdict) {
        self.init(
            id: check.id, title: check.title, fact: check.fact, ability: check.ability?.rawValue,
            provesAbility: check.provesAbility, verdict: verdict, evidence: [], orders: 0, duration: .zero)
    }

    public init(
        id: String, title: String, fact: String, ability: String? = nil, provesAbility: Bool = true,
        verdict: ConformanceVerdict,
        evidence: [String], orders: Int, duration: Duration
    ) {
        self.id = id
        self.title = title
        self.fact = fact
        self.ability = ability
        self.provesAbility = ability != nil && provesAbility
        self.verdict = verdict
        self.evidence = evidence
        self.orders = orders
        self.duration = duration
    }
}
