// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments

/// `certway handover`: certificates with their keys for people whose device nobody manages.
enum HandOverCommands {
    static let command = Command(
        "handover", "certificates with their keys for people whose device nobody manages",
        discussion: """
            The person gets a link that works once, for them alone and signed in, and fetches the password of the file on their own page
            (/my). Who offers sees neither file nor password. The key comes from its sealed working copy, which is kept after delivery for
            as long as handOver.keepKeyFor says.
            """,
        examples: [("certway handover offer 0C0FFE… --device iphone", "for Ada's own phone")],
        subcommands: [offer])

    private static let offer = Command(
        "offer", "offer somebody their certificate for another device, and tell them",
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint, or the beginning of one")],
        options: [
            .choice(
                "device", HandOverDevice.allCases.map(\.rawValue), "what it is for: which files it opens",
                default: HandOverDevice.iphone.rawValue),
            .flag("dry-run", "say whether it is possible, and offer nothing"),
            .choice("output", ["text", "json"], "how it is printed", default: "text"),
        ],
        examples: [("certway handover offer 0C0FFE… --device android --dry-run", "is the key still there?")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let record = try await CertificateAdministration(gateway.ledger).certificate(
            invocation.requiredWord("CERTIFICATE"))
        let device = invocation.value("device").flatMap(HandOverDevice.init) ?? .iphone
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
                "certway: for \(made.package.recipientName), once, until \(made.package.endsAt.ISO8601Format()); the password is on "
                    + "their page /my")
        }
        return .done
    }
}
