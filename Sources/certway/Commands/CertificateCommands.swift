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
    static let command = Command(
        "certificate", "look at certificates, revoke and withdraw them",
        examples: [("certway certificate list --status revoked", "what was revoked")],
        subcommands: [list, show, revoke, undoRevocation, withdraw])

    private static let list = Command(
        "list", "certificates, newest first",
        options: [
            .value("template", "NAME", "only this template"), .value("backend-ca", "NAME", "only of this backend CA"),
            .value("user", "TEXT", "the beginning of a name, address or serial number, or a whole fingerprint"),
            .choice("status", CertificateStatus.allCases.map(\.rawValue), "only those of this status"),
            .value("expiring-within", "DAYS", "only those in use that end within so many days from now on"),
            .flag("will-not-renew", "only those in use in whose place nothing comes by itself"),
            .flag("on-no-device", "only those in use that no device has reported as installed"),
        ] + .list(OrderLedger.certificateSorting),
        examples: [
            ("certway certificate list --expiring-within 30 --sort end", "what ends soon, the first end first"),
            ("certway certificate list --will-not-renew --sort end", "what ends and is not followed by another one"),
            ("certway certificate list --all --output csv", "everything, for a spreadsheet"),
        ]
    ) { invocation in
        let store = try await GatewayStore.open(invocation.home)
        try await invocation.requireKnownNames(in: store)
        let administration = CertificateAdministration(store.ledger)
        let days = try invocation.int("expiring-within")
        let now = store.ledger.clock.now()
        let status = invocation.value("status").flatMap(CertificateStatus.init) ?? (days == nil ? nil : .active)
        var filter = CertificateFilter(
            statuses: status.map { [$0] },
            template: invocation.value("template"), backendCA: invocation.value("backend-ca"),
            text: invocation.value("user"), expiringBefore: days.map { now + Double($0) * 86_400 })
        if days != nil { filter.expiringAfter = now }
        if invocation.flag("will-not-renew") { filter.requireNoRenewal(try await store.configuration(), at: now) }
        if invocation.flag("on-no-device") { filter.requireOnNoDevice(try await store.configuration(), at: now) }
        try await invocation.show(certificates, OrderLedger.certificateSorting) {
            try await administration.list(filter, $0)
        }
        return .done
    }

    private static let certificates = ItemList<CertificateRecord>(
        none: "no certificates", as: .certificates, each: \.json,
        [
            ListColumn(.short("SERIAL NUMBER", 13), "serialNumber") { $0.serialNumber },
            ListColumn(.short("USER", 20), "userPrincipalName") { $0.userPrincipalName },
            ListColumn(.short("ADDRESSES", 20, 3), "emailAddresses") { $0.emailAddresses.joined(separator: ", ") },
            ListColumn(.short("TEMPLATE", 8, 1), "template") { $0.template },
            ListColumn(.short("BACKEND CA", 10, 2), "backendCA") { $0.backendCA },
            ListColumn("VALID TO", "notAfter", { $0.notAfter.day }) { $0.notAfter.ISO8601Format() },
            ListColumn("STATUS", "status") { $0.status.rawValue },
        ])

    private static let show = Command(
        "show", "one certificate: whose it is, where it is from, and what was asked to be done to it",
        arguments: [
            Argument(
                "CERTIFICATE",
                "serial number or fingerprint; colons, blanks and 0x do not matter, its first 4 characters may be enough"
            )
        ],
        options: [.flag("pem", "print the certificate and its chain as PEM, leaf first, and nothing else")],
        examples: [
            ("certway certificate show 0C0FFE…", "whose it is, and how it stands"),
            ("certway certificate show 0C0FFE… --pem | openssl x509 -noout -text", "hand it to another tool"),
        ]
    ) { invocation in
        let administration = CertificateAdministration(try await GatewayStore.open(invocation.home).ledger)
        let details = try await administration.details(invocation.requiredWord("CERTIFICATE"))
        if invocation.wantsJSON {
            Terminal.print(json: details.json.prettyText)
            return .done
        }
        if invocation.flag("pem") {
            Terminal.print(lines: details.chain.map(\.pem).joined().trimmingCharacters(in: .newlines))
            return .done
        }
        let record = details.record
        Terminal.print("person: \(record.userPrincipalName)\ntemplate: \(record.template)")
        Terminal.print("backend CA: \(record.backendCA)\nstatus: \(record.status.rawValue)")
        Terminal.print("subject: \(record.subject)\nissuer: \(record.issuer)\nserial number: \(record.serialNumber)")
        Terminal.print("addresses: \(record.emailAddresses.joined(separator: ", "))")
        Terminal.print("valid: \(record.notBefore.ISO8601Format()) to \(record.notAfter.ISO8601Format())")
        Terminal.print("SHA-256 fingerprint: \(record.sha256Fingerprint)")
        Terminal.print("key archived: \(details.isKeyArchived ? "yes" : "no")")
        if let value = details.certificateUserID { Terminal.print("signs in as: \(value)") }
        for action in details.actions {
            let reason = action.reason.map { ", \($0.name)" } ?? ""
            Terminal.print(
                "\(action.kind.noun)\(reason): \(action.state.rawValue)\(action.isHeld ? ", held for a person" : "")")
            for lamp in action.lamps { Terminal.print("  [\(lamp.isLit ? "x" : " ")] \(lamp.name): \(lamp.text)") }
        }
        return .done
    }
}
