// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Planning

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
        ] + .list(EnrollmentRegister.sorting),
        examples: [
            ("certway people list --template smime --status leftOut", "who gets no certificate by it, and why"),
            ("certway people list --concern departed", "who has left and has a valid certificate"),
            ("certway people list --all --output json", "everybody, for programs"),
        ]
    ) { invocation in
        let filter = PersonFilter(
            template: invocation.value("template"),
            status: invocation.value("status").flatMap(PersonStatus.init),
            concern: invocation.value("concern").flatMap(CertificateConcern.init))
        let administration = PersonAdministration(try await GatewayStore.open(invocation.home))
        try await invocation.show(everybody, EnrollmentRegister.sorting) { try await administration.list(filter, $0) }
        return .done
    }

    private static let everybody = ItemList<EnrolledPerson>(
        none: "nobody",
        json: { page, next in
            [
                "people": .array(page.items.map(\.json)), "total": JSONValue(page.total),
                "next": JSONValue(next),
            ]
        },
        [
            ListColumn(.short("USER", 24), "userPrincipalName") { $0.userPrincipalName },
            ListColumn(.short("TEMPLATE", 8, 2), "template") { $0.template },
            ListColumn("STATUS", "status") { $0.status.rawValue },
            ListColumn(.optional("VALID TO", 1), "notAfter", { $0.notAfter?.day ?? "" }) {
                $0.notAfter?.ISO8601Format() ?? ""
            },
            ListColumn(.sentence("WHY", lines: 2), "reason") { $0.reason },
        ])

    private static let statuses =
        "Statuses (--status): those who …\n"
        + PersonStatus.allCases.map { "  \($0.rawValue): \($0.meaning)" }.joined(separator: "\n")

    private static let concerns =
        "Certificates to be looked at (--concern): those of people who …\n"
        + CertificateConcern.allCases.map { "  \($0.rawValue): \($0.description)" }.joined(separator: "\n")
}
