// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger

/// `certway run --once`: one pass.
enum RunCommand {
    static let command = Command(
        "run", "one pass: plan, order within the limits, work on what is due",
        discussion: """
            A pass that would place more than limits.ordersPerRun orders, or spend more than limits.budgetPerMonth has left, places
            none and says so; --accept-orders N is the consent, with --accept-cost AMOUNT where it is over the budget. Orders that wait for a person or a CA stay in the ledger for the next pass. The process may be
            killed at any time: the next pass goes on where it was. Whatever keeps an order from moving on is said on
            standard error, one line for each cause, and the exit status is 4 then: also people whom the CA rejects, a group that is
            empty or has lost half of its people, orders that a CA has had for longer than backendCAs.expectedWithin, and mails that could not be sent. Who is
            left out by the template or was cancelled by you is counted, and 'certway plan' says why.
            """,
        options: [
            .flag("once", "required: the loop is 'certway serve'"),
            .value("accept-orders", "N", "consent to up to N new orders"),
            .value(
                "accept-cost", "AMOUNT",
                "with --accept-orders: what these may cost where that is over a budget, such as '250 EUR'"),
            .value("wait", "SECONDS", "also work on orders that fall due within this time", default: "0"),
        ],
        examples: [
            ("certway run --once", "one pass, as a timer would call it"),
            ("certway run --once --wait 300 --accept-orders 800", "a first roll-out, staying for waiting orders"),
        ], elsewhere: ["dry-run": "'certway plan' shows what it would do, and orders nothing"]
    ) { invocation in
        guard invocation.flag("once") else {
            throw UsageError("say --once for one pass; 'certway serve' is the service", path: invocation.path)
        }
        let consented = try invocation.int("accept-orders")
        let cost = try invocation.money("accept-cost")
        guard cost == nil || consented != nil else {
            throw UsageError("--accept-cost goes with --accept-orders", path: invocation.path)
        }
        let wait = try invocation.int("wait") ?? 0
        let gateway = try await Gateway.open(invocation)
        if consented != nil || cost != nil,
            let obstacle = try await gateway.ownChange(
                of: gateway.configuration.templates.map(\.name), by: invocation.caller)
        {
            throw obstacle
        }
        let progress = ProgressLine()
        let pass = SinglePass(gateway, digest: { try await Digest.values($0) }) { progress.show($0.sentence) }
        let signals = StopSignals { pass.stop() }
        defer { signals.cancel() }
        let report = try await pass.run(
            consented: consented, cost: cost, by: invocation.actor,
            until: wait > 0 ? gateway.ledger.clock.now() + Double(wait) : nil)
        progress.clear()
        show(report, invocation)
        for cause in report.causes { Terminal.complain("certway: \(cause)") }
        return report.causes.isEmpty ? .done : .partlyDone
    }

    private static func show(_ report: SinglePass.Report, _ invocation: Invocation) {
        let counts = report.counts
        if invocation.wantsJSON {
            var stages: [String: JSONValue] = [:]
            for stage in OrderStage.allCases {
                stages[stage.rawValue] = JSONValue(counts.filter { $0.stage == stage }.reduce(0) { $0 + $1.count })
            }
            let result: JSONValue = [
                "planned": JSONValue(report.planned), "ended": JSONValue(report.ended),
                "activated": JSONValue(report.activated), "revoked": JSONValue(report.revoked),
                "withdrawn": JSONValue(report.withdrawn), "published": JSONValue(report.published),
                "unpublished": JSONValue(report.unpublished),
                "orders": .object(stages), "held": JSONValue(counts.reduce(0) { $0 + $1.held }),
                "withoutCertificate": JSONValue(report.plans.reduce(0) { $0 + $1.withoutCertificate }),
                "waiting": JSONValue(report.waiting), "problems": JSONValue(report.causes),
            ]
            return Terminal.print(json: result.text)
        }
        Terminal.print(
            "\(Plural(report.planned, "order")) planned, \(Plural(report.activated, "certificate")) came into use"
                + (report.revoked > 0 ? ", \(Plural(report.revoked, "certificate")) revoked" : "")
                + (report.withdrawn > 0 ? ", \(Plural(report.withdrawn, "certificate")) taken out of Intune" : "")
                + (report.published > 0 ? ", \(Plural(report.published, "certificate")) published" : "")
                + (report.unpublished > 0
                    ? ", \(Plural(report.unpublished, "certificate")) taken out of directories" : ""))
        let without = report.plans.reduce(0) { $0 + $1.withoutCertificate }
        if without > 0 {
            Terminal.print(
                "\(Plural(without, "person gets", "people get")) no certificate, left out or cancelled: 'certway plan' says why"
            )
        }
        for sentence in report.waiting { Terminal.print("\(sentence)") }
        guard !counts.isEmpty else { return }
        var table = TextTable(.short("TEMPLATE", 16), "STAGE", "ORDERS", "HELD")
        for count in counts { table.add(count.template, count.stage.rawValue, "\(count.count)", "\(count.held)") }
        Terminal.print(lines: table.text)
        if counts.contains(where: { $0.held > 0 }) {
            Terminal.print("\nheld orders wait for a person: 'certway order list --held' says why")
        }
    }
}
