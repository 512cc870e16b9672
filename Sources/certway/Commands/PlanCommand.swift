// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Planning

/// `certway plan`: what a pass would do and why, without doing it.
enum PlanCommand {
    static let command = Command(
        "plan", "what a pass would do, and why; orders nothing",
        discussion: """
            Reads the directory and compares it with the ledger. Costs nothing at the CA. The table counts each person once:

            \(legend(PersonStatus.allCases))

            REPLACING are those of IN USE for whom another order is under way, those whose order is held in brackets ('certway people list
            --replacement STATUS'). TO RENEW are those of IN USE whose certificate is to be renewed or replaced. PEOPLE are those in the group: everybody but who has LEFT. 'certway people list --status STATUS' lists who is behind a
            number.
            """,
        options: [.value("limit", "N", "how many people to list per template and verdict", default: "20")],
        examples: [
            ("certway plan", "counts per template, and the first people"),
            ("certway plan --output json", "the same for programs"),
            ("certway plan approve", "consent to a plan that is over limits.ordersPerRun"),
        ], subcommands: [approve]
    ) { invocation in
        let limit = try invocation.int("limit") ?? 20
        let administration = PlanAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        let progress = ProgressLine()
        let overview = try await administration.plan(limit: limit) { progress.show($0.sentence) }
        progress.clear()
        if invocation.wantsJSON {
            Terminal.print(json: overview.json.text)
        } else {
            show(overview)
        }
        for problem in overview.problems { Terminal.complain("certway: \(problem)") }
        return overview.problems.isEmpty ? .done : overview.templates.isEmpty ? .failed : .partlyDone
    }

    private static let approve = Command(
        "approve", "consent to the last plan's new orders and ends of certificates, also while 'certway serve' runs",
        discussion: """
            A plan with more new orders than limits.ordersPerRun waits for a person, one that costs more than limits.budgetPerMonth
            has left, and one that ends more certificates than limits.endingsPerRun, or half of a template's. The consent is stored with your name and is used once, for a day at most, by whoever plans next: the service within limits.interval, or 'certway run --once'.
            Without --orders it is good for the orders and ends that 'certway plan' has shown to you within a day, and for nobody who has
            joined since.
            """,
        options: [
            .value("orders", "N", "consent to up to N new orders, whosever they are by then"),
            .value(
                "cost", "AMOUNT", "with --orders: what these may cost where that is over a budget, such as '250 EUR'"),
        ],
        examples: [
            ("certway plan && certway plan approve", "look, then consent"),
            ("certway plan approve --orders 800", "with room for those who join meanwhile"),
            ("certway plan approve --orders 800 --cost '14800 EUR'", "the same, over the budget of the month"),
        ]
    ) { invocation in
        let administration = PlanAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        let orders = try invocation.int("orders", in: 1...10_000_000)
        let cost = try invocation.money("cost")
        guard cost == nil || orders != nil else {
            throw UsageError("--cost goes with --orders", path: invocation.path)
        }
        let approval = try await administration.approve(orders: orders, cost: cost)
        let consent = approval.consent
        if invocation.wantsJSON {
            let value: JSONValue = [
                "orders": JSONValue(consent.orders), "cost": consent.cost.json,
                "endings": JSONValue(consent.planned?.endings ?? 0),
                "by": .string(consent.actor),
                "expiresAt": .string(consent.expiresAt.ISO8601Format()), "notShown": JSONValue(approval.notShown),
            ]
            Terminal.print(json: value.text)
        } else {
            Terminal.print(
                "\(consent.planned == nil ? "up to " : "")\(consent.sentence) approved until \(consent.expiresAt.ISO8601Format()): placed by the "
                    + "service with its next plan, by 'certway run --once' at once")
            if approval.notShown > 0 {
                Terminal.print(
                    "not approved: \(Plural(approval.notShown, "order or end", "orders or ends")) planned since you looked, or planned otherwise; "
                        + "see 'certway plan'")
            }
        }
        return .done
    }

    /// In place of the number of people: what could not be read is not 0.
    private static let notKnown = "not known"

    /// Of those with a certificate in use.
    private static func renewals(_ template: PlanOverview.Template) -> Int {
        let actions = template.summary.actions
        return min((actions[.renew] ?? 0) + (actions[.replace] ?? 0), template.people[.inUse])
    }

    /// Of those with a certificate in use; how many of their orders are held in brackets.
    private static func replacing(_ people: PeopleCount) -> String {
        let held = people.replacements[.held] ?? 0
        let all = people.replacements.values.reduce(0, +)
        return held > 0 ? "\(all) (\(held) held)" : "\(all)"
    }

    private static func show(_ overview: PlanOverview) {
        // Where there is no room, columns without anybody go.
        func column(_ heading: String, _ status: PersonStatus, _ rank: Int) -> TextColumn {
            overview.templates.contains { $0.people[status] > 0 }
                ? TextColumn(stringLiteral: heading) : .optional(heading, rank)
        }
        var columns: [TextColumn] = [
            .short("TEMPLATE", 6), "PEOPLE", "IN USE",
            overview.templates.contains { !$0.people.replacements.isEmpty } ? "REPLACING" : .optional("REPLACING", 7),
            column("WITHDRAWN", .withdrawn, 5), "UNDER WAY",
            column("HELD", .held, 1), "TO ORDER",
            overview.templates.contains { renewals($0) > 0 } ? "TO RENEW" : .optional("TO RENEW", 6),
            column("WAITING", .waiting, 3), column("ENDED", .ended, 2), "LEFT OUT", column("LEFT", .left, 4),
        ]
        if overview.spending != nil { columns.append("COST") }
        var table = TextTable(columns)
        for template in overview.templates {
            func count(_ status: PersonStatus) -> String { "\(template.people[status])" }
            let cells = [
                template.summary.template, "\(template.people.members)", count(.inUse),
                replacing(template.people), count(.withdrawn),
                count(.underWay), count(.held),
                count(.toOrder), "\(renewals(template))", count(.waiting), count(.ended), count(.leftOut), count(.left),
            ]
            table.add(cells + (overview.spending == nil ? [] : [template.summary.cost?.text ?? ""]))
        }
        for name in overview.unknown.map(\.template) {
            table.add([name, notKnown] + Array(repeating: "", count: columns.count - 2))
        }
        if !table.isEmpty { Terminal.print(lines: table.text) }
        let explained = [PersonStatus.withdrawn, .held, .waiting, .ended, .leftOut, .left].filter { status in
            overview.templates.contains { $0.people[status] > 0 }
        }
        if !explained.isEmpty { Terminal.print(lines: "\n" + legend(explained)) }
        for template in overview.templates { showConcerns(template) }
        for (name, count) in overview.unplanned.sorted(by: { $0.key < $1.key }) {
            Terminal.print(
                "\n\(Plural(count, "valid certificate")) by template \(name), which is gone: nobody takes them from who leaves; put it back "
                    + "with enabled: false, or see 'certway people list --template \(name)' and 'certway certificate revoke'"
            )
        }
        for warning in overview.templates.flatMap({ $0.summary.warnings + $0.summary.standstill }) {
            Terminal.print("\nwarning: \(warning)")
        }
        for template in overview.templates {
            let plan = template.summary
            show(template.toOrder, "\(plan.template), to order", "ADDRESSES, AND WHY", of: plan.toOrder) {
                ([$0.names.emails.joined(separator: ", ")] + ($0.reason.isEmpty ? [] : [$0.reason])).joined(
                    separator: "; ")
            }
            show(template.toEnd, "\(plan.template), to end", "WHAT, AND WHY", of: plan.toEnd) {
                "\($0.action.map(word) ?? ""): \($0.reason)"
            }
            show(template.waiting, "\(plan.template), tried again later", "WHY", of: plan.counts[.waiting] ?? 0) {
                $0.reason
            }
            show(template.ended, "\(plan.template), ended", "WHY", of: plan.counts[.ended] ?? 0) { $0.reason }
            show(template.leftOut, "\(plan.template), left out", "WHY", of: plan.counts[.skipped] ?? 0) { $0.reason }
        }
        if let spending = overview.spending {
            let spent = overview.budget.map { "\(spending.total[$0.currency].text) of \($0.text)" }
            let nothing = "nothing"
            Terminal.print(
                "\nspent in \(spending.month.text): \(spent ?? (spending.total.isEmpty ? nothing : spending.total.text)); 'certway cost' "
                    + "says for what")
        }
        for sentence in overview.waiting { Terminal.print("\n\(sentence)") }
        if overview.isStopped {
            if overview.wanted > 0 {
                Terminal.print("\nnone of \(Plural(overview.wanted, "order")) is placed as things are")
            }
        } else if !overview.overLimits.isEmpty {
            for sentence in overview.overLimits { Terminal.print("\n\(sentence)") }
        } else if overview.wanted + overview.endings > 0 {
            let parts = [
                overview.wanted > 0
                    ? "places \(Plural(overview.wanted, "order"))"
                        + (overview.cost.isEmpty ? "" : " for \(overview.cost.text)") : nil,
                overview.endings > 0 ? "ends \(Plural(overview.endings, "certificate"))" : nil,
            ]
            Terminal.print("\n'certway run --once' \(parts.compactMap(\.self).joined(separator: " and "))")
        }
        if !overview.unknown.isEmpty {
            let names = overview.unknown.map(\.template).joined(separator: ", ")
            let many = overview.unknown.count > 1
            Terminal.print(
                "\nwhat template\(many ? "s" : "") \(names) \(many ? "are" : "is") to order or to end is not known: "
                    + "\(many ? "they" : "it") could not be looked at")
        }
        for kept in overview.kept where !overview.isStopped {
            let count = kept.orders == overview.wanted ? "none of them leaves" : "\(kept.orders) of them do not leave"
            Terminal.print("\(count) for backend CA \(kept.backendCA) yet: \(kept.reason)")
        }
    }

    /// What people of a status are called in tables and help.
    static func word(_ status: PersonStatus) -> String { words(status.rawValue) }

    static func word(_ replacement: Replacement) -> String { words(replacement.rawValue) }

    private static func word(_ action: PlannedAction) -> String { words(action.rawValue) }

    private static func words(_ name: String) -> String {
        name.map { $0.isUppercase ? " \($0.lowercased())" : "\($0)" }.joined()
    }

    static func legend(_ statuses: [PersonStatus]) -> String {
        statuses.map { "  \(word($0).uppercased()): people who \($0.meaning)" }.joined(separator: "\n")
    }

    /// Certificates in use that would not be ordered like that today; nothing is done about them by itself.
    private static func showConcerns(_ template: PlanOverview.Template) {
        for concern in CertificateConcern.allCases {
            guard let count = template.people.concerns[concern], count > 0 else { continue }
            let names = (template.concerns[concern] ?? []).map(\.userPrincipalName)
            let more = count > names.count ? ", …" : ""
            Terminal.print(
                "\n\(template.summary.template): \(Plural(count, "valid certificate")) of people who \(concern.description): "
                    + "\(names.joined(separator: ", "))\(more); 'certway people list --template \(template.summary.template) "
                    + "--concern \(concern.rawValue)' lists them, with the reason")
        }
    }

    private static func show(
        _ people: [EnrollmentDecision], _ title: String, _ heading: String, of count: Int,
        _ cell: (EnrollmentDecision) -> String
    ) {
        guard !people.isEmpty else { return }
        Terminal.print("\n\(title):")
        var rows = TextTable(.short("USER", 24), .sentence(heading))
        for person in people { rows.add(person.userPrincipalName, cell(person)) }
        Terminal.print(lines: rows.text)
        if count > people.count { Terminal.print("… and \(count - people.count) more (--limit N shows more)") }
    }
}

extension EnrollmentPass.Activity {
    /// What a person who watches reads.
    var sentence: String {
        switch self {
        case .readingDirectory(let template): "\(template): reading the directory"
        case .planning(let template, let people): "\(template): planned \(people) people"
        case .working(let activated, let inFlight, let steps):
            "\(activated) certificates in use, \(inFlight) orders in work, \(steps) steps done"
        }
    }
}
