// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import PKIX

/// `certway certificate`: what was issued.
enum CertificateCommands {
    static let command = Command("certificate", "look at certificates", subcommands: [list, show])

    private static let list = Command(
        "list", "certificates, newest first",
        options: [
            .value("template", "NAME", "only this template"), .value("backend-ca", "NAME", "only of this backend CA"),
            .value("user", "TEXT", "part of a user principal name, or a whole serial number or fingerprint"),
            .value("expiring-within", "DAYS", "only those that end within so many days"),
            .newest,
        ],
        examples: [("certway certificate list --expiring-within 30", "what ends soon")]
    ) { invocation in
        let administration = CertificateAdministration(try await GatewayStore.open(invocation.home).ledger)
        let days = try invocation.int("expiring-within")
        let records = try await NewestFirst(invocation) { limit in
            try await administration.list(
                CertificateFilter(
                    template: invocation.value("template"), backendCA: invocation.value("backend-ca"),
                    text: invocation.value("user"), expiringBefore: days.map { Date() + Double($0) * 86_400 },
                    limit: limit))
        }
        defer { records.tellOfMore(invocation) }
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(records.items.map(\.json)).text)
            return .done
        }
        var table = TextTable("SERIAL NUMBER", "USER", "ADDRESSES", "TEMPLATE", "VALID TO", "STATUS")
        for record in records.items {
            table.add(
                record.serialNumber, record.userPrincipalName, record.emailAddresses.joined(separator: ", "),
                record.template, record.notAfter.ISO8601Format(), record.status.rawValue)
        }
        Terminal.print(lines: table.isEmpty ? "no certificates" : table.text)
        return .done
    }

    private static let show = Command(
        "show", "one certificate, with its chain as PEM",
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint, in hexadecimal")],
        examples: [("certway certificate show 0C0FFE… | openssl x509 -noout -text", "hand it to another tool")]
    ) { invocation in
        let administration = CertificateAdministration(try await GatewayStore.open(invocation.home).ledger)
        let details = try await administration.details(invocation.requiredWord("CERTIFICATE"))
        if invocation.wantsJSON {
            Terminal.print(json: details.json.prettyText)
            return .done
        }
        let record = details.record
        Terminal.print("subject: \(record.subject)\nissuer: \(record.issuer)\nserial number: \(record.serialNumber)")
        Terminal.print("addresses: \(record.emailAddresses.joined(separator: ", "))")
        Terminal.print("valid: \(record.notBefore.ISO8601Format()) to \(record.notAfter.ISO8601Format())")
        Terminal.print("SHA-256 fingerprint: \(record.sha256Fingerprint)\nstatus: \(record.status.rawValue)")
        Terminal.print("key archived: \(details.isKeyArchived ? "yes" : "no")")
        Terminal.print(lines: details.chain.map(\.pem).joined().trimmingCharacters(in: .newlines))
        return .done
    }
}
