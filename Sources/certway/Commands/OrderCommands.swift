// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger

/// `certway order`: the ledger.
enum OrderCommands {
    static let command = Command(
        "order", "look at orders and act on them",
        examples: [
            ("certway order list --held", "orders that wait for a person, with the reason"),
            ("certway order show cw-7f3a…", "the timeline of one order"),
        ],
        subcommands: [list, show, retry, cancel])

    private static let orderArgument = Argument("ORDER", "number or reference of the order")

    private static let list = Command(
        "list", "orders, newest first",
        options: [
            .value(
                "stage", "STAGE", "only this stage: \(OrderStage.allCases.map(\.rawValue).joined(separator: ", "))",
                repeats: true),
            .value("template", "NAME", "only this template"), .value("backend-ca", "NAME", "only this backend CA"),
            .value("user", "TEXT", "part of a user principal name, or a whole reference or CA request id"),
            .flag("held", "only orders held for a person"), .value("limit", "N", "at most so many", default: "50"),
        ],
        examples: [("certway order list --stage pending", "what waits for a CA or a subscriber")]
    ) { invocation in
        let stages = try invocation.allValues("stage").map { word in
            guard let stage = OrderStage(rawValue: word) else {
                throw UsageError("unknown stage \"\(word)\"", path: invocation.path)
            }
            return stage
        }
        let gateway = try await Gateway.open(invocation)
        let orders = try await gateway.ledger.orders(
            OrderFilter(
                stages: stages.isEmpty ? nil : Set(stages), template: invocation.value("template"),
                backendCA: invocation.value("backend-ca"), text: invocation.value("user"),
                held: invocation.flag("held") ? true : nil, limit: try invocation.int("limit") ?? 50))
        if invocation.wantsJSON {
            Terminal.print(JSONValue.array(orders.map(\.json)).text)
            return .done
        }
        var table = TextTable("ORDER", "USER", "TEMPLATE", "STAGE", "SINCE", "DETAIL")
        for order in orders {
            table.add(
                order.reference, order.userPrincipalName, order.template,
                order.stage.rawValue + (order.isHeld ? " (held)" : ""), order.updatedAt.ISO8601Format(),
                order.holdReason ?? order.detail ?? "")
        }
        Terminal.print(table.isEmpty ? "no orders" : table.text)
        return .done
    }

    private static let show = Command(
        "show", "the timeline of one order", arguments: [orderArgument],
        examples: [("certway order show 12", "everything that happened to order 12")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let order = try await find(invocation, gateway)
        let events = try await gateway.ledger.events(order.id)
        if invocation.wantsJSON {
            var value = order.json
            value["events"] = .array(events.map(\.json))
            Terminal.print(value.prettyText)
            return .done
        }
        Terminal.print(
            "\(order.reference) (number \(order.id)): \(order.userPrincipalName), template \(order.template)")
        Terminal.print("\(order.backendCA), product \(order.product), stage \(order.stage.rawValue)")
        if let id = order.caRequestID { Terminal.print("CA's request id \(id)") }
        if let reason = order.holdReason { Terminal.print("held for a person: \(reason)") }
        if let next = order.nextActionAt { Terminal.print("next step not before \(next.ISO8601Format())") }
        var table = TextTable("TIME", "STAGE", "EVENT", "WHAT HAPPENED")
        for event in events {
            table.add(event.at.ISO8601Format(), event.stage.rawValue, event.kind, event.message)
        }
        Terminal.print("\n" + table.text)
        return .done
    }

    private static let retry = Command(
        "retry", "work on an order again, at once",
        discussion: "Releases a hold or a delay; a failed order goes on from where it was.", arguments: [orderArgument],
        options: [
            .flag("absent", "you have looked: the CA does not have the order; it is submitted again"),
            .value("found", "ID", "you have looked: the CA has the order under this id; it is asked about it"),
        ],
        examples: [
            ("certway order retry 12 --absent", "order 12 was held because its answer was lost"),
            ("certway order retry 12 --found 4711", "the CA has it, as request 4711: nothing is ordered again"),
        ]
    ) { invocation in
        let found = invocation.value("found")
        if found != nil, invocation.flag("absent") {
            throw UsageError("either --found or --absent", path: invocation.path)
        }
        let gateway = try await Gateway.open(invocation)
        let id = try await find(invocation, gateway).id
        let order =
            if let found {
                try await gateway.ledger.declareFound(id, caRequestID: found, by: operatorName)
            } else if invocation.flag("absent") {
                try await gateway.ledger.declareAbsent(id, by: operatorName)
            } else {
                try await gateway.ledger.retry(id, by: operatorName)
            }
        Terminal.print("\(order.reference) is due now; 'certway run --once' takes it up")
        return .done
    }

    private static let cancel = Command(
        "cancel", "withdraw an order that has no certificate yet", arguments: [orderArgument]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let order = try await gateway.ledger.requestCancel(find(invocation, gateway).id, by: operatorName)
        Terminal.print(
            order.stage == .cancelled
                ? "\(order.reference) is cancelled; nothing had left for the CA"
                : "\(order.reference) will be cancelled at the CA by the next pass")
        return .done
    }

    private static func find(_ invocation: Invocation, _ gateway: Gateway) async throws -> Order {
        let word = invocation.requiredWord("ORDER")
        if let id = Int64(word), let order = try await gateway.ledger.order(id) { return order }
        if let order = try await gateway.ledger.order(reference: word) { return order }
        throw LedgerError.noSuchOrder(word)
    }

    /// Who acts, for the event.
    private static var operatorName: String { "\(NSUserName()) on the command line" }
}

extension Order {
    var json: JSONValue {
        [
            "id": JSONValue(Int(id)), "reference": .string(reference), "template": .string(template),
            "backendCA": .string(backendCA), "product": .string(product), "subscriberID": .string(subscriberID),
            "userPrincipalName": .string(userPrincipalName), "names": names, "stage": .string(stage.rawValue),
            "attempt": JSONValue(attempt), "caRequestID": JSONValue(caRequestID), "waitingFor": JSONValue(waitingFor),
            "detail": JSONValue(detail), "holdReason": JSONValue(holdReason), "failures": JSONValue(failures),
            "nextActionAt": JSONValue(nextActionAt?.ISO8601Format()), "createdAt": .string(createdAt.ISO8601Format()),
            "updatedAt": .string(updatedAt.ISO8601Format()),
        ]
    }
}

extension OrderEvent {
    var json: JSONValue {
        [
            "at": .string(at.ISO8601Format()), "stage": .string(stage.rawValue), "kind": .string(kind),
            "message": .string(message), "data": data,
        ]
    }
}
