// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments

/// `certway why USER`: why this person has, or has not, a certificate, and what happens next.
enum WhyCommand {
    static let command = Command(
        "why", "why a person has, or has not, a certificate, and what happens next",
        discussion: """
            Finds a person also by an alias, a former name or address, a certificate's serial number or fingerprint, an order's
            reference, or a part of the display name or an address. When several people match, they are listed: ask again with
            an id.
            """,
        arguments: [
            Argument("USER", "user principal name, address, object id, part of a name, serial number or order")
        ],
        examples: [
            ("certway why ada@example.org", "where is Ada's certificate?"),
            ("certway why lovelace", "who is called, or has an address, like that?"),
            ("certway why 0C:0F:FE:…", "whose certificate is this?"),
        ]
    ) { invocation in
        let word = invocation.requiredWord("USER").trimmingCharacters(in: .whitespaces)
        guard !word.isEmpty else {
            throw UsageError(
                "USER is empty: give a user principal name, an address, a part of a name", path: invocation.path)
        }
        let administration = PersonAdministration(try await GatewayStore.open(invocation.home))
        let found = try await administration.find(word)
        guard found.total > 0 else {
            if invocation.wantsJSON {
                Terminal.print(json: found.json.text)
                return .failed
            }
            Terminal.print(
                "\(word) is not known to the gateway: no enrollment group has had this person as a member when the "
                    + "directory was last read ('certway plan' reads it now)")
            return .failed
        }
        guard let person = found.person else {
            list(found, word, invocation)
            return .done
        }
        let answer = try await administration.why(person)
        if invocation.wantsJSON {
            Terminal.print(json: answer.json.prettyText)
            return .done
        }
        Terminal.print("\(person.displayName ?? "") <\(person.userPrincipalName)>")
        let addresses = person.smtpAddresses.joined(separator: ", ")
        Terminal.print("addresses: \(addresses.isEmpty ? "none" : addresses)")
        for other in found.others {
            Terminal.print("note: \(other.userPrincipalName) has \(word) as well, or had it: 'certway why \(other.id)'")
        }
        for answer in answer.answers {
            Terminal.print("\n\(answer.template):")
            for sentence in answer.sentences { Terminal.print("  \(sentence)") }
        }
        KeyHistoryText.show(answer.keys, namesPeople: false)
        return .done
    }

    private static func list(_ found: FoundPeople, _ word: String, _ invocation: Invocation) {
        if invocation.wantsJSON { return Terminal.print(json: found.json.prettyText) }
        let hidden = found.total - found.people.count
        Terminal.print(
            "\(word) may mean \(found.total) people; 'certway why ID' answers for one"
                + (hidden > 0 ? "; here are \(found.people.count):\n" : ":\n"))
        var table = TextTable("ID", .short("USER", 20), .sentence("NAME"))
        for person in found.people { table.add(person.id, person.userPrincipalName, person.displayName ?? "") }
        Terminal.print(lines: table.text)
        if hidden > 0 { Terminal.print("\n… and \(hidden) more: type more of the name or address") }
    }
}
