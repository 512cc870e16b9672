// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

extension OrderAdministration {
    /// Has every held order that is meant worked on again, so that a check which held them is repeated after the mend of its
    /// cause. Nothing is bought by it: an order in doubt is only searched for again, what the CA has is only asked for and
    /// compared again, and an order that has not left is not touched.
    ///
    /// - Parameter isDryRun: whether to tell only which orders would be released.
    /// - Throws: errors of the store; an order that cannot be released stays held and is told with its reason.
    public func releaseHeld(_ selection: HeldOrders, isDryRun: Bool) async throws -> ReleasedOrders {
        var result = ReleasedOrders()
        // All are read before the first is touched, so that one held again meanwhile is not released twice.
        for order in try await held(selection) {
            // Work on such an order would place it, which is no repetition of a check.
            if OrderStage.beforeSubmission.contains(order.stage) {
                result.refused.append(
                    ReleasedOrders.Refusal(
                        order: order,
                        reason: "it has not left for the CA; 'certway order retry \(order.reference)' places it"))
                continue
            }
            if isDryRun {
                result.released.append(ReleasedOrders.Release(order: order, reason: order.holdReason ?? ""))
                continue
            }
            do {
                let released = try await ledger.retry(order.id, by: actor)
                result.released.append(ReleasedOrders.Release(order: released, reason: order.holdReason ?? ""))
            } catch let error as LedgerError {
                result.refused.append(ReleasedOrders.Refusal(order: order, reason: "\(error)"))
            }
        }
        return result
    }

    private func held(_ selection: HeldOrders) async throws -> [Order] {
        try await ledger.orders(
            OrderFilter(template: selection.template, backendCA: selection.backendCA, held: true, limit: .max)
        ).sorted { $0.id < $1.id }
    }
}
