// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger

/// `certway order`: the ledger.
enum OrderCommands {
    static let command = Command(
        "order", "look at orders and act on them",
        examples: [
            ("certway order list --held", "orders that wait for a person, with the reason"),
            ("certway order show cw-7f3a…", "the timeline of one order"),
            ("certway order retry --held --backend-ca public-ca", "repeat what held them"),
        ],
        subcommands: [list, waiting, show, retry, again, cancel, validation, remind, resendMail])

    static let orderArgument = Argument(
        "ORDER", "number or reference of the order; the beginning of a reference is enough")

    private static let show = Command(
        "show", "the timeline of one order", arguments: [orderArgument],
        examples: [("certway order show 12", "everything that happened to order 12")]
    ) { invocation in
        let timeline = try await administration(invocation).timeline(invocation.requiredWord("ORDER"))
        if invocation.wantsJSON {
            Terminal.print(json: timeline.json.prettyText)
            return .done
        }
        let order = timeline.order
        Terminal.print(
            "\(order.reference) (number \(order.id)): \(order.userPrincipalName), template \(order.template)")
        Terminal.print("\(order.backendCA), product \(order.product), stage \(order.stage.rawValue)")
        if let price = order.price {
            let when =
                order.charged == .placed ? "once it has left, whatever becomes of it" : "if it leads to a certificate"
            Terminal.print("costs \(price.text), \(when)")
        }
        if let id = order.caRequestID { Terminal.print("CA's request id \(id)") }
        if let reason = order.holdReason { Terminal.print("held for a person: \(reason)") }
        if let reason = order.waits { Terminal.print("\(reason)") }
        if let next = order.nextActionAt { Terminal.print("next step not before \(next.ISO8601Format())") }
        var table = TextTable("TIME", .optional("STAGE", 1), .short("EVENT", 12), .sentence("WHAT HAPPENED"))
        for event in timeline.events {
            table.add(event.at.ISO8601Format(), event.stage.rawValue, event.kind, event.message)
        }
        Terminal.print(lines: "\n" + table.text)
        return .done
    }

    private static let retry = Command(
        "retry", "work on an order again, at once",
        discussion: """
            Releases a hold or a delay; a failed order goes on from where it was. With --held it does so for every held order of
            a backend CA or template that the CA has, or may have: what held them is looked at again, and nothing is ordered.
            With --delayed it does so for every order there that waits for its next try after a failure.
            With --found the CA's order is looked at first: only one that proves to be this one is taken, for an order that is
            held in doubt, for a pending one that is on record under a wrong id, or for one that has ended without a certificate within
            the last 90 days and goes on then.
            """,
        arguments: [
            Argument("ORDER", "number or reference of the order; none with --held or --delayed", optional: true)
        ],
        options: [
            .flag("absent", "you have looked: the CA does not have the order; it is submitted again"),
            .value("found", "ID", "you have looked: the CA has the order under this id; it is asked about it"),
            .flag("held", "all held orders of --backend-ca or --template"),
            .flag("delayed", "all orders of --backend-ca or --template that are tried again later by themselves"),
            .value("backend-ca", "NAME", "with --held or --delayed: those of this backend CA"),
            .value("template", "NAME", "with --held or --delayed: those of this template"),
            .flag("dry-run", "with --held or --delayed: tell which, and change nothing"),
        ],
        examples: [
            ("certway order retry 12 --absent", "order 12 was held because its answer was lost"),
            ("certway order retry 12 --found 4711", "the CA has it, as request 4711: nothing is ordered again"),
            ("certway order retry --held --backend-ca public-ca", "acceptedRoots was wrong and is mended"),
            ("certway order retry --delayed --backend-ca public-ca", "its key was wrong and is mended"),
        ]
    ) { invocation in
        if invocation.flag("held") || invocation.flag("delayed") { return try await retryAll(invocation) }
        for option in ["backend-ca", "template", "dry-run"]
        where invocation.value(option) != nil || invocation.flag(option) {
            throw UsageError("--\(option) goes with --held or --delayed", path: invocation.path)
        }
        guard let word = invocation.word("ORDER") else {
            throw UsageError("ORDER is missing: \(orderArgument.help)", path: invocation.path)
        }
        let found = invocation.value("found")
        if found != nil, invocation.flag("absent") {
            throw UsageError("either --found or --absent", path: invocation.path)
        }
        let administration = try await administration(invocation)
        let order =
            if let found {
                try await administration.declareFound(word, caRequestID: found, try await Gateway.open(invocation))
            } else if invocation.flag("absent") {
                try await administration.declareAbsent(word)
            } else {
                try await administration.retry(word)
            }
        Terminal.print("\(order.reference) is due now; 'certway run --once' takes it up")
        return .done
    }

    private static func retryAll(_ invocation: Invocation) async throws -> ExitStatus {
        guard !invocation.flag("held") || !invocation.flag("delayed") else {
            throw UsageError("either --held or --delayed", path: invocation.path)
        }
        let word = invocation.flag("held") ? "held" : "delayed"
        let selection = StandingOrders(
            word == "held" ? .held : .delayed, backendCA: invocation.value("backend-ca"),
            template: invocation.value("template"))
        guard selection.backendCA != nil || selection.template != nil else {
            throw UsageError("--\(word) needs --backend-ca NAME or --template NAME", path: invocation.path)
        }
        guard invocation.word("ORDER") == nil, invocation.value("found") == nil, !invocation.flag("absent") else {
            throw UsageError(
                "--\(word) is for many orders: ORDER, --found and --absent are for one", path: invocation.path)
        }
        let store = try await GatewayStore.open(invocation.home)
        try await invocation.requireKnownNames(in: store)
        let isDryRun = invocation.flag("dry-run")
        let result = try await OrderAdministration(store.ledger, caller: invocation.caller)
            .release(selection, isDryRun: isDryRun)
        if invocation.wantsJSON {
            Terminal.print(json: result.json.text)
        } else {
            var table = TextTable(
                .short("ORDER", 11), .short("USER", 20), "STAGE",
                .sentence("WAS \(word.uppercased()) BECAUSE", lines: 2))
            for release in result.released {
                let order = release.order
                table.add(order.reference, order.userPrincipalName, order.stage.rawValue, release.reason)
            }
            if !table.isEmpty { Terminal.print(lines: table.text + "\n") }
            let count = result.released.count
            Terminal.print(
                isDryRun
                    ? "\(Plural(count, "\(word) order")) would be due; nothing was changed (--dry-run)"
                    : "\(Plural(count, "\(word) order is", "\(word) orders are")) due now; 'certway run --once' goes on with what is due"
            )
        }
        for refusal in result.refused { Terminal.complain("certway: \(refusal.order.reference): \(refusal.reason)") }
        return result.refused.isEmpty ? .done : .partlyDone
    }

    private static let again = Command(
        "again", "order anew for the person of an order that has ended",
        discussion: """
            For orders that were cancelled or rejected, whose certificate was revoked, or whose certificate is over, ends within 14 days or
            is not on the devices any more: makes a new one at once, with the names and terms of now. Reads the directory first. Refuses, and says why, when the person may not have a certificate or has one.
            """, arguments: [orderArgument],
        examples: [("certway order again cw-7f3a…", "the CA had rejected it, and the cause is mended")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let made = try await OrderAdministration(gateway.ledger, caller: invocation.caller)
            .again(invocation.requiredWord("ORDER"), gateway)
        let price = made.price.map { ", for \($0.text)" } ?? ""
        Terminal.print(
            "\(made.reference) is planned for \(made.userPrincipalName)\(price); 'certway run --once' takes it up")
        return .done
    }

    private static let cancel = Command(
        "cancel", "withdraw an order that has no certificate yet",
        discussion: """
            What has not left for the CA ends at once, what the CA has is cancelled there. An order whose answer is not known,
            or that the CA does not cancel, ends only by your word that you have looked: the CA is not asked about it any more. Its key is
            kept for 90 days: should the CA have issued it all the same, 'certway order retry ORDER --found ID' takes it up again.
            """,
        arguments: [orderArgument],
        options: [.flag("absent", "you have looked: no certificate of it is in force at the CA, and none will come")],
        examples: [
            ("certway order cancel 12", "order 12 is not wanted any more"),
            ("certway order cancel 12 --absent", "it is held in doubt, and the CA has revoked what it had issued"),
        ]
    ) { invocation in
        let (administration, word) = (try await administration(invocation), invocation.requiredWord("ORDER"))
        if invocation.flag("absent") {
            let order = try await administration.cancelAbsent(word)
            Terminal.print("\(order.reference) is cancelled; the CA was not asked")
            return .done
        }
        let order = try await administration.cancel(word)
        Terminal.print(
            order.stage == .cancelled
                ? "\(order.reference) is cancelled; nothing had left for the CA"
                : "the next pass has the CA cancel \(order.reference); where it cannot, the order is held, and once you have looked there "
                    + "'certway order cancel \(order.reference) --absent' ends it. 'certway order show \(order.reference)' says what came of it"
        )
        return .done
    }

    static func administration(_ invocation: Invocation) async throws -> OrderAdministration {
        OrderAdministration(try await GatewayStore.open(invocation.home).ledger, caller: invocation.caller)
    }
}
