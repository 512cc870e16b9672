// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Enrollment
import Gateway

/// `certway people`: who is behind the numbers of the plan.
enum PeopleCommands {
    static let command = Command(
        "people", "who is behind the numbers of the plan",
        examples: [("certway people list --status leftOut", "who gets no certificate, and why")], subcommands: [list])

    private static let list = Command(
        "list", "people, where each stands, and why",
        discussion: """
            By the last plan and what has happened to orders since; reads neither the directory nor a CA. Each person is listed
            once for each template. For one person see 'certway why USER'.

            \(statuses)

            """ + concerns,
        options: [
            .value("template", "NAME", "only this template"),
            .choice("status", PersonStatus.allCases.map(\.rawValue), "only who stands there"),
            .choice(
                "concern", CertificateConcern.allCases.map(\.rawValue),
                "only whose certificate is to be looked at for that"),
            .value("limit", "N", "at most so many", default: "50"), .flag("all", "all of them"),
            .value("page", "CURSOR", "go on behind the page before, with the cursor it has printed"),
        ],
        examples: [
            ("certway people list --template smime --status leftOut", "who gets no certificate by it, and why"),
            ("certway people list --concern departed", "who has left and has a valid certificate"),
            ("certway people list --all --output json", "everybody, for programs"),
        ]
    ) { invocation in
        var filter = PersonFilter(
            template: invocation.value("template"),
            status: invocation.value("status").flatMap(PersonStatus.init),
            concern: invocation.value("concern").flatMap(CertificateConcern.init),
            limit: invocation.flag("all") ? .max : try invocation.int("limit", in: 1...1_000_000) ?? 50)
        if let cursor = invocation.value("page") {
            guard let position = PersonFilter.Position(cursor) else {
                throw UsageError(
                    "--page \"\(cursor)\": the cursor that a page has printed is expected", path: invocation.path)
            }
            filter.after = position
        }
        let page = try await PersonAdministration(try await GatewayStore.open(invocation.home)).list(filter)
        if invocation.wantsJSON {
            Terminal.print(json: page.json.text)
            return .done
        }
        var table = TextTable("USER", "TEMPLATE", "STATUS", "VALID TO", "WHY")
        for person in page.people {
            table.add(
                person.userPrincipalName, person.template, person.status.rawValue,
                person.notAfter.map { $0.formatted(.iso8601.year().month().day()) } ?? "", person.reason)
        }
        Terminal.print(lines: table.isEmpty ? "nobody" : table.text)
        if let next = page.next {
            Terminal.print(
                "\n\(page.people.count) of \(page.total); --all for all, or go on with --page '\(next.text)'")
        }
        return .done
    }

    private static let statuses =
        "Statuses (--status): those who …\n"
        + PersonStatus.allCases.map { "  \($0.rawValue): \($0.meaning)" }.joined(separator: "\n")

    private static let concerns =
        "Certificates to be looked at (--concern): those of people who …\n"
        + CertificateConcern.allCases.map { "  \($0.rawValue): \($0.description)" }.joined(separator: "\n")
}
