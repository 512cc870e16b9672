// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments
import Ledger
import Notification
import Store
import YAMLDocuments

/// `certway notification`: who is told what, in which words, and what became of it.
enum NotificationCommands {
    static let command = Command(
        "notification", "who is told what by mail, and what became of it",
        discussion: """
            What happens is told by itself, as section notifications of the configuration says: each thing once, also across
            restarts and several nodes. 'certway notification show EVENT' has the texts of an event and what may stand in them,
            'certway notification pending --state sent' what was told.
            """,
        examples: [("certway notification list", "every event, for whom it is, and whether it is told")],
        subcommands: [list, show, preview, test, pending, sendAgain])

    private static let events = NoticeEvent.allCases.map(\.rawValue)

    private static let list = Command(
        "list", "every event, for whom it is, and whether it is told",
        options: [.choice("output", ["table", "json", "csv"], "how it is printed", default: "table")],
        examples: [("certway notification list --output json", "with texts and placeholders")]
    ) { invocation in
        let all = try await administration(invocation).events()
        let table = ItemList<JSONValue>(
            none: "no events", each: { $0 },
            [
                ListColumn("EVENT", "event") { $0["event"]?.string ?? "" },
                ListColumn("TOLD", "send") { $0["send"]?.bool == true ? "yes" : "no" },
                ListColumn("TO", "to") { ($0["to"]?.array ?? []).compactMap(\.string).joined(separator: ", ") },
                ListColumn("LANGUAGE", "language") { $0["language"]?.string ?? "" },
                ListColumn(.sentence("MEANING", lines: 2), "meaning") { $0["meaning"]?.string ?? "" },
            ])
        table.show(ListPage(whole: all), invocation)
        return .done
    }

    private static let show = Command(
        "show", "one event with its words and placeholders",
        arguments: [Argument("EVENT", "such as issued or waiting")],
        examples: [("certway notification show issued", "what may stand in its text?")]
    ) { invocation in
        let value = try await administration(invocation).event(try event(invocation))
        guard !invocation.wantsJSON else {
            Terminal.print(json: value.text)
            return .done
        }
        func words(_ key: String) -> String { (value[key]?.array ?? []).compactMap(\.string).joined(separator: ", ") }
        Terminal.print("\(value["event"]?.string ?? ""): \(value["meaning"]?.string ?? "")")
        Terminal.print("told: \(value["send"]?.bool == true ? "yes, to \(words("to"))" : "no")")
        Terminal.print("placeholders: \(words("placeholders"))")
        for language in NoticeTexts.languages {
            let text = value["texts"]?[language]
            Terminal.print("")
            Terminal.print("[\(language)] \(text?["subject"]?.string ?? "")")
            Terminal.print(lines: text?["text"]?.string ?? "")
        }
        return .done
    }

    private static let preview = Command(
        "preview", "a mail as somebody would get it now; nothing is sent",
        arguments: [Argument("EVENT", "such as issued or waiting")],
        options: [
            .value("user", "UPN", "for this person; for somebody made up when left out"),
            .choice("language", NoticeTexts.languages, "in this language, whatever is configured"),
        ],
        examples: [("certway notification preview issued --language de", "the German words, filled in")]
    ) { invocation in
        let message = try await administration(invocation).preview(
            try event(invocation), for: invocation.value("user"), language: invocation.value("language"))
        show(message.json, invocation)
        return .done
    }

    private static let test = Command(
        "test", "send an example at once, in the way that notices go",
        arguments: [Argument("EVENT", "such as issued or waiting")],
        options: [
            .value("to", "ADDRESS", "mail address (required)"),
            .choice("language", NoticeTexts.languages, "in this language, whatever is configured"),
            .flag("dry-run", "show it, and send nothing"),
        ],
        examples: [
            ("certway notification test issued --to pki@example.org --dry-run", "what would be sent, and from whom")
        ]
    ) { invocation in
        guard let address = invocation.value("to") else { throw UsageError("--to is missing", path: invocation.path) }
        let message = try await administration(invocation).test(
            try event(invocation), to: address, language: invocation.value("language"),
            isDryRun: invocation.flag("dry-run"))
        show(message.json, invocation)
        if !invocation.wantsJSON {
            Terminal.complain(
                invocation.flag("dry-run") ? "nothing was sent (--dry-run)" : "taken by the mail service for \(address)"
            )
        }
        return .done
    }

    private static let pending = Command(
        "pending", "notices that are to be sent, may have been sent, or were given up; newest first",
        options: [
            .choice(
                "state", NoticeState.allCases.map(\.rawValue),
                "only this state; waiting, sending, unknown and failed when left out"),
            .choice("event", events, "only this event"),
        ] + .list(Notices.sorting),
        examples: [
            ("certway notification pending", "what has not been told yet, and why"),
            ("certway notification pending --state sent --event waiting", "who was asked to confirm an address?"),
        ]
    ) { invocation in
        let state = invocation.value("state").flatMap(NoticeState.init)
        let states: Set<NoticeState> = state.map { [$0] } ?? [.waiting, .sending, .unknown, .failed]
        let wanted = invocation.value("event").flatMap(NoticeEvent.init)
        let administration = try await administration(invocation)
        try await invocation.show(notices, Notices.sorting) {
            try await administration.list(states: states, event: wanted, $0)
        }
        return .done
    }

    private static let sendAgain = Command(
        "send-again", "send again what was given up, or of which nobody knows whether it was sent",
        arguments: [Argument("NOTICE", "id, or its beginning")],
        options: [.flag("dry-run", "tell which one it would be")],
        examples: [("certway notification send-again 7f0c33", "whoever gets it may have it twice")]
    ) { invocation in
        let notice = try await administration(invocation).sendAgain(
            invocation.requiredWord("NOTICE"), isDryRun: invocation.flag("dry-run"))
        if invocation.wantsJSON {
            Terminal.print(json: notice.json.text)
        } else {
            Terminal.print(
                invocation.flag("dry-run")
                    ? "it would be \(notice.id), \(notice.event.rawValue) of \(notice.about) (--dry-run)"
                    : "waits to be sent: \(notice.id), \(notice.event.rawValue) of \(notice.about)")
        }
        return .done
    }

    private static let notices = ItemList<Notice>(
        none: "no notices", each: \.json,
        [
            ListColumn(.short("ID", 8), "id") { $0.id },
            ListColumn("EVENT", "event") { $0.event.rawValue },
            ListColumn("STATE", "state") { $0.state.rawValue },
            ListColumn(.short("ABOUT", 11), "about") { $0.about },
            ListColumn(.short("TO", 12), "address") { $0.address ?? "" },
            ListColumn(.optional("POSTED", 1), "postedAt") { $0.postedAt.ISO8601Format() },
            ListColumn(.sentence("WHY", lines: 2), "detail") { $0.detail ?? "" },
        ])

    private static func administration(_ invocation: Invocation) async throws -> NotificationAdministration {
        NotificationAdministration(try await Gateway.open(invocation), caller: invocation.caller)
    }

    private static func event(_ invocation: Invocation) throws -> NoticeEvent {
        let word = invocation.requiredWord("EVENT")
        guard let event = NoticeEvent(rawValue: word) else {
            throw UsageError(
                "unknown event \"\(word)\": \(suggestion(for: word, in: events))", path: invocation.path)
        }
        return event
    }

    private static func show(_ message: JSONValue, _ invocation: Invocation) {
        guard !invocation.wantsJSON else { return Terminal.print(json: message.text) }
        for key in ["from", "to", "subject"] { Terminal.print("\(key): \(message[key]?.string ?? "")") }
        Terminal.print("")
        Terminal.print(lines: message["text"]?.string ?? "")
    }
}
