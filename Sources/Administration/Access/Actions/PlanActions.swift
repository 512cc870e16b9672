// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Gateway
import Ledger
import Planning

/// What a caller can do with the plan.
public struct PlanActions: Sendable {
    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, _ caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// `approve` and `deny`.
    public func of(_ plan: PlanOverview) async throws -> [ObjectAction] {
        let own = try await gateway.ownChange(of: plan, by: caller)
        var list = ActionList(caller)
        list.add("approve", .approvePlan) {
            try plan.requireDecidable()
            if let own { throw own }
        }
        list.add("deny", .approvePlan) { try plan.requireDecidable() }
        return list.actions
    }
}

extension PlanOverview {
    /// - Throws: `Obstacle` where nothing waits for a consent.
    func requireDecidable() throws(Obstacle) {
        guard overLimits.isEmpty else { return }
        throw Obstacle(
            "the last plan has \(Plural(wanted, "new order")), \(allowed) may be placed without consent, and ends no more "
                + "certificates than it may: nothing is to be approved")
    }
}
