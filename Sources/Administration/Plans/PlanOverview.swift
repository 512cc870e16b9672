// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
public import Ledger
public import Planning

/// What a pass would do, and some of the people concerned.
public struct PlanOverview: Sendable {
    public struct Template: Sendable {
        public let summary: PlanSummary
        /// Everybody, counted once.
        public let people: PeopleCount
        /// The first of those whose certificate in use should be looked at, by what is to be said; `people` has the numbers.
        public let concerns: [CertificateConcern: [EnrolledPerson]]
        /// The first of them; `summary` has the numbers.
        public let toOrder: [EnrollmentDecision]
        /// Refused before, and tried again later.
        public let waiting: [EnrollmentDecision]
        /// Whose order has ended without a certificate, for good.
        public let ended: [EnrollmentDecision]
        public let leftOut: [EnrollmentDecision]
        /// The first of those who lose a certificate or an order; `summary` has the numbers.
        public let toEnd: [EnrollmentDecision]
    }

    /// New orders that would wait here, though they were placed.
    public struct Kept: Sendable {
        public let backendCA: String
        public let orders: Int
        /// What they wait for, with the next step.
        public let reason: String
    }

    public let templates: [Template]
    /// Templates that could not be looked at, so that nobody knows what they are to order or to end, with the reason.
    public let unknown: [UnplannedTemplate]
    /// Valid certificates of templates that are gone, by template: nobody plans for them any more.
    public let unplanned: [String: Int]
    /// What kept a template from being looked at, and why the plan would not be carried out, one sentence each.
    public let problems: [String]
    /// Whether something stands against every new order; `problems` says what.
    public let isStopped: Bool
    /// What the orders of one backend CA wait for.
    public let kept: [Kept]
    /// What has not left although nothing is wrong, and goes on by itself, one sentence each.
    public let waiting: [String]
    /// New orders that are placed without a person's consent.
    public let allowed: Int
    /// What the orders of this month cost so far, and what they may; nil where nothing has a price.
    public let spending: Spending?
    public let budget: Money?
    /// What the new orders cost where that is over a budget.
    public let overBudget: MoneySum?
    /// What waits for a person's consent, one sentence each.
    public let overLimits: [String]

    public var wanted: Int { templates.reduce(0) { $0 + $1.summary.toOrder } }
    /// What the new orders cost together.
    public var cost: MoneySum { templates.reduce(MoneySum()) { $0 + MoneySum($1.summary.cost) } }
    public var endings: Int { templates.reduce(0) { $0 + $1.summary.toEnd } }

    public var json: JSONValue {
        let templates = templates.map { template -> JSONValue in
            var value = template.summary.json
            value["people"] = template.people.json
            value["concerns"] = template.people.concernsJSON
            value["toOrder"] = .array(
                template.toOrder.map {
                    [
                        "userPrincipalName": .string($0.userPrincipalName), "names": $0.names.json,
                        "action": JSONValue($0.action?.rawValue), "reason": .string($0.reason),
                    ]
                })
            value["toEnd"] = .array(
                template.toEnd.map {
                    [
                        "userPrincipalName": .string($0.userPrincipalName), "action": JSONValue($0.action?.rawValue),
                        "reason": .string($0.reason),
                    ]
                })
            return value
        }
        return [
            "templates": .array(templates), "problems": JSONValue(problems), "waiting": JSONValue(waiting),
            "overLimits": JSONValue(overLimits), "cost": cost.json, "spending": spending?.json ?? .null,
            "budgetPerMonth": budget?.json ?? .null,
            "unknown": .array(
                unknown.map { ["template": .string($0.template), "reason": .string($0.reason)] }),
            "unplanned": .object(unplanned.mapValues { JSONValue($0) }),
            "kept": .array(
                kept.map {
                    [
                        "backendCA": .string($0.backendCA), "orders": JSONValue($0.orders),
                        "reason": .string($0.reason),
                    ]
                }),
        ]
    }
}
