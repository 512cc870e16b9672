// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Store

/// `certway handover`: certificates with their keys for people whose device nobody manages.
enum HandOverCommands {
    static let command = Command(
        "handover", "certificates with their keys for people whose device nobody manages",
        discussion: """
            The person gets a link that works once, for them alone and signed in, and fetches the password of the file on their own page
            (/my). Who offers sees neither file nor password. The key comes from its sealed working copy, which is kept after delivery for
            as long as handOver.keepKeyFor says. Where handOver.byMail is configured, the file can go by mail, and its password to the
            mailbox that is named there.
            """,
        examples: [("certway handover offer 0C0FFE… --device iphone", "for Ada's own phone")],
        subcommands: [offer, mail, list, withdraw])

    private static let device = Option.choice(
        "device", HandOverDevice.allCases.map(\.rawValue), "what it is for: which files it opens",
        default: HandOverDevice.iphone.rawValue)

    /// Which certificate a command line means, and what it is for.
    private static func meant(
        _ invocation: Invocation, _ gateway: Gateway
    ) async throws -> (record: CertificateRecord, device: HandOverDevice) {
        let record = try await CertificateAdministration(gateway.ledger).certificate(
            invocation.requiredWord("CERTIFICATE"))
        return (record, invocation.value("device").flatMap(HandOverDevice.init) ?? .iphone)
    }

    private static let offer = Command(
        "offer", "offer somebody their certificate for another device, and tell them",
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint, or the beginning of one")],
        options: [
            device,
            .flag("dry-run", "say whether it is possible, and offer nothing"),
            .choice("output", ["text", "json"], "how it is printed", default: "text"),
        ],
        examples: [("certway handover offer 0C0FFE… --device android --dry-run", "is the key still there?")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let (record, device) = try await meant(invocation, gateway)
        let made = try await HandOverAdministration(gateway, invocation.caller).offer(
            record, for: device, isDryRun: invocation.flag("dry-run"))
        guard let made else {
            Terminal.print("the certificate can be handed over; nothing was offered (--dry-run)")
            return .done
        }
        if invocation.wantsJSON {
            Terminal.print(json: made.json.text)
        } else {
            Terminal.print("\(made.link)")
            Terminal.complain(
                "for \(made.package.recipientName), once, until \(made.package.endsAt.ISO8601Format()); the password is on "
                    + "their page /my")
        }
        return .done
    }

    private static let mail = Command(
        "mail", "mail somebody their certificate with its key, and its password to another mailbox",
        discussion: """
            Off unless handOver.byMail names the mailbox for passwords. Both mails leave once, after another look at the tenant; whoever reads
            both mailboxes has the key.
            """,
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint, or the beginning of one")],
        options: [
            device,
            .flag("dry-run", "say whether it is possible, and mail nothing"),
            .choice("output", ["text", "json"], "how it is printed", default: "text"),
        ],
        examples: [("certway handover mail 0C0FFE… --device android", "the office gets the password and tells it")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let (record, device) = try await meant(invocation, gateway)
        let made = try await HandOverAdministration(gateway, invocation.caller).mail(
            record, for: device, isDryRun: invocation.flag("dry-run"))
        guard let made else {
            Terminal.print("the certificate can be mailed; nothing was sent (--dry-run)")
            return .done
        }
        let json = made.json(at: gateway.ledger.clock.now())
        if invocation.wantsJSON {
            Terminal.print(json: json.text)
        } else {
            Terminal.print(
                "in the outbox: the file for \(json["hints"]?["to"]?.string ?? "?"), its password for "
                    + "\(json["hints"]?["passwordTo"]?.string ?? "?"); 'certway handover list \(record.serialNumber)' says "
                    + "when they have left")
        }
        return .done
    }

    private static let list = Command(
        "list", "files that are, or were, handed over of a certificate, newest first",
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint, or the beginning of one")],
        options: [.choice("output", ["table", "json", "csv"], "how it is printed", default: "table")],
        examples: [("certway handover list 0C0FFE…", "was the file fetched, and until when can it be?")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let record = try await CertificateAdministration(gateway.ledger).certificate(
            invocation.requiredWord("CERTIFICATE"))
        let now = gateway.ledger.clock.now()
        let offers = try await HandOverAdministration(gateway, invocation.caller).offers(of: record)
        let table = ItemList<JSONValue>(
            none: "nothing was offered", each: { $0 },
            [
                ListColumn("NUMBER", "id") { $0["id"]?.string ?? "" },
                ListColumn(.short("FOR", 24), "recipient") { $0["recipient"]?.string ?? "" },
                ListColumn("DEVICE", "device") { $0["hints"]?["device"]?.string ?? "" },
                ListColumn("STATE", "state") { $0["state"]?.string ?? "" },
                ListColumn("UNTIL", "expiresAt") { $0["expiresAt"]?.string ?? "" },
                ListColumn(.short("BY", 24), "offeredBy") { $0["offeredBy"]?.string ?? "" },
                ListColumn("MAILS", "mails") { one in
                    (one["mails"]?.array ?? []).compactMap { mail in
                        guard let event = mail["event"]?.string, let state = mail["state"]?.string else { return nil }
                        return "\(event == "handOverFile" ? "file" : "password") \(state)"
                    }.joined(separator: ", ")
                },
            ])
        table.show(ListPage(whole: offers.map { $0.json(at: now) }), invocation)
        return .done
    }

    private static let withdraw = Command(
        "withdraw", "take back a file that nobody has fetched yet or that has not left, with its password",
        arguments: [Argument("NUMBER", "of the offer, as 'certway handover list' has it")],
        options: [
            .value("because", "TEXT", "one sentence for the audit record (required)"),
            .flag("dry-run", "say whether it is possible, and do nothing"),
            .choice("output", ["text", "json"], "how it is printed", default: "text"),
        ],
        examples: [
            (
                "certway handover withdraw 12 --because 'sent for the wrong device'",
                "its link leads to nothing from then on"
            )
        ]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let word = invocation.requiredWord("NUMBER")
        guard let number = Int64(word) else {
            throw UsageError("expected a number, found \"\(word)\"", path: invocation.path)
        }
        let package = try await HandOverAdministration(gateway, invocation.caller).withdraw(
            number, because: try CertificateCommands.sentence("because", invocation),
            isDryRun: invocation.flag("dry-run"))
        if invocation.wantsJSON {
            Terminal.print(json: package.json(at: gateway.ledger.clock.now()).text)
        } else {
            Terminal.print(
                invocation.flag("dry-run")
                    ? "offer \(package.package.id) can be taken back (--dry-run)"
                    : "taken back: offer \(package.package.id)")
        }
        return .done
    }
}
