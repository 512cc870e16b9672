// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension OrderLedger {
    /// Why failed orders among these cannot go on from where they were, by their ids: another order has taken their place, or the key is
    /// gone. A few index look-ups for each failed one; the others cost nothing.
    public func obstaclesToRetry(_ orders: [Order]) async throws -> [Int64: LedgerError] {
        try await obstacles(orders.filter { $0.stage == .failed && $0.resumeStage != nil }) {
            _ = try $0.stageForRetry($1)
        }
    }

    /// The same why those among these that had left for their CA and ended without a certificate cannot be taken up again.
    public func obstaclesToRevival(_ orders: [Order]) async throws -> [Int64: LedgerError] {
        try await obstacles(orders.filter(\.endedUnissued)) { try $0.requireRevivable($1) }
    }

    private func obstacles(
        _ orders: [Order], _ require: @escaping @Sendable (OrderTable, Order) throws -> Void
    ) async throws -> [Int64: LedgerError] {
        guard !orders.isEmpty else { return [:] }
        let now = now()
        return try await database.read { connection in
            let table = OrderTable(connection: connection, now: now)
            var obstacles: [Int64: LedgerError] = [:]
            for order in orders {
                do { try require(table, order) } catch let error as LedgerError { obstacles[order.id] = error }
            }
            return obstacles
        }
    }
}

extension OrderTable {
    /// Where a failed order goes on.
    ///
    /// - Throws: `LedgerError.notPossible` without its key; `.alreadyOpen`, `.alreadyActive`.
    func stageForRetry(_ order: Order) throws -> OrderStage {
        let stage = order.resumeStage ?? .planned
        try requirePlace(order)
        guard [.keyed, .submitted, .pending, .issued].contains(stage) else { return stage }
        if try hasKey(order) {
            return stage
        }
        guard order.attempt == 0 else {
            throw LedgerError.notPossible(
                "order \(order.reference) cannot be retried, its private key is erased: 'certway order again "
                    + "\(order.reference)' places a new one")
        }
        return .planned
    }

    /// - Throws: `LedgerError.notPossible` for an ended order without its key; `.alreadyOpen`, `.alreadyActive`.
    func requireRevivable(_ order: Order) throws {
        try requirePlace(order)
        guard try hasKey(order) else {
            throw LedgerError.notPossible(
                "order \(order.reference) has ended, and its private key is erased: what the CA has issued for it cannot be used; revoke "
                    + "it there")
        }
    }

    private func requirePlace(_ order: Order) throws {
        if let obstacle = try obstacle(order.template, order.subscriberID, replacing: order.replaces) { throw obstacle }
    }

    private func hasKey(_ order: Order) throws -> Bool {
        try order.hasForeignKey || OrderKeyTable(connection: connection).key(of: order.id)?.sealed != nil
    }
}
