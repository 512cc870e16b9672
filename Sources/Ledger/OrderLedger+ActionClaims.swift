// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
import Records
import Store

/// Which actions a lane of the engine works on.
public enum CertificateActionLane: Sendable, Hashable {
    /// Revocations at a backend CA.
    case backendCA(String)
    /// Withdrawals from Intune.
    case intune

    var name: String {
        switch self {
        case .backendCA(let name): CertificateAction.lane(.revoke, name)
        case .intune: CertificateAction.lane(.withdraw, "")
        }
    }
}

extension OrderLedger {
    /// Takes actions that are due: open and their time has come, or done and to be looked for in what the CA publishes; not leased,
    /// or the lease has run out. As `claim` does for orders.
    public func claimActions(
        _ lane: CertificateActionLane, limit: Int, owner: String, leaseFor duration: Duration,
        dueBy cutoff: Date? = nil,
        excluding actions: Set<Int64> = []
    ) async throws -> [CertificateActionClaim] {
        let clock = now()
        let heldUntil = self.clock.uptime() + duration
        return try await database.write { connection in
            let now = try time(on: connection, clock)
            let until = now.addingTimeInterval(duration.seconds).roundedToMilliseconds
            let table = CertificateActionTable(connection: connection, now: now)
            let page = connection.dialect.page(limit + actions.count, 0)
            let due = try table.all(
                "WHERE lane = ? AND due_at <= ? ORDER BY due_at, id \(page)",
                [.text(lane.name), SQLValue(min(cutoff ?? now, now))], lock: connection.dialect.skippingLock)
            let free = Array(due.filter { !actions.contains($0.id) }.prefix(limit))
            return try table.lease(free, to: owner, until: until).map { action in
                CertificateActionClaim(
                    action: action, owner: owner, fence: action.fence, claimedAt: now,
                    heldUntil: heldUntil)
            }
        }
    }

    /// Whether `claimActions` would find something; reads an index.
    public func isActionDue(
        _ lane: CertificateActionLane, by cutoff: Date, excluding actions: Set<Int64> = []
    ) async throws -> Bool {
        try await database.read { connection in
            try connection.query(
                """
                SELECT id FROM certificate_actions WHERE lane = ? AND due_at <= ? ORDER BY due_at, id \
                \(connection.dialect.page(actions.count + 1, 0))
                """, [.text(lane.name), SQLValue(cutoff)]
            ) { try $0[0] as Int64 }.contains { !actions.contains($0) }
        }
    }

    /// When the next request of a lane falls due, or the next lease runs out, after `date`; nil if none will. What was taken and is
    /// only looked for in what the CA publishes is not counted: nobody waits for that.
    public func nextActionDue(_ lane: CertificateActionLane, after date: Date) async throws -> Date? {
        try await database.read { connection in
            try connection.value(
                """
                SELECT MIN(due_at) FROM certificate_actions WHERE lane = ? AND due_at > ? AND state <> ? AND held = 0
                """, [.text(lane.name), SQLValue(date), SQLValue(CertificateAction.State.done)], as: Date?.self) ?? nil
        }
    }

    /// Keeps others away for longer, counted from now.
    ///
    /// - Throws: `LedgerError.leaseLost`.
    public func renewLease(
        _ claim: CertificateActionClaim, for duration: Duration
    ) async throws -> CertificateActionClaim {
        let clock = now()
        let heldUntil = self.clock.uptime() + duration
        return try await database.write { connection in
            let now = try time(on: connection, clock)
            let table = CertificateActionTable(connection: connection, now: now)
            let before = try table.action(of: claim)
            var after = before
            after.leaseUntil = max(
                now.addingTimeInterval(duration.seconds).roundedToMilliseconds, before.leaseUntil ?? now)
            guard try table.save(before, as: after) else { throw LedgerError.leaseLost(reference: claim.name) }
            return CertificateActionClaim(
                action: after, owner: claim.owner, fence: claim.fence, claimedAt: now,
                heldUntil: heldUntil)
        }
    }

    /// Gives the action back. A lease that is lost already is no error.
    public func release(_ claim: CertificateActionClaim) async throws {
        let now = now()
        try await database.write { connection in
            let table = CertificateActionTable(connection: connection, now: now)
            do {
                let before = try table.action(of: claim)
                var after = before
                (after.leaseOwner, after.leaseUntil) = (nil, nil)
                _ = try table.save(before, as: after)
            } catch LedgerError.leaseLost {}
        }
    }

    /// Commits one step of work on a claimed action, with a line in the timeline of its order. A revocation that the CA has taken
    /// ends the order, as one that was made at the CA by others does.
    ///
    /// - Parameter state: where the step began; nil for a change that fits any state.
    /// - Returns: the action as it is now.
    /// - Throws: `LedgerError.leaseLost` if another worker has claimed the action since, a person has taken it back, or it is no
    ///   longer in `state`; nothing is changed then.
    @discardableResult
    public func record(
        _ claim: CertificateActionClaim, _ change: CertificateActionChange, from state: CertificateAction.State? = nil
    ) async throws -> CertificateAction {
        let now = now()
        return try await database.write { connection in
            let orders = OrderTable(connection: connection, now: now, node: claim.owner)
            let order = try orders.locked(claim.action.orderID)
            let table = CertificateActionTable(connection: connection, now: now)
            let before = try table.action(of: claim)
            guard state == nil || before.state == state else { throw LedgerError.leaseLost(reference: claim.name) }
            var after = before
            change.apply(to: &after)
            after.updatedAt = now
            guard try table.save(before, as: after) else { throw LedgerError.leaseLost(reference: claim.name) }
            if after.state != before.state, after.state == .done || after.state == .failed {
                let serial = try CertificateTable(connection: connection, now: now)
                    .serialNumber(of: after.certificateID)
                try AuditTrail.record(
                    after.audited(
                        after.kind == .revoke ? .takeRevocation : .takeWithdrawal, serial, by: .service,
                        person: order.userPrincipalName, from: before, because: change.detail), on: connection)
            }
            let isTaken = after.kind == .revoke && after.state == .done && before.state != .done
            let facts: JSONValue = ["action": JSONValue(Int(after.id)), "reason": JSONValue(after.reason?.name)]
            if isTaken, try orders.revoke(after.certificateID, of: order, change.detail, facts) != nil { return after }
            if let event = change.event {
                _ = try orders.note(after, event, order)
            }
            return after
        }
    }
}

extension CertificateActionTable {
    /// The claimed action as it is now, to be changed.
    func action(of claim: CertificateActionClaim) throws -> CertificateAction {
        let held = try locked(
            "id = ? AND lease_owner = ? AND fence = ?",
            [.integer(claim.action.id), .text(claim.owner), .integer(claim.fence)])
        guard let action = held.first else { throw LedgerError.leaseLost(reference: claim.name) }
        return action
    }

    /// Gives back whatever `owner` held; nil for whoever it was.
    func releaseLeases(of owner: String?) throws {
        for before in try locked(
            owner == nil ? "lease_owner IS NOT NULL" : "lease_owner = ?", owner.map { [.text($0)] } ?? [])
        {
            var after = before
            (after.leaseOwner, after.leaseUntil) = (nil, nil)
            _ = try save(before, as: after)
        }
    }
}

extension CertificateActionClaim {
    /// In a sentence.
    fileprivate var name: String { "\(action.kind.noun) \(action.id)" }
}
