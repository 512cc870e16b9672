// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
import Ledger
public import Planning

/// The plan as it was decided last, and the consent to it.
public struct CurrentPlan: Sendable {
    public let overview: PlanOverview
    /// What would be bought and ended.
    public let planned: PlannedOrders
    /// Given and not used yet; nil for none.
    public let consent: OrderConsent?

    /// Changes with everything somebody would consent to.
    public var fingerprint: String { planned.fingerprint }

    public var json: JSONValue {
        var value = overview.json
        value["fingerprint"] = .string(fingerprint)
        value["orders"] = JSONValue(planned.orders)
        value["endings"] = JSONValue(planned.endings)
        value["waitsForConsent"] = .bool(!overview.overLimits.isEmpty && consent == nil)
        value["consent"] =
            consent.map {
                [
                    "by": .string($0.actor), "at": .string($0.grantedAt.ISO8601Format()),
                    "expiresAt": .string($0.expiresAt.ISO8601Format()), "sentence": .string($0.sentence),
                ]
            } ?? .null
        return value
    }
}

extension PlanAdministration {
    /// What is decided now; reads nobody but the ledger.
    ///
    /// - Parameter limit: how many people to name per template and verdict.
    /// - Throws: `StoreError`.
    public func current(limit: Int) async throws -> CurrentPlan {
        let planned = try await gateway.planner.plannedOrders(
            of: try await gateway.planner.planned(gateway.configuration))
        let now = gateway.ledger.clock.now()
        let consent = try await OrderConsent.pending(on: gateway.database).flatMap { now < $0.expiresAt ? $0 : nil }
        return CurrentPlan(overview: try await last(limit: limit), planned: planned, consent: consent)
    }
}
