// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

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
            .value("template", "NAME", "only this template"),
            .value("user", "TEXT", "part of a user principal name, or a whole serial number or fingerprint"),
            .value("expiring-within", "DAYS", "only those that end within so many days"),
            .value("limit", "N", "at most so many", default: "50"),
        ],
        examples: [("certway certificate list --expiring-within 30", "what ends soon")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let days = try invocation.int("expiring-within")
        let records = try await gateway.ledger.certificates(
            CertificateFilter(
                template: invocation.value("template"), text: invocation.value("user"),
                expiringBefore: days.map { Date() + Double($0) * 86_400 }, limit: try invocation.int("limit") ?? 50))
        if invocation.wantsJSON {
            Terminal.print(JSONValue.array(records.map(\.json)).text)
            return .done
        }
        var table = TextTable("SERIAL NUMBER", "USER", "ADDRESSES", "TEMPLATE", "VALID TO", "STATUS")
        for record in records {
            table.add(
                record.serialNumber, record.userPrincipalName, record.emailAddresses.joined(separator: ", "),
                record.template, record.notAfter.ISO8601Format(), record.status.rawValue)
        }
        Terminal.print(table.isEmpty ? "no certificates" : table.text)
        return .done
    }

    private static let show = Command(
        "show", "one certificate, with its chain as PEM",
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint, in hexadecimal")],
        examples: [("certway certificate show 0C0FFE… | openssl x509 -noout -text", "hand it to another tool")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let record = try await find(invocation.requiredWord("CERTIFICATE"), gateway)
        if invocation.wantsJSON {
            var value = record.json
            value["chain"] = .array(try record.certificates.map { .string($0.pem) })
            Terminal.print(value.prettyText)
            return .done
        }
        Terminal.print("subject: \(record.subject)\nissuer: \(record.issuer)\nserial number: \(record.serialNumber)")
        Terminal.print("addresses: \(record.emailAddresses.joined(separator: ", "))")
        Terminal.print("valid: \(record.notBefore.ISO8601Format()) to \(record.notAfter.ISO8601Format())")
        Terminal.print("SHA-256 fingerprint: \(record.sha256Fingerprint)\nstatus: \(record.status.rawValue)")
        Terminal.print(
            "key archived: \(try await gateway.ledger.archivedKey(certificateID: record.id) != nil ? "yes" : "no")")
        Terminal.print(try record.certificates.map(\.pem).joined().trimmingCharacters(in: .newlines))
        return .done
    }

    /// The one certificate a word means.
    static func find(_ word: String, _ gateway: Gateway) async throws -> CertificateRecord {
        let found = try await gateway.ledger.certificates(CertificateFilter(text: word, limit: 2))
        guard let record = found.first, found.count == 1 else {
            throw LedgerError.notPossible(
                found.isEmpty
                    ? "there is no certificate \(word): see 'certway certificate list'"
                    : "\(word) means several certificates: give a whole serial number, see 'certway certificate list'")
        }
        return record
    }
}

extension CertificateRecord {
    /// Leaf first.
    var certificates: [Certificate] {
        get throws { try ([der] + chain).map { try Certificate(der: $0) } }
    }

    var json: JSONValue {
        [
            "serialNumber": .string(serialNumber), "userPrincipalName": .string(userPrincipalName),
            "emailAddresses": JSONValue(emailAddresses), "template": .string(template),
            "backendCA": .string(backendCA), "subject": .string(subject), "issuer": .string(issuer),
            "notBefore": .string(notBefore.ISO8601Format()), "notAfter": .string(notAfter.ISO8601Format()),
            "sha256Fingerprint": .string(sha256Fingerprint), "sha1Fingerprint": .string(sha1Fingerprint),
            "status": .string(status.rawValue), "orderID": JSONValue(Int(orderID)),
        ]
    }
}
