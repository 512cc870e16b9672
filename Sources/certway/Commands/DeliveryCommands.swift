// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments

/// `certway delivery`: what Intune and devices say of certificates. "Issued" is not "usable".
enum DeliveryCommands {
    static let command = Command(
        "delivery", "whether certificates have reached their devices, and what is wrong where they have not",
        discussion: """
            "Issued" says what the CA did; "usable" says that a device has reported the certificate. What nobody has reported is
            unknown, and shown as that. 'check' asks Intune and keeps what it says with the time.
            """,
        examples: [("certway delivery check ada@example.org", "where is Ada's certificate?")],
        subcommands: [show, check])

    private static let words = [
        Argument("PERSON|CERTIFICATE", "user principal name or address; or serial number or fingerprint")
    ]

    private static let show = Command(
        "show", "what was read last", arguments: words,
        options: [.choice("output", ["text", "json"], "how it is printed", default: "text")],
        examples: [("certway delivery show ada@example.org --output json", "for a program")]
    ) { invocation in
        let administration = DeliveryAdministration(
            try await Gateway.open(invocation), invocation.caller)
        list(try await administration.show(invocation.requiredWord("PERSON|CERTIFICATE")), invocation)
        return .done
    }

    private static let check = Command(
        "check", "ask Intune now, and say what is wrong",
        discussion: "Ends with exit status 4 where something is wrong.", arguments: words,
        options: [.choice("output", ["text", "json"], "how it is printed", default: "text")],
        examples: [("certway delivery check 0C0FFE…", "one certificate")],
        elsewhere: ["dry-run": "it only reads; 'certway delivery show' prints what is known already"]
    ) { invocation in
        let administration = DeliveryAdministration(
            try await Gateway.open(invocation), invocation.caller)
        let lines = try await administration.check(invocation.requiredWord("PERSON|CERTIFICATE"))
        list(lines, invocation)
        return lines.contains(where: \.isFaulty) ? .partlyDone : .done
    }

    private static func list(_ lines: [DeliveryAdministration.Line], _ invocation: Invocation) {
        if invocation.wantsJSON {
            return Terminal.print(json: JSONValue.array(lines.map(\.json)).prettyText)
        }
        if lines.isEmpty { Terminal.print("there is no certificate in force") }
        for line in lines {
            let one = line.certificate
            Terminal.print("\(one.userPrincipalName), \(one.template), \(one.serialNumber):")
            for sentence in DeliveryText.sentences(line.reading) { Terminal.print("  \(sentence)") }
            let reading = line.reading
            if let record = reading?["record"], record.object != nil {
                Terminal.print(
                    "  record at Intune: \(record["purpose"]?.string ?? "?"), key \(record["key"]?.string ?? "?") in "
                        + "\(record["provider"]?.string ?? "?"), starts \(record["start"]?.string ?? "?")")
            }
            for device in reading?["devices"]?.array ?? [] {
                let system = [device["system"]?.string, device["version"]?.string].compactMap(\.self)
                let reported = device["reported"]?.string ?? "not reported"
                let sync = device["lastSync"]?.string ?? "unknown"
                let name = device["name"]?.string ?? "?"
                Terminal.print(
                    "  device \(name), \(system.joined(separator: " ")): \(reported), last sync \(sync)")
            }
        }
    }
}
