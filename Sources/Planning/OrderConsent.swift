// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
public import Ledger
import Records
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
    /// What they may cost together, by currency; for a consent to certain orders what these cost.
    public let cost: MoneySum
    /// Which ones, where the consent is to what was looked at and not to a number; nobody else is ordered for by it.
    public let planned: PlannedOrders?

    /// The consent to a number, whosever orders they are.
    ///
    /// - Parameter cost: what they may cost where that is over a budget.
    public init(actor: String, grantedAt: Date, orders: Int, cost: MoneySum = MoneySum()) {
        self.init(actor: actor, grantedAt: grantedAt, orders: orders, cost: cost, planned: nil)
    }

    /// The consent to these orders and ends and no others.
    public init(actor: String, grantedAt: Date, to planned: PlannedOrders) {
        self.init(actor: actor, grantedAt: grantedAt, orders: planned.orders, cost: planned.cost, planned: planned)
    }

    private init(actor: String, grantedAt: Date, orders: Int, cost: MoneySum, planned: PlannedOrders?) {
        self.cost = cost
        self.actor = actor
        self.grantedAt = grantedAt
        self.orders = orders
        self.planned = planned
    }

    /// What it is to, in words.
    public var sentence: String {
        let endings = planned?.endings ?? 0
        let parts = [
            orders > 0 || endings == 0
                ? "\(Plural(orders, "new order"))" + (cost.isEmpty ? "" : " for \(cost.text)") : nil,
            endings > 0 ? "the end of \(Plural(endings, "certificate"))" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: " and ")
    }

    public var expiresAt: Date { grantedAt + Self.validity }

    /// Whether it may be used now: one to a number for a plan of no more, one to certain orders for these alone.
    private func isGood(forPlanOf wanted: Int, _ money: MoneySum?, at date: Date) -> Bool {
        date < expiresAt && (planned != nil || covers(wanted, money))
    }

    /// Whether a number covers so many orders, and their cost.
    ///
    /// - Parameter money: what they cost where that is over a budget; nil where it is not.
    public func covers(_ wanted: Int, _ money: MoneySum?) -> Bool {
        wanted <= orders && (money?.all ?? []).allSatisfy { $0.units <= cost[$0.currency].units }
    }

    /// Puts the consent where whoever plans next finds it, in place of an earlier one.
    public func grant(on database: any SQLDatabase) async throws {
        let (value, entry) = (json, audited)
        try await database.write { connection in
            try OrderLedger.setState(Self.state, value, on: connection)
            try AuditTrail.record(entry, on: connection)
        }
    }

    /// The record of it: what it is to, by a mark that changes with each order and end that is approved.
    private var audited: AuditEntry {
        AuditEntry(
            .approvePlan, AuditObject(.plan, planned?.fingerprint ?? "any"), by: AuditActor(named: actor),
            after: [
                "orders": JSONValue(orders), "endings": JSONValue(planned?.endings ?? 0),
                "until": .string(AuditRecord.moment(expiresAt)),
            ], reason: "consent to \(sentence)")
    }

    /// Puts one on record that is used at once.
    public func note(on database: any SQLDatabase) async throws {
        let entry = audited
        try await database.write { try AuditTrail.record(entry, on: $0) }
    }

    /// Voids the consent that waits, whoever gave it, and puts on record who has said no to the plan of this mark.
    ///
    /// - Returns: the consent that waited; nil for none.
    public static func void(
        _ fingerprint: String, by actor: String, because cause: String, on database: any SQLDatabase
    ) async throws -> OrderConsent? {
        try await database.write { connection in
            let value = try OrderLedger.state(state, on: connection, lock: connection.dialect.rowLock)
            let consent = value.flatMap(OrderConsent.init(json:))
            try OrderLedger.setState(state, nil, on: connection)
            try AuditTrail.record(
                AuditEntry(
                    .denyPlan, AuditObject(.plan, fingerprint), by: AuditActor(named: actor),
                    before: consent.map { ["consent": .string($0.sentence), "by": .string($0.actor)] }, reason: cause),
                on: connection)
            return consent
        }
    }

    /// The consent that waits to be used; nil when there is none.
    public static func pending(on database: any SQLDatabase) async throws -> OrderConsent? {
        try await database.read { try OrderLedger.state(state, on: $0).flatMap(OrderConsent.init(json:)) }
    }

    /// Takes the consent that is good for a plan of `wanted` new orders: it is used up, for every other node too. One that is
    /// not good for it stays; one that has ended goes.
    ///
    /// - Parameter money: what they cost where that is over a budget; nil where it is not.
    public static func take(
        forPlanOf wanted: Int, costing money: MoneySum? = nil, on database: any SQLDatabase, at date: Date
    ) async throws -> OrderConsent? {
        try await database.write { connection in
            let known = try OrderLedger.state(state, on: connection, lock: connection.dialect.rowLock)
            guard let consent = known.flatMap(OrderConsent.init(json:)) else { return nil }
            let isGood = consent.isGood(forPlanOf: wanted, money, at: date)
            if isGood || date >= consent.expiresAt { try OrderLedger.setState(state, nil, on: connection) }
            return isGood ? consent : nil
        }
    }

    /// Voids what was consented to end and is no longer planned to end: these people are entitled again, and what may come over them later
    /// nobody has looked at. Costs one look-up where no consent to ends waits.
    ///
    /// - Parameter plan: gives what the plan of now would end.
    static func forgetEndings(
        on database: any SQLDatabase, besides plan: () async throws -> PlannedOrders
    ) async throws {
        guard let known = try await pending(on: database)?.planned, known.endings > 0 else { return }
        let planned = try await plan()
        guard !known.endingMarks.isSubset(of: planned.marks) else { return }
        try await database.write { connection in
            let value = try OrderLedger.state(state, on: connection, lock: connection.dialect.rowLock)
            guard let consent = value.flatMap(OrderConsent.init(json:)), var kept = consent.planned else { return }
            kept.marks.subtract(kept.endingMarks.subtracting(planned.marks))
            let left = OrderConsent(actor: consent.actor, grantedAt: consent.grantedAt, to: kept)
            try OrderLedger.setState(state, kept.marks.isEmpty ? nil : left.json, on: connection)
        }
    }
}

extension OrderConsent {
    /// - Returns: nil also for one of an earlier version that counted the orders of each template: it says not whose.
    private init?(json: JSONValue) {
        guard let actor = json["by"]?.string, let time = json["at"]?.number, let orders = json["orders"]?.int,
            json["templates"]?.object == nil
        else { return nil }
        var cost = MoneySum()
        for money in json["cost"]?.array ?? [] { cost.add(money.string.flatMap { Money($0) }) }
        self.init(
            actor: actor, grantedAt: Date(timeIntervalSince1970: time), orders: orders, cost: cost,
            planned: json["planned"]?.array == nil ? nil : PlannedOrders(json: json["planned"]))
    }

    private var json: JSONValue {
        [
            "by": .string(actor), "at": .number(grantedAt.timeIntervalSince1970), "orders": JSONValue(orders),
            "cost": JSONValue(cost.all.map(\.text)), "planned": planned?.json ?? .null,
        ]
    }
}
