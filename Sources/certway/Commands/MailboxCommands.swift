// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments
import Store

/// `certway mailbox`: shared mailboxes, who may open them, who has their keys.
enum MailboxCommands {
    static let command = Command(
        "mailbox", "shared mailboxes: who may open them, and who has their keys",
        discussion: """
            A template with 'for: mailboxes' gives each shared mailbox of Exchange Online a certificate; its key goes to the devices of
            everybody who may open the mailbox. When one of them may not any more, the key is taken back and changed.
            """,
        examples: [("certway mailbox list", "which there are, and who may open them")],
        subcommands: [list, show, release])

    private static let mailbox = Argument("MAILBOX", "address or object id")

    private static let list = Command(
        "list", "the shared mailboxes that Exchange Online lists, as they were last read",
        options: [.choice("output", ["table", "json", "csv"], "how it is printed", default: "table")],
        examples: [("certway mailbox list --output json", "for a program")]
    ) { invocation in
        let cards = try await MailboxAdministration(
            try await GatewayStore.open(invocation.home), caller: invocation.caller
        ).list()
        table.show(ListPage(whole: cards), invocation)
        return .done
    }

    private static let table = ItemList<MailboxAdministration.Card>(
        none:
            "no shared mailboxes: they are read once a template says 'for: mailboxes', or its names use .mailboxAddresses",
        each: \.json,
        [
            ListColumn(.short("MAILBOX", 24), "address") { $0.address },
            ListColumn("OPENED BY", "people") { card in
                "\(card.people.count { $0.rights.contains("fullAccess") })"
            },
            ListColumn("KEYS", "keys") { card in "\(card.keys.count { $0.state == .delivered })" },
            ListColumn(.sentence("PROBLEM", lines: 3), "problem") { $0.problem ?? "" },
        ])

    private static let show = Command(
        "show", "one mailbox: who may open it and why, and which keys are with whom", arguments: [mailbox],
        examples: [("certway mailbox show support@example.org", "who has its key?")]
    ) { invocation in
        let card = try await MailboxAdministration(
            try await GatewayStore.open(invocation.home), caller: invocation.caller
        ).mailbox(invocation.requiredWord("MAILBOX"))
        if invocation.wantsJSON {
            Terminal.print(json: card.json.prettyText)
        } else {
            tell(card)
        }
        return .done
    }

    private static func tell(_ card: MailboxAdministration.Card) {
        Terminal.print("\(card.name) <\(card.address)>\(card.isPresent ? "" : ", not listed by Exchange any more")")
        if let problem = card.problem { Terminal.print("problem: \(problem)") }
        if card.people.isEmpty { Terminal.print("nobody may open it") }
        for person in card.people {
            let via = person.via.isEmpty ? "" : ", by \(person.via)"
            Terminal.print("\(person.userPrincipalName): \(person.rights.joined(separator: " and "))\(via)")
        }
        KeyHistoryText.show(card.keys, mailboxes: [card.id: card.address], namesPeople: true)
    }

    private static let release = Command(
        "release", "say that nobody may open a mailbox any more, whose list of people came back empty",
        discussion: """
            A list that has become empty takes nothing from anybody by itself: it may be a fault. This says that it is none. The keys are
            taken back with the next pass, and the key is changed where the template says so.
            """, arguments: [mailbox],
        options: [
            .value("because", "TEXT", "why, for the record (required)"),
            .flag("dry-run", "tell whom it means, and change nothing"),
        ],
        examples: [
            ("certway mailbox release support@example.org --because 'the team was dissolved'", "take its keys back")
        ]
    ) { invocation in
        guard let cause = invocation.value("because"), !cause.isEmpty else {
            throw UsageError("--because is missing", path: invocation.path)
        }
        let isDryRun = invocation.flag("dry-run")
        let card = try await MailboxAdministration(
            try await GatewayStore.open(invocation.home), caller: invocation.caller
        ).release(invocation.requiredWord("MAILBOX"), because: cause, isDryRun: isDryRun)
        if invocation.wantsJSON {
            Terminal.print(json: card.json.prettyText)
        } else {
            Terminal.print(
                isDryRun
                    ? "\(card.people.count) people would be taken off \(card.address) (--dry-run)"
                    : "nobody may open \(card.address): the next pass takes its keys back")
        }
        return .done
    }
}
