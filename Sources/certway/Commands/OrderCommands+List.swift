// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import Ledger
import YAMLDocuments

extension OrderCommands {
    static let list = Command(
        "list", "orders, newest first",
        options: [
            .value(
                "stage", "STAGE", "only this stage: \(OrderStage.allCases.map(\.rawValue).joined(separator: ", "))",
                repeats: true),
            .value("template", "NAME", "only this template"), .value("backend-ca", "NAME", "only this backend CA"),
            .value("user", "TEXT", "the beginning of a name, address or reference, or a whole CA request id"),
            .flag("held", "only orders held for a person"),
        ] + .list(OrderLedger.orderSorting),
        examples: [
            ("certway order list --stage pending", "what waits for a CA or a subscriber"),
            ("certway order list --held --sort since", "what has waited longest for a person"),
            ("certway order list --all --output csv", "everything, for a spreadsheet"),
        ]
    ) { invocation in
        let stages = try invocation.allValues("stage").map { word in
            guard let stage = OrderStage(rawValue: word) else {
                let hint = suggestion(for: word, in: OrderStage.allCases.map(\.rawValue))
                throw UsageError("unknown stage \"\(word)\": \(hint)", path: invocation.path)
            }
            return stage
        }
        let store = try await GatewayStore.open(invocation.home)
        try await invocation.requireKnownNames(in: store)
        let filter = OrderFilter(
            stages: stages.isEmpty ? nil : Set(stages), template: invocation.value("template"),
            backendCA: invocation.value("backend-ca"), text: invocation.value("user"),
            held: invocation.flag("held") ? true : nil)
        let administration = OrderAdministration(store.ledger, caller: invocation.caller)
        try await invocation.show(orders, OrderLedger.orderSorting) { try await administration.list(filter, $0) }
        return .done
    }

    private static let orders = ItemList<Order>(
        none: "no orders", as: .orders, each: \.json,
        [
            ListColumn(.short("ORDER", 11), "reference") { $0.reference },
            ListColumn(.optional("NUMBER", 5), "number") { "\($0.id)" },
            ListColumn(.short("USER", 20), "userPrincipalName") { $0.userPrincipalName },
            ListColumn(.short("TEMPLATE", 8, 2), "template") { $0.template },
            ListColumn(.short("BACKEND CA", 10, 4), "backendCA") { $0.backendCA },
            ListColumn("STAGE", "stage", { $0.stage.rawValue + ($0.isHeld ? " (held)" : "") }) { $0.stage.rawValue },
            ListColumn(.optional("PRICE", 5), "price") { $0.price?.text ?? "" },
            ListColumn(.optional("SINCE", 3), "updatedAt") { $0.updatedAt.ISO8601Format() },
            ListColumn(.sentence("DETAIL", lines: 4), "detail") { $0.standing ?? "" },
        ])
}
