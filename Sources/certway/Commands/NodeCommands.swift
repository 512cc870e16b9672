// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Store

/// `certway node`: the gateways that share the database.
enum NodeCommands {
    static let command = Command(
        "node", "gateways that share the database",
        examples: [("certway node list", "who is at work, and with what")], subcommands: [list])

    private static let sorting = ListSorting(
        keys: ["host", "orders", "since", "seen"], standard: ListSort("since"))

    private static let list = Command(
        "list", "gateways at work, and those that were lately",
        discussion: """
            A gateway is listed while it serves or makes a pass, and for a week after it ended without a word. Each works on orders
            of every backend CA; one of them reads the directory and plans, and another takes that over within \
            \(Int(OrderLedger.silence.components.seconds)) seconds.
            """,
        options: .list(sorting),
        examples: [("certway node list --sort orders:desc", "the busiest first")]
    ) { invocation in
        let store = try await GatewayStore.open(invocation.home)
        let nodes = try await store.ledger.nodes()
        try await invocation.show(everyNode, sorting) { request in
            try ListPage(of: nodes, sorting, request) { node, key in
                switch key {
                case "host": node.host
                case "orders": ListSorting.padded(node.orders)
                case "since": node.startedAt.ISO8601Format()
                case "seen": node.seenAt.ISO8601Format()
                default: ""
                }
            }
        }
        return .done
    }

    private static let everyNode = ItemList<GatewayNode>(
        none: "no gateway is at work: 'certway serve' or 'certway run --once' begins", each: \.json,
        [
            ListColumn(.short("NODE", 8), "id") { $0.id },
            ListColumn(.short("HOST", 12), "host") { $0.host },
            ListColumn("AT WORK", "atWork") { $0.isAtWork ? "yes" : "no" },
            ListColumn("PLANS", "planning") { $0.isPlanning ? "yes" : "no" },
            ListColumn("ORDERS", "orders") { "\($0.orders)" },
            ListColumn("SINCE", "startedAt") { $0.startedAt.ISO8601Format() },
            ListColumn("SEEN", "seenAt") { $0.seenAt.ISO8601Format() },
        ])
}
