// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway

/// `certway why USER`: why this person has, or has not, a certificate, and what happens next.
enum WhyCommand {
    static let command = Command(
        "why", "why a person has, or has not, a certificate, and what happens next",
        arguments: [Argument("USER", "user principal name, mail address or object id")],
        examples: [("certway why ada@example.org", "where is Ada's certificate?")]
    ) { invocation in
        let word = invocation.requiredWord("USER")
        guard let answer = try await PersonAdministration(try await GatewayStore.open(invocation.home)).why(word) else {
            Terminal.print(
                "\(word) is not known to the gateway: no enrollment group has had this person as a member when the "
                    + "directory was last read ('certway plan' reads it now)")
            return .failed
        }
        if invocation.wantsJSON {
            Terminal.print(answer.json.prettyText)
            return .done
        }
        let person = answer.person
        Terminal.print("\(person.displayName ?? "") <\(person.userPrincipalName)>")
        Terminal.print("addresses: \(person.smtpAddresses.joined(separator: ", "))")
        for answer in answer.answers {
            Terminal.print("\n\(answer.template):")
            for sentence in answer.sentences { Terminal.print("  \(sentence)") }
        }
        return .done
    }
}
