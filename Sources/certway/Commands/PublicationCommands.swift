// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Publication
import Store

/// `certway publication`: where others find certificates.
enum PublicationCommands {
    static let command = Command(
        "publication", "where others find certificates: address list and directories",
        discussion: """
            Section 'directories' names them, 'publish' of a template says where its certificates are found. They are written once they are
            delivered, read again to make sure, taken out when they are not in use any more, and put right where others have changed them.
            """,
        examples: [
            ("certway publication list", "what is found where"),
            ("certway publication status", "how many are found in each directory, and how many are not as wanted"),
            ("certway publication check", "whether the directories answer"),
        ], subcommands: [list, status, check, repair, script])

    private static let directory = Option.value("directory", "NAME", "only this directory")

    private static let list = Command(
        "list", "certificates in directories: what is wanted, and what was seen",
        options: [
            directory,
            .choice("state", PublicationRecord.State.allCases.map(\.rawValue), "only these"),
            .value("user", "TEXT", "beginning of a user principal name, or an object id"),
        ] + .list(PublicationStore.sorting),
        examples: [("certway publication list --state failed", "what is not as it is wanted, and why")]
    ) { invocation in
        var filter = PublicationFilter()
        filter.place = invocation.value("directory")
        filter.person = invocation.value("user")
        filter.states = invocation.value("state").flatMap(PublicationRecord.State.init).map { [$0] }
        let wanted = filter
        let administration = try await administration(invocation)
        try await invocation.show(rows, PublicationStore.sorting) { try await administration.list(wanted, $0) }
        return .done
    }

    private static let status = Command(
        "status", "directories, with how many certificates stand there in which state",
        options: [.choice("output", ["table", "json"], "how it is printed", default: "table")],
        examples: [("certway publication status", "how many are found in each directory")]
    ) { invocation in
        standing.show(ListPage(whole: try await administration(invocation).standing()), invocation)
        return .done
    }

    private static let standing = ItemList<DirectoryStanding>(
        none: "no directories are configured: add section 'directories'", each: \.json,
        [
            ListColumn(.short("DIRECTORY", 12), "name") { $0.name },
            ListColumn("KIND", "kind") { $0.kind?.rawValue ?? "former" },
        ]
            + PublicationRecord.State.allCases.map { state in
                ListColumn(TextColumn(stringLiteral: state.rawValue.uppercased()), state.rawValue) {
                    "\($0.counts[state] ?? 0)"
                }
            })

    private static let check = Command(
        "check", "ask directories whether they let themselves be searched; changes nothing",
        options: [directory, .choice("output", ["table", "json"], "how it is printed", default: "table")],
        examples: [("certway publication check --output json", "for a monitoring program")]
    ) { invocation in
        let found = try await administration(invocation).check(invocation.value("directory"))
        let table = ItemList<JSONValue>(
            none: "no directories are configured: add section 'directories'", each: { $0 },
            [
                ListColumn(.short("DIRECTORY", 12), "directory") { $0["directory"]?.string ?? "" },
                ListColumn("OK", "ok") { $0["ok"]?.bool == true ? "yes" : "no" },
                ListColumn(.sentence("FOUND", lines: 4), "finding") { $0["finding"]?.string ?? "" },
            ])
        table.show(ListPage(whole: found), invocation)
        return found.allSatisfy { $0["ok"]?.bool == true } ? .done : .failed
    }

    private static let repair = Command(
        "repair", "look at directories at once, and put right what is not as it is wanted",
        discussion: """
            The running service, or the next 'certway run --once', does it. With --dry-run the directories are read now, and what would be
            changed is listed; exit status 4 when an entry could not be read.
            """,
        options: [
            directory, .flag("dry-run", "list what would be changed, and change nothing"),
            .choice("output", ["table", "json"], "how it is printed", default: "table"),
        ],
        examples: [("certway publication repair --dry-run", "what others have changed")]
    ) { invocation in
        let administration = try await administration(invocation)
        if invocation.flag("dry-run") {
            let found = try await administration.differences(invocation.value("directory"))
            differences.show(ListPage(whole: found), invocation)
            return found.contains { $0.problem != nil } ? .partlyDone : .done
        }
        let count = try await administration.repair(invocation.value("directory"))
        if invocation.value("output") == "json" {
            Terminal.print(json: JSONValue.object(["certificates": JSONValue(count)]).text)
        } else {
            Terminal.print("\(count) certificates are looked at by the service, or by the next 'certway run --once'")
        }
        return .done
    }

    private static let script = Command(
        "script", "cmdlets that do by hand what is still to be done in Exchange Online",
        discussion:
            "For a tenant whose endpoint refuses. Running it twice does no harm; the next look notes what it has done.",
        options: [directory],
        examples: [("certway publication script > publish.ps1", "to be run after Connect-ExchangeOnline")]
    ) { invocation in
        Terminal.print(lines: try await administration(invocation).script(invocation.value("directory")))
        return .done
    }

    private static func administration(_ invocation: Invocation) async throws -> PublicationAdministration {
        PublicationAdministration(try await Gateway.open(invocation), caller: invocation.caller)
    }

    private static let rows = ItemList<PublicationRecord>(
        none: "nothing is published, or to be: 'publish' of a template names directories", each: \.json,
        [
            ListColumn(.short("USER", 14), "userPrincipalName") { $0.userPrincipalName },
            ListColumn(.short("DIRECTORY", 10), "directory") { $0.place },
            ListColumn("STATE", "state") { $0.state.rawValue },
            ListColumn(.short("SERIAL", 10, 2), "serialNumber") { $0.serialNumber },
            ListColumn(.optional("SINCE", 1), "since") { $0.since.ISO8601Format() },
            ListColumn(.sentence("WHY", lines: 3), "problem") { $0.problem ?? "" },
        ])

    private static let differences = ItemList<PublicationKeeper.Difference>(
        none: "all directories are as they are wanted", each: \.json,
        [
            ListColumn(.short("USER", 14), "userPrincipalName") { $0.userPrincipalName },
            ListColumn(.short("DIRECTORY", 10), "directory") { $0.place },
            ListColumn("ADDS", "adds") { $0.adds.joined(separator: " ") },
            ListColumn("REMOVES", "removes") { $0.removes.joined(separator: " ") },
            ListColumn(.sentence("WHY NOT", lines: 3), "problem") { $0.problem ?? $0.lastFailure ?? "" },
        ])
}
