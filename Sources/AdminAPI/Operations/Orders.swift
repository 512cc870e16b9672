// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import JSONDocuments
import Ledger

extension APIOperation {
    /// Reading orders.
    static let orders = [
        APIOperation(
            "listOrders", .get, "/orders", tag: "Orders", "Orders, newest first", permission: .readOrders,
            parameters: [
                .flag("open", "whether work remains"),
                .anyOf("stage", "only these stages", .word(OrderStage.allCases.map(\.rawValue))),
                .anyOf(
                    "waitingFor", "only open ones that wait for these, as /waiting groups them",
                    .word(OrderWait.allCases.map(\.rawValue))),
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
            let values = try await call.json(of: page.items)
            return try call.page(page, values)
        },
        APIOperation(
            "listWaiting", .get, "/waiting", tag: "Orders",
            "What open orders wait for: how many, by the word that waitingFor of /orders takes, who acts, and what happens by itself",
            permission: .readOrders,
            parameters: [.query("template", "only this template"), .query("backendCA", "only this backend CA")],
            answer: .list(of: .waiting)
        ) { call in
            let filter = OrderFilter(template: call.text("template"), backendCA: call.text("backendCA"))
            let groups = try await call.orders.waiting(filter, call.gateway, limit: 0, empty: true)
            return try call.whole(groups.map(\.summary))
        },
        APIOperation(
            "getOrder", .get, "/orders/{reference}", tag: "Orders", "One order", permission: .readOrders,
            parameters: [.path("reference", "reference, beginning of one, or number")], answer: .json(.order)
        ) { call in try await call.answer(try await call.orders.order(call.path("reference"))) },
        APIOperation(
            "listOrderEvents", .get, "/orders/{reference}/events", tag: "Orders",
            "What happened to an order, oldest first",
            permission: .readOrders, parameters: [.path("reference", "reference, beginning of one, or number")],
            answer: .list(of: .orderEvent)
        ) { call in try call.whole(try await call.orders.timeline(call.path("reference")).events.map(\.json)) },
        APIOperation(
            "getValidation", .get, "/orders/{reference}/validation", tag: "Orders",
            "Which addresses of a waiting order have confirmed; asks the CA", permission: .readOrders,
            parameters: [.path("reference", "reference, beginning of one, or number")], answer: .json(.validation)
        ) { call in
            let (order, addresses) = try await call.orders.validation(call.path("reference"), call.gateway)
            return .json([
                "reference": .string(order.reference),
                "addresses": .array(addresses.map(\.json)),
            ])
        },
    ]
}

extension APICall {
    var orders: OrderAdministration { OrderAdministration(gateway.ledger, caller: caller) }

    var orderFilter: OrderFilter {
        get throws {
            var stages = words("stage", as: OrderStage.self)
            if let open = flag("open") {
                let wanted = Set(OrderStage.allCases.filter { $0.isOpen == open })
                stages = stages?.intersection(wanted) ?? wanted
            }
            var filter = OrderFilter(
                stages: stages, template: text("template"), backendCA: text("backendCA"), text: text("text"),
                held: flag("held"))
            filter.waitsFor = words("waitingFor", as: OrderWait.self)
            return filter
        }
    }
}
