// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// The nodes that share the database. Whatever they do at once is safe by the ledger's fences and unique keys; what is here
/// keeps them from doing the same thing twice, and shares what a CA allows.
extension OrderLedger {
    static let leases = IdentifierSequence("leases")

    /// The right to read the directory and to plan.
    public static let planning = "planning"

    /// The right to compare ledger and world.
    public static let comparison = "comparison"

    /// After how long without a word a node counts as gone.
    public static let silence = Duration.seconds(60)
    /// How long a node that is gone is remembered.
    private static let memory: TimeInterval = 7 * 86_400

    /// Says that a node is at work. To be said several times within `silence`.
    ///
    /// - Returns: how many nodes are at work, this one among them.
    public func beat(_ node: GatewayNode) async throws -> Int {
        let own = now()
        return try await database.write { connection in
            let now = try time(on: connection, own)
            try connection.put(
                into: "nodes", key: ["id": .text(node.id)],
                values: [
                    "host": .text(connection.dialect.cut(node.host, to: 255)),
                    "started_at": SQLValue(node.startedAt), "seen_at": SQLValue(now),
                ])
            try connection.execute("DELETE FROM nodes WHERE seen_at < ?", [SQLValue(now - Self.memory)])
            return try connection.value(
                "SELECT COUNT(*) FROM nodes WHERE seen_at >= ?", [SQLValue(now - Self.silence.seconds)]) ?? 1
        }
    }

    /// Says that a node has ended its work; its share of everything goes to the others at once.
    public func leave(_ node: GatewayNode) async throws {
        try await database.write { connection in
            try connection.execute("DELETE FROM nodes WHERE id = ?", [.text(node.id)])
        }
    }

    /// Takes a right that one node at a time has, or keeps it for longer.
    ///
    /// - Parameters:
    ///   - owner: id of this node.
    ///   - force: whether nobody else can be at work: whoever has it is dead.
    /// - Returns: nil while another node has it.
    public func lease(
        _ name: String, owner: String, for duration: Duration, force: Bool = false
    ) async throws -> NodeLease? {
        let own = now()
        let heldUntil = clock.uptime() + duration
        return try await database.write { connection in
            // All takers one after the other, also while there is no row to lock yet.
            try Self.leases.lock(on: connection)
            let now = try time(on: connection, own)
            var content = NodeLease.Content(owner: owner, fence: 0, until: now + duration.seconds)
            if let known = try NodeLease.Content(name, on: connection, lock: connection.dialect.rowLock) {
                guard known.owner == owner || force || known.until <= now else { return nil }
                content.fence = known.fence
                if known.owner != owner { content.fence = 0 }
            }
            if content.fence == 0 { content.fence = try Self.leases.take(on: connection) }
            try content.put(name, on: connection)
            return NodeLease(name: name, owner: owner, fence: content.fence, heldUntil: heldUntil)
        }
    }

    /// Whether a node has a right now.
    public func holds(_ name: String, owner: String) async throws -> Bool {
        let own = now()
        return try await database.read { connection in
            let now = try time(on: connection, own)
            return try NodeLease.Content(name, on: connection).map { $0.owner == owner && $0.until > now } ?? false
        }
    }

    /// Whether anybody has a right now.
    public func isTaken(_ name: String) async throws -> Bool {
        let own = now()
        return try await database.read { connection in
            let now = try time(on: connection, own)
            return try NodeLease.Content(name, on: connection).map { $0.until > now } ?? false
        }
    }

    /// Gives a right back, so that nobody has to wait for its end. One that is lost already is no error.
    public func release(_ lease: NodeLease) async throws {
        let own = now()
        try await database.write { connection in
            try Self.leases.lock(on: connection)
            let now = try time(on: connection, own)
            guard var content = try NodeLease.Content(lease.name, on: connection, lock: connection.dialect.rowLock),
                content.owner == lease.owner, content.fence == lease.fence
            else { return }
            content.until = now
            try content.put(lease.name, on: connection)
        }
    }

    /// The nodes at work and those that were lately, with what each has in hand.
    public func nodes() async throws -> [GatewayNode] {
        let own = now()
        return try await database.read { connection in
            let now = try time(on: connection, own)
            let planner = try NodeLease.Content(Self.planning, on: connection).flatMap {
                $0.until > now ? $0.owner : nil
            }
            let held = try connection.query(
                """
                SELECT lease_owner, COUNT(*) FROM orders WHERE lease_owner IS NOT NULL GROUP BY lease_owner
                """
            ) { (owner: try $0[0] as String, count: try $0[1] as Int) }
            let orders = Dictionary(held.map { ($0.owner, $0.count) }, uniquingKeysWith: +)
            return try connection.query(
                "SELECT id, host, started_at, seen_at FROM nodes ORDER BY started_at, id"
            ) { row in
                var node = GatewayNode(
                    id: try row[0], host: try row[1], startedAt: try row[2])
                node.seenAt = try row[3]
                node.isAtWork = node.seenAt >= now - Self.silence.seconds
                node.isPlanning = node.id == planner
                node.orders = orders[node.id] ?? 0
                return node
            }
        }
    }
}
