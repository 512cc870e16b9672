// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Who had which order when, as the events say it, read by the engine's own client. Events of an order have numbers without gaps, in
/// the order of their commits; what an owner writes carries the fence of his claim. So an order had two owners at once if, and only
/// if, the events of one claim are not all before those of the next.
struct OrderOwnership: CustomStringConvertible {
    struct Event {
        let order: Int
        let number: Int
        let kind: String
        let node: String?
        let fence: Int?
    }

    /// What nobody but an owner writes.
    private static let steps: Set = ["keyed", "submitting", "issued", "delivered", "active", "postponed", "pending"]

    private(set) var problems: [String] = []
    private(set) var orders = 0
    private(set) var nodes: Set<String> = []
    /// How often a claim was followed by one of another node.
    private(set) var handovers = 0

    static func read(_ gateway: GatewayUnderTest) async throws -> OrderOwnership {
        let query = """
            SELECT order_id, sequence_number, kind, COALESCE(node, ''), COALESCE(fence, -1) FROM order_events \
            ORDER BY order_id, sequence_number
            """
        let printed =
            if let store = gateway.store { try await store.server.sql(query, in: store.name) } else {
                try await Tool.run(["sqlite3", gateway.database, query])
            }
        return OrderOwnership(
            try printed.split(separator: "\n").map { line in
                let fields = line.split(omittingEmptySubsequences: false) { $0 == "\t" || $0 == "|" }.map(String.init)
                try #require(fields.count == 5, "\(line)")
                return Event(
                    order: try #require(Int(fields[0])), number: try #require(Int(fields[1])), kind: fields[2],
                    node: fields[3].isEmpty ? nil : fields[3], fence: Int(fields[4]).flatMap { $0 < 0 ? nil : $0 })
            })
    }

    /// - Parameter events: of each order in the order of their numbers.
    init(_ events: [Event]) {
        for (order, events) in Dictionary(grouping: events, by: \.order).sorted(by: { $0.key < $1.key }) {
            orders += 1
            if events.map(\.number) != Array(1...events.count) { problems.append("order \(order): events are missing") }
            look(at: events, order)
        }
    }

    private mutating func look(at events: [Event], _ order: Int) {
        var owner: (node: String, fence: Int)?
        for event in events {
            let place = "order \(order), event \(event.number) (\(event.kind))"
            guard let fence = event.fence else {
                if Self.steps.contains(event.kind) { problems.append("\(place) was written by nobody who owned it") }
                continue
            }
            guard let node = event.node else {
                problems.append("\(place) has fence \(fence) and no node")
                continue
            }
            nodes.insert(node)
            if let owner, fence < owner.fence || (fence == owner.fence && node != owner.node) {
                problems.append("\(place) is of \(node) by \(fence), while \(owner.node) owns it by \(owner.fence)")
                continue
            }
            if let owner, owner.node != node { handovers += 1 }
            owner = (node, fence)
        }
    }

    var description: String {
        "\(orders) orders, \(nodes.count) nodes, \(handovers) handovers; " + problems.prefix(5).joined(separator: "; ")
    }
}
