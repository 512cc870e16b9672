// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Ledger

extension APIOperation {
    private static let reference = APIParameter.path("reference", "reference, beginning of one, or number")

    /// What people decide about orders.
    static let orderChanges = [
        APIOperation(
            "resendMail", .post, "/orders/{reference}/resends", tag: "Orders",
            "Have the CA write to the addresses again that have not confirmed", permission: .resendMail,
            parameters: [reference], answer: .json(.order)
        ) { call in
            try await call.answer(
                try await call.orders.resendMail(call.path("reference"), call.gateway, isDryRun: call.isDryRun))
        },
        APIOperation(
            "retryOrder", .post, "/orders/{reference}/retries", tag: "Orders",
            "Work on an order again at once; one that has not left is placed by it, which needs an administrator",
            permission: .retryOrder, parameters: [reference], answer: .json(.order)
        ) { call in
            try await call.answer(try await call.orders.retry(call.path("reference"), isDryRun: call.isDryRun))
        },
        APIOperation(
            "cancelOrder", .post, "/orders/{reference}/cancellations", tag: "Orders",
            "Give up an order that has no certificate yet, here or at its CA", permission: .cancelOrder,
            parameters: [reference],
            body: .body(
                APIField("because", .text(length: 0...500), "why, for the record", optional: true),
                APIField(
                    "absent", .boolean,
                    "you have looked: no certificate of it is in force at the CA, and none will come",
                    optional: true)),
            answer: .json(.order), repeats: .keyRequired
        ) { call in
            let word = call.path("reference")
            let order =
                call.bodyFlag("absent")
                ? try await call.orders.cancelAbsent(word, isDryRun: call.isDryRun)
                : try await call.orders.cancel(
                    word, because: call.body?["because"]?.string ?? "", isDryRun: call.isDryRun)
            return try await call.answer(order)
        },
        APIOperation(
            "settleOrder", .post, "/orders/{reference}/findings", tag: "Orders",
            "Say what you found at the CA of an order whose answer was lost: it has it under an id, or has it not and is "
                + "asked anew", permission: .decideOrder, parameters: [reference],
            body: .oneOf([
                .body(APIField("found", .text(length: 1...400), "id at the CA")),
                .body(APIField("absent", .boolean, "true: the CA does not have it, and it is submitted again")),
            ]), answer: .json(.order), repeats: .keyRequired
        ) { call in
            let word = call.path("reference")
            if let id = call.body?["found"]?.string {
                return try await call.answer(
                    try await call.orders.declareFound(
                        word, caRequestID: id, call.gateway, isDryRun: call.isDryRun))
            }
            guard call.bodyFlag("absent") else {
                throw APIProblem.invalid([APIFault("/absent", "found false, expected true, or found with the id")], 422)
            }
            return try await call.answer(try await call.orders.declareAbsent(word, isDryRun: call.isDryRun))
        },
        APIOperation(
            "repeatOrder", .post, "/orders/{reference}/repetitions", tag: "Orders",
            "Order anew for the person of an order that has ended; answers the new order", permission: .placeOrder,
            parameters: [reference], answer: .json(.order), repeats: .keyRequired
        ) { call in
            try await call.answer(
                try await call.orders.again(call.path("reference"), call.gateway, isDryRun: call.isDryRun))
        },
        APIOperation(
            "releaseOrders", .post, "/order-releases", tag: "Orders",
            "Work again on all orders of a backend CA or template that are held or wait for their next try; nothing is bought "
                + "by it", permission: .retryOrder,
            body: .body(
                APIField("state", .word(["held", "delayed"])),
                APIField("backendCA", .text(length: 1...400), optional: true),
                APIField("template", .text(length: 1...400), optional: true)),
            answer: .json(
                .answer(
                    APIField("released", .list(.releasedOrder), "the orders"),
                    APIField(
                        "refused", .list(.answer(APIField("reference", .string), APIField("reason", .string))))))
        ) { call in
            let selection = StandingOrders(
                call.body?["state"]?.string == "held" ? .held : .delayed,
                backendCA: call.body?["backendCA"]?.string, template: call.body?["template"]?.string)
            guard selection.backendCA != nil || selection.template != nil else {
                throw APIProblem.invalid([APIFault("/backendCA", "backendCA or template is needed")], 422)
            }
            return .json(try await call.orders.release(selection, isDryRun: call.isDryRun).json)
        },
    ]
}

extension APICall {
    /// An order with what can be done with it.
    func answer(_ order: Order) async throws -> APIAnswer { .json(try await json(of: [order])[0]) }

    /// Orders with what can be done with each.
    func json(of orders: [Order]) async throws -> [JSONValue] {
        let actions = try await OrderActions(gateway, caller).of(orders)
        return orders.map { order in
            var value = order.json
            value["actions"] = (actions[order.id] ?? []).json
            return value
        }
    }
}
