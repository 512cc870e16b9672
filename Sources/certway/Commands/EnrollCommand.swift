// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway
import Ledger
import PKIX
import Planning

/// `certway enroll`: orders for people who are named one by one.
enum EnrollCommand {
    static let command = Command(
        "enroll", "order certificates for people you name",
        discussion: """
            Reads the directory, tells for each person the names, the price and what stands against an order, and orders for the
            others, by the rules of the plan: who has a certificate or an order gets no second one. The next pass, or the service,
            takes the orders up. Over a limit or a budget nothing is ordered without --accept-orders.

            People beside the template's group are enrolled only with --outside-group. They stay looked after, renewed and, when
            they leave the tenant, taken back, as long as the exception holds that this makes: 'certway exception list'. So do
            product, validity and purpose that you choose here.
            """,
        arguments: [
            Argument(
                "PERSON", "user principal name, address or object id; - reads them from standard input, one a line",
                optional: true, repeats: true)
        ],
        options: [
            .value("template", "NAME", "by this template (required)"),
            .value("because", "TEXT", "why, for the record (required)"),
            .value("file", "FILE", "people from a file, one a line"),
            .value("product", "ID", "in place of the template's"),
            .value("validity", "DAYS", "in place of the template's"),
            .choice(
                "purpose", CertificatePurpose.allCases.filter(\.isForMail).map(\.rawValue),
                "in place of the template's"),
            .flag("outside-group", "also people who are not in the template's group"),
            .value(
                "until", "DAY",
                "when what is chosen here, or the inclusion, ends, such as 2027-12-31; never when left out"),
            .value("accept-orders", "N", "you know that N orders are placed"),
            .value("accept-cost", "AMOUNT", "with --accept-orders: what they may cost, such as '250 EUR'"),
            .flag("dry-run", "tell what would be ordered, at which price, and order nothing"),
        ],
        examples: [
            (
                "certway enroll ada@example.org --template smime --because 'joins on Monday' --dry-run",
                "names, price and what stands against it"
            ),
            (
                "certway enroll ada@example.org bob@example.org --template smime --validity 90 --outside-group --until 2035-12-31 "
                    + "--because 'auditors'", "two people of another department, for shorter"
            ),
        ]
    ) { invocation in
        let (template, cause) = (invocation.value("template") ?? "", invocation.value("because") ?? "")
        let missing = [("--template", template), ("--because", cause)].filter(\.1.isEmpty).map(\.0)
        guard missing.isEmpty else {
            throw UsageError(
                "\(missing.joined(separator: " and ")) \(missing.count == 1 ? "is" : "are") missing",
                path: invocation.path)
        }
        let typed = invocation.allWords("PERSON")
        guard !(typed.contains("-") && invocation.value("file") != nil) else {
            throw UsageError("either - or --file", path: invocation.path)
        }
        var list: String?
        if let file = invocation.value("file") ?? (typed.contains("-") ? "-" : nil) {
            list = try InputFile(file).text()
        }
        var wish = EnrollAdministration.Wish(
            people: EnrollAdministration.Wish.people(typed.filter { $0 != "-" }, list: list), template: template,
            because: cause)
        guard !wish.people.isEmpty else { throw UsageError("PERSON is missing", path: invocation.path) }
        wish.choice = OrderChoice(
            product: invocation.value("product"), validityDays: try invocation.int("validity", in: 1...3650),
            purpose: invocation.value("purpose").flatMap(CertificatePurpose.init(rawValue:)))
        wish.outside = invocation.flag("outside-group")
        wish.until = try invocation.day("until")
        let (orders, cost) = (
            try invocation.int("accept-orders", in: 1...10_000_000), try invocation.money("accept-cost")
        )
        guard cost == nil || orders != nil else {
            throw UsageError("--accept-cost goes with --accept-orders", path: invocation.path)
        }
        let gateway = try await Gateway.open(invocation)
        let administration = EnrollAdministration(gateway, caller: invocation.caller)
        var report = try await administration.propose(wish)
        let isDryRun = invocation.flag("dry-run")
        if !isDryRun, report.orders > 0 {
            let consent = orders.map {
                OrderConsent(
                    actor: invocation.actor, grantedAt: gateway.ledger.clock.now(), orders: $0, cost: MoneySum(cost))
            }
            report = try await administration.enroll(report, consent: consent)
        }
        show(report, isDryRun: isDryRun, invocation)
        for proposal in report.refused {
            Terminal.complain("certway: \(proposal.word): \(proposal.refusal ?? "")")
        }
        for proposal in report.overtaken {
            Terminal.complain("certway: \(proposal.word): has got another order meanwhile; nothing was ordered twice")
        }
        let stopped = report.refused.count + report.overtaken.count
        return stopped == 0 ? .done : stopped == report.proposals.count ? .failed : .partlyDone
    }

    private static func show(_ report: EnrollReport, isDryRun: Bool, _ invocation: Invocation) {
        if invocation.wantsJSON { return Terminal.print(json: report.json.prettyText) }
        var table = TextTable(
            .short("USER", 24), "PRICE", .short("ORDER", 11, 1), .sentence("ADDRESSES, AND WHAT THERE IS TO SAY"))
        for proposal in report.proposals where !proposal.isRefused {
            let order = report.made?.first { $0.subscriberID == proposal.subscriberID }
            let words = [
                proposal.names.emails.joined(separator: ", "), proposal.isOutside ? "not in the template's group" : nil,
                proposal.warning,
            ]
            table.add(
                proposal.userPrincipalName, proposal.price?.text ?? "", order?.reference ?? "",
                words.compactMap(\.self).joined(separator: "; "))
        }
        if !table.isEmpty { Terminal.print(lines: table.text + "\n") }
        let cost = report.cost.isEmpty ? "" : " for \(report.cost.text)"
        if isDryRun || report.made == nil {
            Terminal.print("\(Plural(report.orders, "order"))\(cost) would be placed; nothing was ordered")
            if let needed = report.needed { Terminal.print("\(needed)") }
        } else {
            Terminal.print(
                "\(Plural(report.made?.count ?? 0, "order is", "orders are")) planned\(cost); 'certway run --once' or the service takes "
                    + "them up")
        }
        for note in report.stops + report.notes { Terminal.print("\(note)") }
    }
}
