// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Ledger

extension APIOperation {
    /// Reading orders.
    static let orders = [
        APIOperation(
            "listOrders", .get, "/orders", tag: "Orders", "Orders, newest first", permission: .readOrders,
            parameters: [
                .flag("open", "whether work remains"),
                .anyOf("stage", "only these stages", .word(OrderStage.allCases.map(\.rawValue))),
                .query("template", "only this template"), .query("backendCA", "only this backend CA"),
                .flag("held", "only those that wait for a person, or only the others"),
                .query("text", "part of a user principal name; or a whole reference or id at the CA"),
            ],
            answer: .list(
                of: .order,
                sorts: [
                    ("id", "number"), ("userPrincipalName", "user"), ("template", "template"), ("backendCA", "ca"),
                    ("stage", "stage"), ("updatedAt", "since"),
                ])
        ) { call in
            let page = try await call.orders.list(try call.orderFilter, try call.listRequest())
            return try call.page(page, \.json)
        },
        APIOperation(
            "getOrder", .get, "/orders/{reference}", tag: "Orders", "One order", permission: .readOrders,
            parameters: [.path("reference", "reference, beginning of one, or number")], answer: .json(.order)
        ) { call in .json(try await call.orders.order(call.path("reference")).json) },
        APIOperation(
            "listOrderEvents", .get, "/orders/{reference}/events", tag: "Orders",
            "What happened to an order, oldest first",
            permission: .readOrders, parameters: [.path("reference", "reference, beginning of one, or number")],
            answer: .list(of: .orderEvent)
        ) { call in try call.whole(try await call.orders.timeline(call.path("reference")).events.map(\.json)) },
    ]
}

extension APICall {
    var orders: OrderAdministration { OrderAdministration(gateway.ledger, caller: caller) }

    fileprivate var orderFilter: OrderFilter {
        get throws {
            var stages = words("stage", as: OrderStage.self)
            if let open = flag("open") {
                let wanted = Set(OrderStage.allCases.filter { $0.isOpen == open })
                stages = stages?.intersection(wanted) ?? wanted
            }
            return OrderFilter(
                stages: stages, template: text("template"), backendCA: text("backendCA"), text: text("text"),
                held: flag("held"))
        }
    }
}
