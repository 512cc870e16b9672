// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Fulfilment
public import Gateway
public import Ledger

/// What a caller can do with orders.
public struct OrderActions: Sendable {
    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, _ caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// `resend`, `retry`, `cancel`, `cancelAbsent`, `declareFound`, `declareAbsent` and `repeat`, by the number of the order. Asks no CA;
    /// a page of orders costs a few look-ups for each failed or ended one.
    public func of(_ orders: [Order]) async throws -> [Int64: [ObjectAction]] {
        let obstacles = try await gateway.ledger.obstaclesToRetry(orders)
        let newer = try await gateway.ledger.ordersInTheWay(of: orders.filter(\.stage.isFinal))
        let lost = try await gateway.ledger.obstaclesToRevival(orders)
        var all: [Int64: [ObjectAction]] = [:]
        for order in orders {
            var list = ActionList(caller)
            list.add("resend", .resendMail) { try gateway.requireMailResend(of: order) }
            list.add("retry", order.buysWhenRetried ? .decideOrder : .retryOrder) {
                try order.require(.retry)
                if let obstacle = obstacles[order.id] { throw obstacle }
            }
            list.add("cancel", .cancelOrder) { try order.require(.cancel) }
            list.add("cancelAbsent", .cancelOrder) { try order.require(.cancelAbsent) }
            list.add("declareFound", .decideOrder) {
                try order.require(.declareFound)
                if let obstacle = lost[order.id] { throw obstacle }
            }
            list.add("declareAbsent", .decideOrder) { try order.require(.declareAbsent) }
            list.add("repeat", .placeOrder) {
                try order.requireEnded()
                if let obstacle = newer[order.id] { throw obstacle }
                try gateway.requireOrdering(by: order.template)
            }
            all[order.id] = list.actions
        }
        return all
    }

    public func of(_ order: Order) async throws -> [ObjectAction] { try await of([order])[order.id] ?? [] }
}

extension Gateway {
    /// - Throws: `LedgerError.notPossible` for an order that does not wait at the CA; `Obstacle` for a CA that cannot write again.
    func requireMailResend(of order: Order) throws {
        try order.requireWaitingAtCA()
        try backends.backend(toAskAbout: order).require(.resendValidation)
    }

    /// - Throws: `Obstacle` for a template that is gone or switched off.
    func requireOrdering(by name: String) throws(Obstacle) {
        guard let template = configuration.template(name) else {
            throw Obstacle("template \(name) is gone: nothing is ordered by it")
        }
        guard template.enabled else { throw Obstacle("template \(name) is switched off: nothing is ordered by it") }
    }
}

extension Order {
    /// - Throws: `LedgerError.notPossible` for an order of which no address is to be confirmed.
    func requireWaitingAtCA() throws(LedgerError) {
        guard stage == .pending, caRequestID != nil else {
            throw .notPossible(
                "order \(reference) does not wait at a CA, it is \(stage.rawValue): no address is to be confirmed")
        }
    }

    /// - Throws: `Obstacle` for one that is open or in use.
    fileprivate func requireEnded() throws(Obstacle) {
        guard !stage.isFinal else { return }
        throw Obstacle(
            "order \(reference) has not ended, it is \(stage.rawValue)",
            instead: stage == .active ? "replace its certificate" : "cancel it, or let it come to its end")
    }
}
