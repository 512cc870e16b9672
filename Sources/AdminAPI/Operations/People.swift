// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Ledger
import Planning

extension APIOperation {
    private static let person = APIParameter.path(
        "upn", "user principal name, address or object id; also a former one")

    /// Reading people, and why they have what they have.
    static let people = [
        APIOperation(
            "listPeople", .get, "/people", tag: "People", "People, with what each has by each template",
            permission: .readPeople,
            parameters: [
                .query("q", "name or part of one, address, object id, serial number or reference"),
                .query("template", "only people of this template"),
                .query("status", "only who stands so", .word(PersonStatus.allCases.map(\.rawValue))),
                .query(
                    "concern", "only whose certificate is to be looked at for that",
                    .word(CertificateConcern.allCases.map(\.rawValue))),
                .query(
                    "replacement", "only who has a certificate in use, and an order beside it that stands so",
                    .word(Replacement.allCases.map(\.rawValue))),
            ], answer: .list(of: .person)
        ) { call in
            let page = try await call.people.cards(call.text("q"), call.personFilter, try call.listRequest())
            return try call.page(page, \.json)
        },
        APIOperation(
            "getPerson", .get, "/people/{upn}", tag: "People", "One person", permission: .readPeople,
            parameters: [person], answer: .json(.person)
        ) { call in .json(try await call.people.card(try await call.people.person(call.path("upn"))).json) },
        APIOperation(
            "explainPerson", .get, "/people/{upn}/why", tag: "People",
            "Why a person has, or has not, a certificate, for each template", permission: .readPeople,
            parameters: [person], answer: .json(.personAnswer)
        ) { call in
            let answer = try await call.people.why(try await call.people.person(call.path("upn")))
            let rights = ConfiguredActions(call.gateway, call.caller)
            var value = answer.json
            value["templates"] = .array(answer.answers.map { $0.json(with: rights.of($0)) })
            return .json(value)
        },
        APIOperation(
            "listPolicies", .get, "/policies", tag: "People", "Policies: templates that belong together",
            permission: .readTemplates, answer: .list(of: .policy)
        ) { call in
            try call.whole(
                call.gateway.configuration.policies.map {
                    [
                        "name": .string($0.name), "group": .string($0.group), "nested": .bool($0.nested),
                        "templates": JSONValue($0.templates),
                    ]
                })
        },
        APIOperation(
            "listPolicyPeople", .get, "/policies/{name}/people", tag: "People",
            "The people of a policy, each once, with all its templates", permission: .readPeople,
            parameters: [
                .path("name", "name of the policy"),
                .flag("complete", "only who has all its certificates, or who has not"),
            ], answer: .list(of: .policyMember)
        ) { call in
            let page = try await call.people.list(
                policy: call.path("name"), isComplete: call.flag("complete"), try call.listRequest())
            return try call.page(page, \.json)
        },
    ]
}

extension APICall {
    var people: PersonAdministration { PersonAdministration(gateway.store) }

    var personFilter: PersonFilter {
        PersonFilter(
            template: text("template"), status: text("status").flatMap(PersonStatus.init),
            concern: text("concern").flatMap(CertificateConcern.init),
            replacement: text("replacement").flatMap(Replacement.init))
    }
}
