// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Planning
import Store

/// `certway exception`: who is left out of a template, or included, beside its group.
enum ExceptionCommands {
    static let command = Command(
        "exception", "leave people out of a template, or include them, beside its group",
        examples: [("certway exception list", "which exceptions are in force, and why")],
        subcommands: [add, list, end])

    private static let person = Argument("PERSON", "user principal name, address or object id")

    private static let add = Command(
        "add", "leave people out of a template, or include them, until a day",
        discussion: """
            Whoever is left out gets no certificate, no renewal and no replacement. One that is in use stays valid and on the
            devices until it ends: nothing is revoked by this; an order that has not left is taken back. Whoever is included is
            looked after as a member of the group is, wherever the person is in the tenant, and orders follow with the next plan,
            within the limits. One exception for each person and template: a new one takes the place of the former.
            """,
        arguments: [Argument("PERSON", person.help, repeats: true)],
        options: [
            .value("template", "NAME", "of this template (required)"),
            .flag("leave-out", "no certificate by it"), .flag("include", "as a member of its group"),
            .value(
                "until", "DAY",
                "it ends at the beginning of this day (UTC), such as 2027-12-31; required with --leave-out"),
            .value("because", "TEXT", "why, for the record (required)"),
            .flag("dry-run", "tell what it would be, and keep nothing"),
        ],
        examples: [
            (
                "certway exception add ada@example.org --template smime --leave-out --until 2035-03-31 --because 'parental leave'",
                "no renewal until then"
            )
        ]
    ) { invocation in
        func required(_ option: String) throws -> String {
            guard let text = invocation.value(option), !text.isEmpty else {
                throw UsageError("--\(option) is missing", path: invocation.path)
            }
            return text
        }
        guard invocation.flag("leave-out") != invocation.flag("include") else {
            throw UsageError("either --leave-out or --include", path: invocation.path)
        }
        let kind: EnrollmentException.Kind = invocation.flag("include") ? .include : .leaveOut
        let until = try invocation.day("until")
        if kind == .leaveOut { _ = try required("until") }
        let (template, cause) = (try required("template"), try required("because"))
        let isDryRun = invocation.flag("dry-run")
        let gateway = try await Gateway.open(invocation)
        let made = try await ExceptionAdministration(gateway, caller: invocation.caller).add(
            invocation.allWords("PERSON"), template: template, kind, until: until, because: cause, isDryRun: isDryRun)
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(made.map { $0.json(at: gateway.ledger.clock.now()) }).text)
            return .done
        }
        for exception in made {
            Terminal.print("\(exception.userPrincipalName), template \(exception.template): \(exception.sentence)")
        }
        Terminal.print(isDryRun ? "nothing was kept (--dry-run)" : "the next plan goes by it")
        return .done
    }

    private static let list = Command(
        "list", "exceptions, by template and person",
        options: [
            .value("template", "NAME", "only this template"), .flag("over", "also those that have ended by themselves"),
            .choice("output", ["table", "json", "csv"], "how it is printed", default: "table"),
        ],
        examples: [("certway exception list --over", "also those whose day has passed")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        try await invocation.requireKnownNames(in: gateway.store)
        let now = gateway.ledger.clock.now()
        let exceptions = try await ExceptionAdministration(gateway, caller: invocation.caller).list(
            template: invocation.value("template"), over: invocation.flag("over"))
        let table = ItemList<EnrollmentException>(
            none: "no exceptions", each: { $0.json(at: now) },
            [
                ListColumn(.short("USER", 20), "userPrincipalName") { $0.userPrincipalName },
                ListColumn(.short("TEMPLATE", 8), "template") { $0.template },
                ListColumn("KIND", "kind") { $0.kind.rawValue },
                ListColumn("UNTIL", "until", { $0.until?.day ?? "" }) { $0.until?.ISO8601Format() ?? "" },
                ListColumn(.short("BY", 8, 1), "by") { $0.actor },
                ListColumn(.sentence("BECAUSE", lines: 2), "because") { $0.cause },
            ])
        table.show(ListPage(whole: exceptions), invocation)
        return .done
    }

    private static let end = Command(
        "end", "end an exception: the template's group counts again",
        discussion: """
            Somebody who was left out and is in the group is ordered for by the next plan. Somebody who was included and is in no group
            counts as gone from then on: after the grace of onDeparture the certificate goes.
            """,
        arguments: [person], options: [.value("template", "NAME", "of this template (required)")],
        examples: [("certway exception end ada@example.org --template smime", "she is back")]
    ) { invocation in
        guard let template = invocation.value("template") else {
            throw UsageError("--template is missing", path: invocation.path)
        }
        let gateway = try await Gateway.open(invocation)
        let ended = try await ExceptionAdministration(gateway, caller: invocation.caller).end(
            invocation.requiredWord("PERSON"), template: template)
        if invocation.wantsJSON {
            Terminal.print(json: ended.json(at: gateway.ledger.clock.now()).text)
        } else {
            Terminal.print("ended: \(ended.userPrincipalName), template \(ended.template), \(ended.sentence)")
        }
        return .done
    }
}
