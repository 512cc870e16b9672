// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Gateway
public import Ledger
import Planning
import Records
public import Settings
import Store

/// Open orders by what they wait for, and what moves them on.
extension OrderAdministration {
    /// What open orders wait for, in the order in which a person has to act; groups without orders are left out unless asked for.
    ///
    /// - Parameters:
    ///   - filter: its template, backend CA, text and `waitsFor` count.
    ///   - limit: at most so many orders of each group, oldest first.
    ///   - empty: whether groups without orders are in it.
    public func waiting(
        _ filter: OrderFilter, _ gateway: Gateway, limit: Int = 20, empty: Bool = false
    ) async throws -> [WaitingGroup] {
        let counts = Dictionary(
            try await ledger.waitingCounts(filter).map { ($0.wait, $0) }, uniquingKeysWith: { first, _ in first })
        var groups: [WaitingGroup] = []
        for wait in Self.order where filter.waitsFor?.contains(wait) ?? true {
            let count = counts[wait]
            var group = WaitingGroup(
                wait: wait, count: count?.count ?? 0, oldest: count?.oldest, nextAt: count?.nextAt, orders: [])
            if wait == .limit { group.plans = try await overLimits(gateway) }
            guard count != nil || empty || !group.plans.isEmpty else { continue }
            if count != nil, limit > 0 {
                var one = filter
                one.waitsFor = [wait]
                let request = ListRequest(sort: ListSort("number"), limit: limit)
                group.orders = try await described(try await ledger.orders(one, request).items, gateway.configuration)
            }
            groups.append(group)
        }
        return groups
    }

    /// What stands in the way of these orders, which must be open; others are left out.
    public func described(_ orders: [Order], _ configuration: GatewayConfiguration) async throws -> [WaitingOrder] {
        let reminders = try await ledger.mailReminders(orders.map(\.id))
        let ends = try await ledger.certificateEnds(orders.compactMap(\.replaces))
        return orders.compactMap { order in
            order.wait.map {
                WaitingOrder(
                    order: order, wait: $0,
                    deadline: OrderDeadline(
                        order, certificateEnds: order.replaces.flatMap { ends[$0] }, configuration),
                    reminder: reminders[order.id])
            }
        }
    }

    /// Asks the CA of each order that waits for its person which addresses have not confirmed: one call to the CA for each.
    public func asked(_ orders: [WaitingOrder], _ gateway: Gateway) async -> [WaitingOrder] {
        var asked = orders
        for index in asked.indices where asked[index].wait == .subscriber {
            do {
                let (_, addresses) = try await validation(asked[index].order.reference, gateway)
                asked[index].unconfirmed = addresses.filter { !$0.isValidated }.map(\.address)
            } catch {
                asked[index].unasked = "\(error)"
            }
        }
        return asked
    }

    /// Has CAs write again to people who have not confirmed.
    ///
    /// - Parameters:
    ///   - words: orders; empty for all that `filter` means and that wait for their person.
    ///   - rest: who was written to less long ago is left in peace.
    ///   - isDryRun: whether to tell only which it would be.
    public func remind(
        _ words: [String], _ filter: OrderFilter, rest: Duration, _ gateway: Gateway, isDryRun: Bool
    ) async throws -> RemindedOrders {
        var meant: [Order] = []
        for word in words { meant.append(try await order(word)) }
        if words.isEmpty {
            var filter = filter
            (filter.waitsFor, filter.limit) = ([.subscriber], .max)
            meant = try await ledger.orders(filter).sorted { $0.id < $1.id }
        }
        var result = RemindedOrders()
        let (reminders, now) = (try await ledger.mailReminders(meant.map(\.id)), ledger.clock.now())
        for order in meant {
            let last = [reminders[order.id]?.last, order.submittedAt].compactMap(\.self).max()
            if let last, now.timeIntervalSince(last) < rest.seconds {
                result.rested.append(order)
                continue
            }
            do {
                result.reminded.append(try await resendMail(order.reference, gateway, isDryRun: isDryRun))
            } catch let error where !(error is StoreError || error is AccessDenied) {
                result.refused.append(ReleasedOrders.Refusal(order: order, reason: "\(error)"))
            }
        }
        return result
    }

    /// What plans would order and a limit keeps. By the plans of the last pass: the directory is not asked.
    private func overLimits(_ gateway: Gateway) async throws -> [String] {
        var plans: [PlanSummary] = []
        for template in try await gateway.planner.planned(gateway.configuration) {
            plans.append(try await gateway.planner.last(template))
        }
        let spending = try await Spending.read(gateway.ledger, for: gateway.configuration, at: ledger.clock.now())
        return PlanLimits(plans, gateway.configuration.limits, spending).sentences
    }

    /// What a person has to do comes first.
    private static let order: [OrderWait] = [
        .subscriber, .certificateAuthority, .approver, .operator, .inDoubt, .limit, .failed, .gateway,
    ]
}
