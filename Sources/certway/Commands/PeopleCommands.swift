// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Planning
import Settings

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

            \(replacements)

            """ + concerns,
        options: [
            .value("template", "NAME", "only this template"),
            .value("policy", "NAME", "the people of this policy, each once, with all its templates"),
            .flag("incomplete", "with --policy: only who has not all its certificates"),
            .choice("status", PersonStatus.allCases.map(\.rawValue), "only who stands there"),
            .choice(
                "concern", CertificateConcern.allCases.map(\.rawValue),
                "only whose certificate is to be looked at for that"),
            .choice(
                "replacement", Replacement.allCases.map(\.rawValue),
                "only who has a certificate in use, and an order beside it"),
        ] + .list(EnrollmentRegister.sorting),
        examples: [
            ("certway people list --template smime --status leftOut", "who gets no certificate by it, and why"),
            ("certway people list --replacement held", "whose next certificate waits for a decision"),
            ("certway people list --concern departed", "who has left and has a valid certificate"),
            ("certway people list --policy staff --incomplete", "who lacks a certificate of the policy, and which"),
            ("certway people list --all --output json", "everybody, for programs"),
        ]
    ) { invocation in
        let filter = PersonFilter(
            template: invocation.value("template"),
            status: invocation.value("status").flatMap(PersonStatus.init),
            concern: invocation.value("concern").flatMap(CertificateConcern.init),
            replacement: invocation.value("replacement").flatMap(Replacement.init))
        let administration = PersonAdministration(try await GatewayStore.open(invocation.home))
        if let name = invocation.value("policy") { return try await show(policy: name, administration, invocation) }
        if invocation.flag("incomplete") { throw UsageError("--incomplete goes with --policy", path: invocation.path) }
        try await invocation.show(everybody, EnrollmentRegister.sorting) { try await administration.list(filter, $0) }
        return .done
    }

    private static func show(
        policy name: String, _ administration: PersonAdministration, _ invocation: Invocation
    ) async throws -> ExitStatus {
        for other in ["template", "status", "concern", "replacement"] where invocation.value(other) != nil {
            throw UsageError("--policy shows all templates of it: leave --\(other) out", path: invocation.path)
        }
        let list = members(of: try await administration.policy(name))
        try await invocation.show(list, EnrollmentRegister.policySorting) {
            try await administration.list(
                policy: name, isComplete: invocation.flag("incomplete") ? false : nil, $0)
        }
        return .done
    }

    /// A column for each template.
    private static func members(of policy: PolicyConfiguration) -> ItemList<PolicyMember> {
        ItemList(
            none: "nobody",
            json: { page, next in
                [
                    "policy": .string(policy.name), "people": .array(page.items.map(\.json)),
                    "total": JSONValue(page.matches.count), "next": JSONValue(next),
                ]
            },
            [ListColumn(.short("USER", 24), "userPrincipalName") { $0.userPrincipalName }]
                + policy.templates.map { template in
                    ListColumn(.short(template.uppercased(), 10), template) { member in
                        guard let person = member.standings[template] else { return "nothing known" }
                        let end = person.notAfter.map { " to \($0.day)" } ?? ""
                        return PlanCommand.word(person.status) + end
                    }
                } + [
                    ListColumn(.sentence("MISSING, AND WHY", lines: 3), "missing") { member in
                        policy.templates.compactMap { template in
                            member.standings[template].flatMap {
                                $0.status == .inUse ? nil : "\(template): \($0.reason)"
                            }
                        }.joined(separator: "; ")
                    }
                ])
    }

    private static let everybody = ItemList<EnrolledPerson>(
        none: "nobody",
        json: { page, next in
            [
                "people": .array(page.items.map(\.json)), "total": JSONValue(page.matches.count),
                "next": JSONValue(next),
            ]
        },
        [
            ListColumn(.short("USER", 24), "userPrincipalName") { $0.userPrincipalName },
            ListColumn(.short("TEMPLATE", 8, 2), "template") { $0.template },
            ListColumn(
                "STATUS", "status",
                { $0.status.rawValue + ($0.replacement.map { ", replacement \(PlanCommand.word($0))" } ?? "") }
            ) {
                $0.status.rawValue
            },
            ListColumn(.optional("VALID TO", 1), "notAfter", { $0.notAfter?.day ?? "" }) {
                $0.notAfter?.ISO8601Format() ?? ""
            },
            ListColumn(.sentence("WHY", lines: 2), "reason") { $0.reason },
        ])

    private static let statuses =
        "Statuses (--status): those who …\n"
        + PersonStatus.allCases.map { "  \($0.rawValue): \($0.meaning)" }.joined(separator: "\n")

    private static let replacements =
        "Orders under way for those whose certificate is in use (--replacement): those who …\n"
        + Replacement.allCases.map { "  \($0.rawValue): \($0.meaning)" }.joined(separator: "\n")

    private static let concerns =
        "Certificates to be looked at (--concern): those of people who …\n"
        + CertificateConcern.allCases.map { "  \($0.rawValue): \($0.description)" }.joined(separator: "\n")
}
