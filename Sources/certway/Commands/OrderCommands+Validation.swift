// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Gateway
import JSONDocuments

extension OrderCommands {
    static let validation = Command(
        "validation", "which addresses of a waiting order have confirmed to the CA",
        discussion:
            "One question to the CA; changes nothing. For CAs whose connector can tell: see 'certway connector show NAME'.",
        arguments: [orderArgument],
        examples: [("certway order validation cw-7f3a…", "whose answer does the CA wait for?")]
    ) { invocation in
        let (gateway, administration) = try await open(invocation)
        let (order, addresses) = try await administration.validation(invocation.requiredWord("ORDER"), gateway)
        if invocation.wantsJSON {
            let value: JSONValue = ["reference": .string(order.reference), "addresses": .array(addresses.map(\.json))]
            Terminal.print(json: value.text)
            return .done
        }
        Terminal.print(
            "\(order.reference): \(order.userPrincipalName), at \(order.backendCA) as \(order.caRequestID ?? "")\n")
        var table = TextTable(.short("ADDRESS", 24), "CONFIRMED", .sentence("LAST MAIL"))
        for address in addresses {
            table.add(address.address, address.isValidated ? "yes" : "no", address.lastMailed ?? "")
        }
        Terminal.print(lines: table.isEmpty ? "the CA names no address that is to be confirmed" : table.text)
        if addresses.contains(where: { !$0.isValidated }) {
            Terminal.print("\n'certway order resend-mail \(order.reference)' has the CA write again")
        }
        return .done
    }

    static let resendMail = Command(
        "resend-mail", "have the CA send its validation mail again",
        discussion:
            "To the addresses of a waiting order that have not confirmed. Orders nothing; stands in the order's timeline.",
        arguments: [orderArgument], options: [.flag("dry-run", "tell whether the CA can, and write to nobody")],
        examples: [("certway order resend-mail cw-7f3a…", "Ada has deleted the mail")]
    ) { invocation in
        let (gateway, administration) = try await open(invocation)
        let isDryRun = invocation.flag("dry-run")
        let order = try await administration.resendMail(invocation.requiredWord("ORDER"), gateway, isDryRun: isDryRun)
        if invocation.wantsJSON {
            let value: JSONValue = ["reference": .string(order.reference), "mailed": JSONValue(!isDryRun)]
            Terminal.print(json: value.text)
            return .done
        }
        Terminal.print(
            isDryRun
                ? "\(order.backendCA) would be asked to write to \(order.userPrincipalName) again; nothing was sent (--dry-run)"
                : "\(order.backendCA) was asked to send its mail for \(order.reference) again")
        return .done
    }

    private static func open(_ invocation: Invocation) async throws -> (Gateway, OrderAdministration) {
        let gateway = try await Gateway.open(invocation)
        return (gateway, OrderAdministration(gateway.ledger, caller: invocation.caller))
    }
}
