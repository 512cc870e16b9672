// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Enrollment
import Gateway
import JSONDocuments

/// `certway plan`: what a pass would do and why, without doing it.
enum PlanCommand {
    static let command = Command(
        "plan", "what a pass would do, and why; orders nothing",
        discussion: "Reads the directory and compares it with the ledger. Costs nothing at the CA.",
        options: [.value("limit", "N", "how many people to list per template and verdict", default: "20")],
        examples: [
            ("certway plan", "counts per template, and the first people"),
            ("certway plan --output json", "the same for programs"),
        ]
    ) { invocation in
        let limit = try invocation.int("limit") ?? 20
        let gateway = try await Gateway.open(invocation)
        let progress = ProgressLine()
        let report = try await gateway.pass(try gateway.graphClient()) { progress.show($0.sentence) }.plan()
        progress.clear()
        if invocation.wantsJSON {
            Terminal.print(try await json(report, gateway, limit).text)
        } else {
            try await show(report, gateway, limit)
        }
        for problem in report.problems { Terminal.complain("certway: \(problem)") }
        return report.problems.isEmpty ? .done : report.plans.isEmpty ? .failed : .partlyDone
    }

    private static func show(_ report: EnrollmentPass.Report, _ gateway: Gateway, _ limit: Int) async throws {
        var table = TextTable("TEMPLATE", "TO ORDER", "COVERED", "LEFT OUT", "LEFT", "LOOKED AT")
        for plan in report.plans {
            table.add(
                plan.template, "\(plan.toOrder)", "\(plan.counts[.covered] ?? 0)", "\(plan.counts[.skipped] ?? 0)",
                "\(plan.counts[.left] ?? 0)", "\(plan.evaluated)")
        }
        Terminal.print(table.text)
        for plan in report.plans {
            for (verdict, title) in [(EnrollmentDecision.Verdict.order, "to order"), (.skipped, "left out")] {
                let people = try await gateway.planner.decisions.decisions(
                    template: plan.template, verdict: verdict, limit: limit)
                guard !people.isEmpty else { continue }
                Terminal.print("\n\(plan.template), \(title):")
                var rows = TextTable("USER", verdict == .order ? "ADDRESSES" : "WHY")
                for person in people {
                    rows.add(
                        person.userPrincipalName,
                        verdict == .order ? person.names.emails.joined(separator: ", ") : person.reason)
                }
                Terminal.print(rows.text)
                let rest = (plan.counts[verdict] ?? 0) - people.count
                if rest > 0 { Terminal.print("… and \(rest) more (--limit N shows more)") }
            }
        }
        let allowed = gateway.configuration.limits.ordersPerRun
        let wanted = report.plans.reduce(0) { $0 + $1.toOrder }
        if wanted > allowed {
            Terminal.print(
                "\nover the limit of \(allowed) orders: 'certway run --once --accept-orders \(wanted)' places them")
        } else if wanted > 0 {
            Terminal.print("\n'certway run --once' places these \(wanted) orders")
        }
    }

    private static func json(_ report: EnrollmentPass.Report, _ gateway: Gateway, _ limit: Int) async throws
        -> JSONValue
    {
        var templates: [JSONValue] = []
        for plan in report.plans {
            var value = plan.json
            let people = try await gateway.planner.decisions.decisions(
                template: plan.template, verdict: .order, limit: limit)
            value["toOrder"] = .array(
                people.map { ["userPrincipalName": .string($0.userPrincipalName), "names": $0.names.json] })
            templates.append(value)
        }
        return ["templates": .array(templates), "problems": JSONValue(report.problems)]
    }
}

extension EnrollmentPass.Activity {
    /// What a person who watches reads.
    var sentence: String {
        switch self {
        case .readingDirectory(let template): "\(template): reading the directory"
        case .planning(let template, let people): "\(template): planned \(people) people"
        case .working(let progress):
            "\(progress.activated) certificates in use, \(progress.inFlight) orders in work, \(progress.steps) steps done"
        }
    }
}
