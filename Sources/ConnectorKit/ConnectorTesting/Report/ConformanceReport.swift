// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
public import JSONDocuments

/// What a run proved, with everything somebody needs to judge or repeat it; without secrets.
public struct ConformanceReport: Sendable {
    /// Names and values of the run, in the order in which they are shown: versions, address, product, seed.
    public let circumstances: [(name: String, value: String)]
    public let connector: String
    public let title: String
    /// `sandbox`, or the address of the real CA.
    public let environment: String
    public let started: Date
    public let duration: Duration
    public let outcome: ConformanceOutcome
    /// What the profile declares or configures beyond check and enroll.
    public let declared: [ConnectorAbility]

    public init(
        _ bench: ConformanceBench, _ outcome: ConformanceOutcome, environment: String, started: Date,
        duration: Duration, circumstances: [(name: String, value: String)]
    ) {
        let profile = bench.profile
        connector = profile.name
        title = profile.title
        self.environment = environment
        self.started = started
        self.duration = duration
        self.outcome = outcome
        declared = ConnectorAbility.allCases.filter { profile.abilities.contains($0) || profile.claims($0) }
        let trial = bench.trial
        let order = [
            trial.product, trial.purpose.rawValue, trial.key.rawValue, trial.validityDays.map { "\($0) days" } ?? "",
        ].filter { !$0.isEmpty }.joined(separator: ", ")
        self.circumstances =
            circumstances + [
                ("product ordered", order), ("seed", "\(bench.seed)"),
                ("faults", "injected by the kit between connector and CA"),
            ]
    }

    /// Abilities that a check showed at work, and none found wanting.
    public var proved: [ConnectorAbility] {
        declared.filter { ability in
            let own = outcome.results.filter { $0.ability == ability.rawValue }
            return own.contains { $0.provesAbility && $0.verdict == .passed } && !own.contains { $0.verdict.isFailure }
        }
    }

    /// How many checks ended in each way, in a fixed order.
    public var counts: [(word: String, count: Int)] {
        let words = ["passed", "failed", "skipped", "not claimed", "not applicable"]
        return words.map { word in (word, outcome.results.filter { $0.verdict.word == word }.count) }
    }

    /// One line: green or red, and how many of each.
    public var summary: String {
        let numbers = counts.filter { $0.count > 0 }.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
        let why = outcome.shortcoming.map { "; \($0)" } ?? ""
        return "\(connector): \(outcome.isGreen ? "green" : "red"), \(numbers)\(why)"
    }

    public var json: JSONValue {
        [
            "connector": .string(connector), "title": .string(title), "environment": .string(environment),
            "started": .string(started.ISO8601Format()), "seconds": .number(seconds(duration)),
            "green": .bool(outcome.isGreen), "shortcoming": JSONValue(outcome.shortcoming),
            "circumstances": .object(Dictionary(circumstances.map { ($0.name, .string($0.value)) }) { $1 }),
            "counts": .object(Dictionary(counts.map { ($0.word, JSONValue($0.count)) }) { $1 }),
            "ordersPlaced": JSONValue(outcome.ordersPlaced), "afterwards": .string(outcome.cleaning),
            "left": .array(
                outcome.left.map { left in
                    [
                        "state": .string(left.state.rawValue), "reference": .string(left.reference),
                        "order": JSONValue(left.order), "serialNumber": JSONValue(left.serialNumber),
                    ]
                }),
            "declared": JSONValue(declared.map(\.rawValue)), "proved": JSONValue(proved.map(\.rawValue)),
            "checks": .array(
                outcome.results.map { result in
                    [
                        "id": .string(result.id), "title": .string(result.title), "fact": .string(result.fact),
                        "ability": JSONValue(result.ability), "provesAbility": .bool(result.provesAbility),
                        "verdict": .string(result.verdict.word),
                        "reason": JSONValue(result.verdict.reason), "evidence": JSONValue(result.evidence),
                        "orders": JSONValue(result.orders), "seconds": .number(seconds(result.duration)),
                    ]
                }),
        ]
    }

    func seconds(_ duration: Duration) -> Double { ((duration / .seconds(1)) * 1000).rounded() / 1000 }
}
