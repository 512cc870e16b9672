// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Records

extension OrderAdministration {
    /// Has every order that is meant worked on again, at once, after the mend of its cause.
    ///
    /// Of held orders nothing is bought by it: the check which held them is repeated, an order in doubt is only searched for
    /// again, what the CA has is only asked for and compared again, and an order that has not left is not touched. Delayed ones
    /// do what they would have done by themselves later.
    ///
    /// - Parameter isDryRun: whether to tell only which orders would be released.
    /// - Throws: errors of the store; an order that cannot be released stays as it is and is told with its reason.
    public func release(_ selection: StandingOrders, isDryRun: Bool) async throws -> ReleasedOrders {
        let place = [selection.backendCA, selection.template].compactMap(\.self).joined(separator: ", ")
        let wish = Entrance.Wish(.retryOrder, AuditObject(.order, "all of \(place)"))
        return try await entrance.pass(.retryOrder, to: wish) { try await carryOut(selection, isDryRun) }
    }

    private func carryOut(_ selection: StandingOrders, _ isDryRun: Bool) async throws -> ReleasedOrders {
        var result = ReleasedOrders()
        let isHeld = selection.state == .held
        // All are read before the first is touched, so that one that stops again meanwhile is not released twice.
        for order in try await standing(selection) {
            // Work on such an order would place it, which is no repetition of a check.
            if isHeld, OrderStage.beforeSubmission.contains(order.stage) {
                result.refused.append(
                    ReleasedOrders.Refusal(
                        order: order,
                        reason: "it has not left for the CA; 'certway order retry \(order.reference)' places it"))
                continue
            }
            if isDryRun {
                result.released.append(ReleasedOrders.Release(order: order, before: order))
                continue
            }
            do {
                let released = try await ledger.retry(order.id, by: actor)
                result.released.append(ReleasedOrders.Release(order: released, before: order))
            } catch let error as LedgerError {
                result.refused.append(ReleasedOrders.Refusal(order: order, reason: "\(error)"))
            }
        }
        return result
    }

    private func standing(_ selection: StandingOrders) async throws -> [Order] {
        let (isHeld, now) = (selection.state == .held, ledger.clock.now())
        let orders = try await ledger.orders(
            OrderFilter(
                stages: isHeld ? nil : Set(OrderStage.allCases.filter(\.isOpen)), template: selection.template,
                backendCA: selection.backendCA, held: isHeld, limit: .max))
        return orders.filter { order in
            // What waits for a CA or a person there is asked for in due time, and nothing has failed.
            isHeld
                || (order.leaseOwner == nil && isStanding(order)
                    && order.nextActionAt.map { $0 > now } == true)
        }.sorted { $0.id < $1.id }
    }

    /// Whether its last step failed or left it in doubt, or it is placed again after such a failure.
    private func isStanding(_ order: Order) -> Bool {
        order.errorKind != nil || order.doubt != nil
            || (order.attempt > 0 && [.keyed, .submitted].contains(order.stage))
    }
}
