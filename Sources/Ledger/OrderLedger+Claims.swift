// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

extension OrderLedger {
    /// Takes orders that are due: open, not held, `nextActionAt` reached, not leased or the lease has run out. Those due
    /// longest come first.
    ///
    /// - Parameters:
    ///   - owner: name of this worker, unique among all nodes; at most 100 characters.
    ///   - leaseFor: how long others keep away, by the database's clock; longer than one step of work takes, or renew.
    ///   - backendCAs: only orders of these; nil for all.
    ///   - cutoff: only what was due then; nil for now.
    ///   - orders: not these: this worker has them in hand, whatever the clock says about their leases.
    ///   - stages: not those in one of these stages, unless they are to be cancelled.
    public func claim(
        limit: Int, owner: String, leaseFor duration: Duration, backendCAs: Set<String>? = nil,
        dueBy cutoff: Date? = nil, excluding orders: Set<Int64> = [], stages: Set<OrderStage> = []
    ) async throws -> [Claim] {
        let clock = now()
        let heldUntil = self.clock.uptime() + duration
        let (condition, excluded) = Self.excluding(stages)
        return try await database.write { connection in
            let now = try time(on: connection, clock)
            let dueBy = min(cutoff ?? now, now)
            let until = now.addingTimeInterval(duration.seconds).roundedToMilliseconds
            let table = OrderTable(connection: connection, now: now)
            var due: [Order] = []
            for backendCA in try backendCAs ?? table.backendCAs() {
                // The few that are in hand come on top of the limit and are left out below.
                let page = connection.dialect.page(limit + orders.count, 0)
                due += try table.all(
                    "WHERE backend_ca = ? AND due_at <= ?\(condition) ORDER BY due_at, id \(page)",
                    [.text(backendCA), SQLValue(dueBy)] + excluded, lock: connection.dialect.skippingLock)
            }
            due.removeAll { orders.contains($0.id) }
            due.sort { ($0.dueAt ?? now, $0.id) < ($1.dueAt ?? now, $1.id) }
            // Who was faster has it; the others of the batch are ours all the same.
            return try table.lease(Array(due.prefix(limit)), to: owner, until: until).map { order in
                Claim(
                    order: order, owner: owner, fence: order.fence, claimedAt: now, leaseUntil: until,
                    heldUntil: heldUntil)
            }
        }
    }

    /// Whether `claim` would find something; reads an index.
    public func isDue(
        by cutoff: Date, backendCA: String, excluding orders: Set<Int64> = [], stages: Set<OrderStage> = []
    ) async throws -> Bool {
        let (condition, excluded) = Self.excluding(stages)
        return try await database.read { connection in
            let page = connection.dialect.page(orders.count + 1, 0)
            return try connection.query(
                "SELECT id FROM orders WHERE backend_ca = ? AND due_at <= ?\(condition) ORDER BY due_at, id \(page)",
                [.text(backendCA), SQLValue(cutoff)] + excluded
            ) { try $0[0] as Int64 }.contains { !orders.contains($0) }
        }
    }

    /// How many orders `claim` would find; reads an index. An order that waits for the first certificate of its CA is not due.
    public func dueCount(by cutoff: Date, backendCA: String) async throws -> Int {
        let waits = try await stopped(.firstCertificate, of: backendCA) != nil
        let (condition, excluded) = Self.excluding(waits ? OrderStage.beforeSubmission : [])
        return try await database.read { connection in
            try connection.value(
                "SELECT COUNT(*) FROM orders WHERE backend_ca = ? AND due_at <= ?\(condition)",
                [.text(backendCA), SQLValue(cutoff)] + excluded) ?? 0
        }
    }

    private static func excluding(_ stages: Set<OrderStage>) -> (condition: String, parameters: [SQLValue]) {
        guard !stages.isEmpty else { return ("", []) }
        let places = stages.map { _ in "?" }.joined(separator: ", ")
        return (
            " AND (stage NOT IN (\(places)) OR cancel_requested = 1)",
            stages.sorted { $0.rawValue < $1.rawValue }.map { SQLValue($0) }
        )
    }

    /// Keeps others away for longer, counted from now.
    ///
    /// - Throws: `LedgerError.leaseLost`.
    public func renewLease(_ claim: Claim, for duration: Duration) async throws -> Claim {
        let clock = now()
        let heldUntil = self.clock.uptime() + duration
        return try await database.write { connection in
            let now = try time(on: connection, clock)
            let until = now.addingTimeInterval(duration.seconds).roundedToMilliseconds
            let table = OrderTable(connection: connection, now: now)
            let before = try table.order(of: claim)
            var after = before
            // It never makes a lease shorter.
            after.leaseUntil = max(until, before.leaseUntil ?? until)
            let order = try table.save(before, as: after)
            return Claim(
                order: order, owner: claim.owner, fence: claim.fence, claimedAt: now,
                leaseUntil: order.leaseUntil ?? until,
                heldUntil: heldUntil)
        }
    }

    /// Gives the order back. A lease that is lost already is no error.
    public func release(_ claim: Claim) async throws {
        let now = now()
        try await database.write { connection in
            let table = OrderTable(connection: connection, now: now)
            do {
                let before = try table.order(of: claim)
                var after = before
                after.leaseOwner = nil
                after.leaseUntil = nil
                try table.save(before, as: after)
            } catch LedgerError.leaseLost {}
        }
    }

    /// Gives back whatever `owner` held: its process is known to be dead, so nobody has to wait for the leases to run out.
    ///
    /// - Parameter owner: nil for whoever it was: nobody else can be at work.
    public func releaseLeases(of owner: String?) async throws {
        let now = now()
        try await database.write { connection in
            let table = OrderTable(connection: connection, now: now)
            for before in try table.locked(
                owner == nil ? "lease_owner IS NOT NULL" : "lease_owner = ?", owner.map { [.text($0)] } ?? [])
            {
                var after = before
                after.leaseOwner = nil
                after.leaseUntil = nil
                try table.save(before, as: after)
            }
            try CertificateActionTable(connection: connection, now: now).releaseLeases(of: owner)
        }
    }

    /// By how much clocks may differ, in seconds, before one of them counts as wrong.
    public static let clockTolerance: TimeInterval = 3600

    /// Makes due what a clock that ran ahead has put off: an order whose last change lies in the future would sleep until then.
    ///
    /// Reads an index, and writes only where there is such an order.
    public func undoFuture(backendCAs: Set<String>) async throws {
        let now = now()
        let future = now + Self.clockTolerance
        for backendCA in backendCAs {
            let condition = "backend_ca = ? AND due_at > ? AND updated_at > ? AND lease_owner IS NULL"
            let parameters: [SQLValue] = [.text(backendCA), SQLValue(future), SQLValue(future)]
            let found = try await database.read { connection in
                try connection.value("SELECT COUNT(*) FROM orders WHERE \(condition)", parameters) ?? 0
            }
            guard found > 0 else { continue }
            try await database.write { connection in
                let table = OrderTable(connection: connection, now: now)
                for before in try table.locked(condition, parameters) {
                    var after = before
                    let date = before.nextActionAt?.ISO8601Format() ?? "later"
                    let message = "put off to \(date) by a clock that ran ahead: due now"
                    OrderChange("clock", message).sameFailure().nextAction(at: nil).apply(to: &after)
                    try table.save(before, as: after, OrderChange("clock", message).events)
                }
            }
        }
    }

    /// Names of all backend CAs that have, or had, an order.
    public func backendCAs() async throws -> Set<String> {
        let now = now()
        return try await database.read { try OrderTable(connection: $0, now: now).backendCAs() }
    }

    /// When the next order falls due, or the next lease runs out, after `date`; nil if none will.
    public func nextDue(after date: Date, backendCAs: Set<String>? = nil) async throws -> Date? {
        let now = now()
        return try await database.read { connection in
            let table = OrderTable(connection: connection, now: now)
            return try (backendCAs ?? table.backendCAs()).compactMap { backendCA in
                try connection.value(
                    "SELECT MIN(due_at) FROM orders WHERE backend_ca = ? AND due_at > ?",
                    [.text(backendCA), SQLValue(date)], as: Date?.self) ?? nil
            }.min()
        }
    }
}

extension OrderTable {
    /// The claimed order as it is now, to be changed.
    func order(of claim: Claim) throws -> Order {
        let held = try locked(
            "id = ? AND lease_owner = ? AND fence = ?",
            [.integer(claim.orderID), .text(claim.owner), .integer(claim.fence)])
        guard let order = held.first else { throw LedgerError.leaseLost(reference: claim.order.reference) }
        return order
    }

    /// Every backend CA that has orders: one index look-up for each, where DISTINCT would read the whole index.
    func backendCAs() throws -> Set<String> {
        var names: Set<String> = []
        var last = ""
        while let next = try connection.value(
            "SELECT MIN(backend_ca) FROM orders WHERE backend_ca > ?", [.text(last)], as: String?.self) ?? nil
        {
            names.insert(next)
            last = next
        }
        return names
    }
}
