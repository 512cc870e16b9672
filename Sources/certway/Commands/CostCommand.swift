// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import Ledger
import Store

/// `certway cost`: what orders have cost.
enum CostCommand {
    static let command = Command(
        "cost", "what orders have cost, by month and template",
        discussion: """
            From the ledger alone: an order keeps the price that its template had when it was planned, and counts in that month
            (UTC). An order under way counts until it has ended without a certificate; 'charged: placed' in the template makes one
            that was refused or cancelled cost as well. Orders planned while the template had no price are counted and cost nothing.
            """,
        options: [
            .value("from", "MONTH", "from this month on, such as 2027-01; a year when left out"),
            .value("to", "MONTH", "to this month; the present one when left out"),
            .value("template", "NAME", "only this template"),
            .choice("by", CostReport.Grouping.allCases.map(\.rawValue), "what the rows tell apart", default: "all"),
            .choice("output", ["table", "json", "csv"], "how it is printed", default: "table"),
        ],
        examples: [
            ("certway cost", "the last twelve months"),
            ("certway cost --by month", "one line for each month"),
            ("certway cost --from 2027-01 --to 2027-12 --output csv", "a year, for a spreadsheet"),
        ]
    ) { invocation in
        let store = try await GatewayStore.open(invocation.home)
        try await invocation.requireKnownNames(in: store)
        let (from, to) = (try invocation.month("from"), try invocation.month("to"))
        if let from, from > to ?? CalendarMonth(of: store.clock.now()) {
            throw UsageError("--from \(from.text) lies behind --to", path: invocation.path)
        }
        let grouping = invocation.value("by").flatMap(CostReport.Grouping.init) ?? .all
        let report = try await CostAdministration(store).report(
            grouping, template: invocation.value("template"), from: from, to: to)
        let list = ItemList<CostReport.Row>(
            none: "no orders from \(report.from.text) to \(report.to.text)", json: { _, _ in report.json },
            columns(grouping))
        list.show(ListPage(whole: report.rows), invocation)
        if (invocation.value("output") ?? "table") == "table", !report.rows.isEmpty {
            let months =
                report.from == report.to
                ? "in \(report.from.text)" : "from \(report.from.text) to \(report.to.text)"
            let sum = report.total.isEmpty ? "nothing: no order has a price" : report.total.text
            Terminal.print("\ntogether \(months): \(sum)")
            if let budget = report.budget {
                let spent = report.spending.total[budget.currency]
                Terminal.print("spent in \(report.spending.month.text): \(spent.text) of \(budget.text)")
            }
        }
        return .done
    }

    private static func columns(_ grouping: CostReport.Grouping) -> [ListColumn<CostReport.Row>] {
        var columns: [ListColumn<CostReport.Row>] = []
        if grouping == .all || grouping == .month { columns.append(ListColumn("MONTH", "month") { $0.month }) }
        if grouping == .all || grouping == .template {
            columns.append(ListColumn(.short("TEMPLATE", 8), "template") { $0.template })
        }
        if grouping == .all || grouping == .product {
            columns += [
                ListColumn(.short("BACKEND CA", 10, 2), "backendCA") { $0.backendCA },
                ListColumn(.short("PRODUCT", 10, 1), "product") { $0.product },
            ]
        }
        return columns + [
            ListColumn("ORDERS", "orders") { "\($0.orders)" },
            ListColumn("ISSUED", "certificates") { "\($0.certificates)" },
            ListColumn("OPEN", "underWay") { "\($0.underWay)" },
            ListColumn("COST", "cost", { $0.cost?.amount ?? "" }),
            ListColumn("CUR", "currency") { $0.currency?.code ?? "" },
        ]
    }
}
