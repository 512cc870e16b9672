// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments
import Store

/// `certway find WORD`: what a word from a ticket means.
enum FindCommand {
    static let command = Command(
        "find", "what a word from a ticket means: a person, an order, a certificate",
        discussion: """
            Knows serial numbers with colons, blanks or 0x, fingerprints, references and their beginnings, a CA's own id of an
            order, addresses, user principal names, object ids, names of templates and backend CAs, and where nothing has that
            word, the beginning of names and addresses of people. 'PAGE' is where the console shows it.
            """,
        arguments: [
            Argument("WORD", "a serial number, fingerprint, reference, CA id, address or the beginning of a name")
        ],
        options: [.choice("output", ["table", "json", "csv"], "how the list is printed", default: "table")],
        examples: [
            ("certway find 0C:0F:FE:…", "whose certificate is that?"),
            ("certway find ada@example.org", "who is that?"),
        ]
    ) { invocation in
        let word = invocation.requiredWord("WORD")
        let search = SearchAdministration(try await GatewayStore.open(invocation.home), caller: invocation.caller)
        let found = try await search.find(word)
        table.show(ListPage(whole: found), invocation)
        return found.isEmpty ? .failed : .done
    }

    private static let table = ItemList<FoundThing>(
        none: "nothing here has, or begins with, this word", each: \.json,
        [
            ListColumn("KIND", "kind") { $0.kind.rawValue },
            ListColumn(.sentence("WHAT", lines: 2), "title") { $0.title },
            ListColumn(.optional("PAGE", 5), "path") { $0.path },
        ])
}
