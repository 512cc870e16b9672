// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
public import JSONDocuments
import Ledger
public import Planning
public import Store

/// What a plan has to be done for one person.
public struct PlannedChange: Sendable {
    public let decision: EnrollmentDecision
    /// The order that it acts on: what is renewed, replaced, revoked or taken back; nil for a first one.
    public let order: Order?

    public var json: JSONValue {
        [
            "template": .string(decision.template), "id": .string(decision.subscriberID),
            "userPrincipalName": .string(decision.userPrincipalName), "action": JSONValue(decision.action?.rawValue),
            "reason": .string(decision.reason), "names": decision.names.json,
            "order": JSONValue(order?.reference), "backendCA": JSONValue(order?.backendCA),
            "formerNames": order?.names ?? .null,
        ]
    }
}

extension PlanAdministration {
    /// How changes of a plan are listed.
    public static let changeSorting = DecisionStore.plannedSorting

    /// A page of what the last plan has to be done, each with what it changes.
    ///
    /// - Throws: `ListError`, `StoreError`.
    public func changes(
        template: String?, actions: Set<PlannedAction>?, _ request: ListRequest
    ) async throws -> ListPage<PlannedChange> {
        let page = try await gateway.planner.decisions.planned(template: template, actions: actions, request)
        let orders = try await gateway.ledger.orders(ids: page.items.compactMap(\.actsOn))
        return page.map { PlannedChange(decision: $0, order: $0.actsOn.flatMap { orders[$0] }) }
    }
}
