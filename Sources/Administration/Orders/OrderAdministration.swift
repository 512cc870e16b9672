// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Ledger
import Records
public import Store

/// What people do with orders: look at them, and decide what only a person can.
public struct OrderAdministration: Sendable {
    let ledger: OrderLedger
    let caller: Caller
    var actor: String { caller.name }

    /// - Parameter caller: who acts, for the timeline.
    public init(_ ledger: OrderLedger, caller: Caller) {
        self.ledger = ledger
        self.caller = caller
    }

    /// Orders, newest first in the list's own order.
    ///
    /// - Throws: `ListError`, `StoreError`.
    public func list(_ filter: OrderFilter, _ request: ListRequest = ListRequest()) async throws -> ListPage<Order> {
        try await ledger.orders(filter, request)
    }

    /// - Parameter word: number, reference, or the beginning of a reference that no other has.
    /// - Throws: `LedgerError.noSuchOrder`, `notPossible`.
    public func order(_ word: String) async throws -> Order { try await ledger.order(meantBy: word) }

    /// An order and everything that happened to it.
    public func timeline(_ word: String) async throws -> OrderTimeline {
        let order = try await order(word)
        return OrderTimeline(order: order, events: try await ledger.events(order.id))
    }

    /// Works on an order again, at once: without its hold or delay, a failed one from where it was.
    ///
    /// - Parameter isDryRun: whether to tell only that it could be, here and below.
    /// - Throws: `LedgerError.notPossible` as it stands.
    public func retry(_ word: String, isDryRun: Bool = false) async throws -> Order {
        let order = try await order(word)
        // Who may repeat what costs nothing need not be one who may buy.
        return try await entrance.pass(order.buysWhenRetried ? .decideOrder : .retryOrder, to: .retryOrder, order) {
            guard isDryRun else { return try await ledger.retry(order.id, by: actor) }
            try order.require(.retry)
            if let obstacle = try await ledger.obstaclesToRetry([order])[order.id] { throw obstacle }
            return order
        }
    }

    /// A person has looked: the CA does not have the order. It is submitted again.
    public func declareAbsent(_ word: String, isDryRun: Bool = false) async throws -> Order {
        try await decide(.declareAbsent, word, .decideOrder, .missOrder, isDryRun) {
            try await ledger.declareAbsent($0, by: actor)
        }
    }

    /// A person has looked: no certificate of the order is in force at the CA. It ends, and the CA is not asked.
    public func cancelAbsent(_ word: String, isDryRun: Bool = false) async throws -> Order {
        try await decide(.cancelAbsent, word, .cancelOrder, .cancelOrder, isDryRun) {
            try await ledger.cancelAbsent($0, by: actor)
        }
    }

    /// Withdraws an order that has no certificate yet, here or by asking for it at the CA.
    public func cancel(_ word: String, because cause: String = "", isDryRun: Bool = false) async throws -> Order {
        try await decide(.cancel, word, .cancelOrder, .cancelOrder, isDryRun) {
            try await ledger.requestCancel($0, by: actor, because: cause)
        }
    }

    private func decide(
        _ decision: Order.Decision, _ word: String, _ permission: Permission, _ action: AuditAction, _ isDryRun: Bool,
        _ body: (Int64) async throws -> Order
    ) async throws -> Order {
        let order = try await order(word)
        return try await entrance.pass(permission, to: action, order) {
            guard isDryRun else { return try await body(order.id) }
            try order.require(decision)
            return order
        }
    }

    var entrance: Entrance { Entrance(caller, ledger.audit) }
}
