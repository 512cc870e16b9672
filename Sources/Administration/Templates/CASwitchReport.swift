// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
public import Ledger
import Planning
public import Settings

/// What a switch of a template to another CA or product means, and whether it was done.
public struct CASwitchReport: Sendable {
    /// One thing in which the two sides differ.
    public struct Difference: Sendable, Hashable {
        /// What differs, in a word.
        public let topic: String
        public let former: String
        public let next: String
    }

    /// A rule that counts for one side alone.
    public struct Rule: Sendable, Hashable {
        public let id: String
        /// What follows where it is broken.
        public let severity: String
        public let finding: String
    }

    public enum State: String, Sendable, CaseIterable {
        /// Nothing was changed.
        case dryRun
        /// Something stands against it; nothing was changed.
        case refused
        /// It begins on its day.
        case scheduled
        /// The template has gone over.
        case switched
        /// One that was to come is taken back.
        case cancelled
    }

    public internal(set) var state: State
    public let change: CASwitch
    public internal(set) var differences: [Difference] = []
    /// Rules that begin to count, and those that count no more.
    public internal(set) var newRules: [Rule] = []
    public internal(set) var goneRules: [Rule] = []
    /// Whom it hits; nil while the directory has not been read.
    public internal(set) var people: SwitchForecast?
    /// What devices and mail services have to trust from then on, one sentence each.
    public internal(set) var trust: [String] = []
    /// Why it cannot be done, with the next step, one sentence each.
    public internal(set) var obstacles: [String] = []
    public internal(set) var warnings: [String] = []
    /// The template as it belongs into the administrator's own file.
    public internal(set) var section = ""
    /// New orders with the next passes, and whether they wait for a consent.
    public internal(set) var ordersAllowed = 0
    /// Of one order at the new CA; nil where the configuration says none.
    public internal(set) var price: Money?

    /// What these cost, as far as the configuration says it.
    public var costsNow: MoneySum { MoneySum(price, times: ordersNow) }

    /// Orders that the switch itself causes with the next passes.
    public var ordersNow: Int {
        guard let people else { return 0 }
        return people.unsent.count + (change.pace == .now ? people.replaceable : 0)
    }

    /// Orders that it causes by renewal, later.
    public var ordersLater: Int {
        change.pace == .now ? 0 : people?.renewals.values.reduce(0, +) ?? 0
    }

    public var json: JSONValue {
        func rules(_ rules: [Rule]) -> JSONValue {
            .array(
                rules.map {
                    ["id": .string($0.id), "severity": .string($0.severity), "finding": .string($0.finding)]
                })
        }
        var value = change.json
        value["template"] = .string(change.template)
        value["state"] = .string(state.rawValue)
        value["differences"] = .array(
            differences.map {
                ["topic": .string($0.topic), "former": .string($0.former), "next": .string($0.next)]
            })
        value["rules"] = ["begin": rules(newRules), "end": rules(goneRules)]
        value["people"] = people?.json ?? .null
        value["orders"] = [
            "now": JSONValue(ordersNow), "later": JSONValue(ordersLater),
            "allowedWithoutConsent": JSONValue(ordersAllowed), "costsNow": costsNow.json,
        ]
        value["trust"] = JSONValue(trust)
        value["obstacles"] = JSONValue(obstacles)
        value["warnings"] = JSONValue(warnings)
        value["section"] = .string(section)
        return value
    }
}
