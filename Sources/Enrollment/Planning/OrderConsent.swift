// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger
import Store

/// A person's consent to more new orders than the gateway places by itself. It lies in the database, so that it reaches the
/// service whoever gives it, is good for one placing, and ends by itself when it is forgotten.
public struct OrderConsent: Sendable, Equatable {
    /// How long a consent is good for.
    public static let validity: TimeInterval = 86_400
    private static let state = "orderConsent"

    /// Who gave it.
    public let actor: String
    public let grantedAt: Date
    /// How many new orders at most, in all.
    public let orders: Int
    /// How many for each template, where the consent is to one plan and not to a number: more than that was not looked at.
    public let templates: [String: Int]?

    public init(actor: String, grantedAt: Date, orders: Int, templates: [String: Int]? = nil) {
        self.actor = actor
        self.grantedAt = grantedAt
        self.orders = orders
        self.templates = templates
    }

    /// The consent to a plan as it is.
    public init(actor: String, grantedAt: Date, to plans: [PlanSummary]) {
        let numbers = Dictionary(plans.map { ($0.template, $0.toOrder) }, uniquingKeysWith: +)
        self.init(actor: actor, grantedAt: grantedAt, orders: numbers.values.reduce(0, +), templates: numbers)
    }

    public var expiresAt: Date { grantedAt + Self.validity }

    /// Whether it is good for these plans.
    public func covers(_ plans: [PlanSummary], at date: Date) -> Bool {
        guard date < expiresAt, plans.reduce(0, { $0 + $1.toOrder }) <= orders else { return false }
        return plans.allSatisfy { plan in templates.map { plan.toOrder <= $0[plan.template] ?? 0 } ?? true }
    }

    /// Puts the consent where whoever plans next finds it, in place of an earlier one.
    public func grant(on database: any SQLDatabase) async throws {
        let value = json
        try await database.write { try OrderLedger.setState(Self.state, value, on: $0) }
    }

    /// The consent that waits to be used; nil when there is none.
    public static func pending(on database: any SQLDatabase) async throws -> OrderConsent? {
        try await database.read { try OrderLedger.state(state, on: $0).flatMap(OrderConsent.init(json:)) }
    }

    /// Takes the consent that is good for these plans: it is used up, for every other node too. One that is not good for
    /// them stays; one that has ended goes.
    public static func take(
        for plans: [PlanSummary], on database: any SQLDatabase, at date: Date
    ) async throws -> OrderConsent? {
        try await database.write { connection in
            guard let consent = try OrderLedger.state(state, on: connection).flatMap(OrderConsent.init(json:)) else {
                return nil
            }
            let isGood = consent.covers(plans, at: date)
            if isGood || date >= consent.expiresAt { try OrderLedger.setState(state, nil, on: connection) }
            return isGood ? consent : nil
        }
    }
}

extension OrderConsent {
    private init?(json: JSONValue) {
        guard let actor = json["by"]?.string, let time = json["at"]?.number, let orders = json["orders"]?.int else {
            return nil
        }
        self.init(
            actor: actor, grantedAt: Date(timeIntervalSince1970: time), orders: orders,
            templates: json["templates"]?.object?.compactMapValues(\.int))
    }

    private var json: JSONValue {
        [
            "by": .string(actor), "at": .number(grantedAt.timeIntervalSince1970), "orders": JSONValue(orders),
            "templates": templates.map { .object($0.mapValues { JSONValue($0) }) } ?? .null,
        ]
    }
}
