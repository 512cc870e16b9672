// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Synchronization

/// This node among those that share the database: says that it is at work, keeps the database's time, takes its share of what
/// CAs allow, and has or has not the right to plan.
///
/// A database in the node's own folder has one node, which has all of it.
final class NodePresence: Sendable {
    /// How often it says that it is at work. CERTWAY_TEST_BEAT, in seconds, lets a simulation of two nodes get through a year.
    static let interval = Duration.seconds(
        ProcessInfo.processInfo.environment["CERTWAY_TEST_BEAT"].flatMap { Int($0) } ?? 15)

    private let gateway: Gateway
    private let node: GatewayNode
    /// How much a change of hands matters: much in a service, whose log is kept; little in one pass, where all that stands on
    /// standard error counts as trouble.
    private let level: LogLevel
    private let state = Mutex((lease: NodeLease?.none, nodes: 1))
    private let failure = Mutex<String?>(nil)

    init(_ gateway: Gateway, level: LogLevel = .notice) {
        self.gateway = gateway
        self.level = level
        node = GatewayNode(
            id: gateway.owner, host: ProcessInfo.processInfo.hostName, startedAt: gateway.ledger.clock.now())
    }

    /// Whether others share the database.
    var hasCompany: Bool { state.withLock { $0.nodes > 1 } }

    /// Why this node could not say last that it is at work; nil where it could. Whoever cannot write that can write nothing.
    var problem: String? { failure.withLock(\.self) }

    /// The right to read the directory and to plan; nil while another node has it.
    var lease: NodeLease? {
        let uptime = gateway.ledger.clock.uptime()
        return state.withLock { $0.lease.flatMap { $0.heldUntil > uptime ? $0 : nil } }
    }

    /// Joins the others. Where there are some, only after each of them has heard of it and left it its share.
    ///
    /// - Throws: `StoreError`, `CancellationError`.
    func join() async throws {
        try await beat()
        if hasCompany { try await gateway.ledger.clock.sleep(for: Self.interval) }
    }

    /// Stays among them until it is cancelled.
    func stay() async {
        while !Task.isCancelled {
            guard (try? await gateway.ledger.clock.sleep(for: Self.interval)) != nil else { return }
            do {
                try await beat()
                failure.withLock { $0 = nil }
            } catch {
                failure.withLock { $0 = "\(error)" }
                // Others take what this node has by time; it notices that by its own clock.
                gateway.logger.log(.debug, "this node could not say that it is at work: \(error)", fields: [])
            }
        }
    }

    /// Leaves its right and its share to the others at once.
    func leave() async {
        if let lease = state.withLock({ $0.lease }) { try? await gateway.ledger.release(lease) }
        try? await gateway.ledger.leave(node)
    }

    private func beat() async throws {
        let ledger = gateway.ledger
        if let clock = ledger.clock as? DatabaseClock { try await clock.synchronize(with: gateway.database) }
        let seen = try await ledger.beat(node)
        // Nobody else can be at work on a database in this folder: the lock says so, whatever rows a copy has brought along.
        let nodes = gateway.isAlone ? 1 : seen
        gateway.backends.share(among: nodes)
        let lease = try await ledger.lease(
            OrderLedger.planning, owner: node.id, for: OrderLedger.silence, force: gateway.isAlone)
        let before = state.withLock { state in
            defer { state = (lease, nodes) }
            return state
        }
        if !gateway.isAlone, (before.lease == nil) != (lease == nil) {
            gateway.logger.log(
                level,
                lease == nil ? "another node reads the directory and plans" : "this node reads the directory and plans",
                fields: [])
        }
        if before.nodes != nodes {
            gateway.logger.log(level, "\(Plural(nodes, "node")) at work on this database", fields: [])
        }
    }
}
