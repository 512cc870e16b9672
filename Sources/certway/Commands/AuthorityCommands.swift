// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import PKIX
import YAMLDocuments

/// `certway ca create` and what follows in the life of a CA of one's own; docs/local-ca.md tells the whole of it.
enum AuthorityCommands {
    static let all = [create, revoke, crl, rootCRL, renew, retire]

    private static let folder = Argument("DIR", "folder of the CA")
    private static let passphrase = Option.value(
        "passphrase", "REF", "passphrase of the issuing CA's key: env:NAME or file:/path")
    private static let root = Option.value("root", "DIR", "folder of the root's key; DIR-root when left out")
    private static let rootPassphrase = Option.value(
        "root-passphrase", "REF", "passphrase of the root's key: env:NAME or file:/path")
    private static let crlURL = Option.value(
        "crl-url", "URL", "where clients will fetch issuing.crl, and root.crl beside it; http only")
    private static let issuerURL = Option.value(
        "issuer-url", "URL", "where clients will fetch issuing.cer, and root.cer beside it; http only")
    private static let crlHours = Option.value("crl-hours", "N", "hours that a CRL lasts", default: "24")
    private static let issuingDays = Option.value(
        "issuing-days", "N", "days that the issuing CA's certificate lasts", default: "1825")
    private static let rootCRLDays = Option.value(
        "root-crl-days", "N", "days that the root's CRL lasts", default: "365")
    private static let clock = Option.flag(
        "clock-is-right", "my word: the clock is right now, and was wrong when a list was made that is dated later")
    private static let common: [Option] = [
        .flag("dry-run", "do everything but write"),
        .value("connector", "NAME", "connector profile whose module does it", default: "local-ca"),
    ]

    /// What a CA of one's own can be made for: one of each kind that certificates tell apart.
    private static let purposes: [CertificatePurpose] = [.smime, .clientAuthentication, .serverAuthentication]

    private static func purpose(_ word: String, _ invocation: Invocation) throws -> CertificatePurpose {
        guard let purpose = purposes.first(where: { $0.rawValue == word }) else {
            throw UsageError(
                "--for: found \"\(word)\"; \(suggestion(for: word, in: purposes.map(\.rawValue)))",
                path: invocation.path)
        }
        return purpose
    }

    private static let create = Command(
        "create", "make a certificate authority of your own, as files",
        discussion: """
            Makes an issuing CA in a new folder and its root in another, which belongs offline: the service never needs it.
            Keys are encrypted with the passphrases given (scrypt), else they lie there in clear. The issuing CA can certify
            what --for says and nothing else: programs refuse other certificates below it. Configure it with connector local-ca and setting directory. Whatever interrupts
            the command, there is a whole CA afterwards or none.
            """,
        arguments: [Argument("DIR", "folder to make; must not exist or be empty")],
        options: [
            .value("name", "NAME", "common name of the issuing CA", default: "Certway Local CA"),
            .choice("key", KeyType.allCases.map(\.rawValue), "key type of both CAs", default: KeyType.p384.rawValue),
            .value(
                "for", "PURPOSE",
                "what it may certify: \(purposes.map(\.rawValue).joined(separator: ", ")); may stand several times; smime and "
                    + "clientAuthentication when left out", repeats: true),
            passphrase, root, rootPassphrase, crlURL, issuerURL, crlHours, issuingDays, rootCRLDays,
            .value("root-days", "N", "days that the root's certificate lasts", default: "7300"),
        ] + common,
        examples: [
            (
                "certway ca create /var/lib/certway-ca --name 'Example GmbH CA' --passphrase file:/etc/certway/ca.pass "
                    + "--root /media/stick/ca-root --root-passphrase env:ROOT_PASS --crl-url http://pki.example.com/issuing.crl",
                "the ceremony: the root's key on a stick, both keys encrypted"
            ), ("certway ca create ./ca", "for trying: ./ca and ./ca-root, keys in clear"),
            (
                "certway ca create ./server-ca --for serverAuthentication",
                "for certificates of servers, which people ask for by requests"
            ),
        ]
    ) { invocation in
        var ceremony = try ceremony(invocation)
        let place = try place(invocation)
        let words = invocation.allValues("for")
        if !words.isEmpty { ceremony.purposes = try words.map { try purpose($0, invocation) } }
        ceremony.rootFolder = ceremony.rootFolder ?? rootFolder(place.folder)
        let made = try administration(invocation).create(place, ceremony)
        show(made, invocation)
        await note(.createCA, invocation, facts(made))
        guard !invocation.wantsJSON, !ceremony.isRehearsal else { return .done }
        Terminal.print("the root's key is in \(ceremony.rootFolder ?? ""): move that folder to a safe place offline")
        if place.passphrase == nil {
            Terminal.complain("note: the issuing CA's key is not encrypted, see --passphrase")
        }
        if ceremony.rootPassphrase == nil {
            Terminal.complain("note: the root's key is not encrypted, see --root-passphrase")
        }
        return .done
    }

    private static let crl = Command(
        "crl", "make the CRLs of a CA of your own now",
        discussion: """
            'certway serve' and 'certway run --once' make them when they are due; this is for a machine where neither runs, and
            after a clock that was wrong: with the clock behind the last list, none is made without your word.
            """,
        arguments: [folder], options: [passphrase, crlHours, clock] + common,
        examples: [
            (
                "certway ca crl /var/lib/certway-ca --passphrase file:/etc/certway/ca.pass",
                "a new list, as from a timer"
            ),
            ("certway ca crl /var/lib/certway-ca --clock-is-right", "after lists that were dated in the future"),
        ]
    ) { invocation in
        try await requireNewestCopy(invocation)
        let lists = try administration(invocation).signCRLs(place(invocation), ceremony(invocation))
        show(lists, invocation)
        await note(.publishCRL, invocation, facts(lists))
        return .done
    }

    private static let revoke = Command(
        "revoke", "put a certificate of a CA of your own on its CRL",
        discussion: """
            The new CRL lies in the folder at once; clients learn of it when the one they have ends. A gateway in --home that has the
            CA among its backend CAs puts it on record, so that 'certway order again' gives the person another certificate; one
            elsewhere does with its next pass.
            """,
        arguments: [
            folder,
            Argument(
                "CERTIFICATE", "serial number, or a PEM file (- for standard input) for what the folder does not know"),
        ],
        options: [
            passphrase,
            .choice(
                "reason", RevocationReason.allCases.map(\.name), "why; removeFromCRL ends a certificateHold",
                default: RevocationReason.unspecified.name),
            crlHours,
        ] + common,
        examples: [
            (
                "certway ca revoke /var/lib/certway-ca 5B4BE62D… --reason keyCompromise --passphrase file:/etc/certway/ca.pass",
                "'certway certificate list' has the numbers"
            )
        ]
    ) { invocation in
        let reason = invocation.value("reason").flatMap(RevocationReason.init(name:)) ?? .unspecified
        try await requireNewestCopy(invocation, isWayOut: true)
        let list = try administration(invocation).revoke(
            place(invocation), ceremony(invocation), invocation.requiredWord("CERTIFICATE"), reason: reason)
        show([list], invocation)
        await note(
            .revokeAtCA, invocation, ["certificate": .string(invocation.requiredWord("CERTIFICATE"))],
            reason: reason.name)
        await tellGateway(invocation)
        return .done
    }

    private static let rootCRL = Command(
        "root-crl", "let the root sign its next CRL, and revoke an issuing CA",
        discussion: """
            Needs the root's folder; writes root.crl there and in DIR, to be published. What either list knows as revoked stays
            revoked.
            """,
        arguments: [folder],
        options: [
            root, rootPassphrase, rootCRLDays,
            .value("revoke", "SERIAL", "serial number of an issuing CA's certificate to revoke, in hex"),
            .choice(
                "reason", RevocationReason.allCases.map(\.name), "why", default: RevocationReason.cACompromise.name),
            clock,
        ] + common,
        examples: [
            (
                "certway ca root-crl /var/lib/certway-ca --root /media/stick/ca-root --root-passphrase env:ROOT_PASS",
                "each year"
            ),
            (
                "certway ca root-crl /var/lib/certway-ca --revoke 4B… --reason keyCompromise",
                "the issuing CA's key was stolen; 'certway ca renew --new-key' gives it another"
            ),
        ]
    ) { invocation in
        let serial = try invocation.value("revoke").map { text in
            guard let number = SerialNumber(typed: text) else {
                throw UsageError("--revoke: found \"\(text)\", expected a serial number in hex", path: invocation.path)
            }
            return number
        }
        let reason = invocation.value("reason").flatMap(RevocationReason.init(name:)) ?? .cACompromise
        let list = try administration(invocation).signRootCRL(
            place(invocation), ceremony(invocation), revoking: serial, reason: reason)
        show([list], invocation)
        if let serial {
            await note(.revokeAtCA, invocation, ["certificate": .string(serial.hex)], reason: reason.name)
        } else {
            await note(.publishCRL, invocation, facts([list]))
        }
        return .done
    }

    private static let renew = Command(
        "renew", "let the root certify the issuing CA again, with its key or a new one",
        discussion: """
            With the same key everything issued before is checkable with either certificate, and the CRL goes on. With --new-key
            the issuing CA gets another name as well (… G2); the older key issues nothing more, and its CRL goes on beside the
            new one (issuing-2.crl) until its certificate ends. A running service takes up the new certificate by itself.
            """,
        arguments: [folder],
        options: [
            passphrase, root, rootPassphrase, .flag("new-key", "make a new key"),
            .choice("key", KeyType.allCases.map(\.rawValue), "type of the new key", default: KeyType.p384.rawValue),
            crlURL, issuerURL, crlHours, issuingDays,
        ] + common,
        examples: [
            (
                "certway ca renew /var/lib/certway-ca --passphrase file:/etc/certway/ca.pass --root /media/stick/ca-root "
                    + "--root-passphrase env:ROOT_PASS", "five more years for the same key"
            ), ("certway ca renew /var/lib/certway-ca --new-key --dry-run", "would it work?"),
        ]
    ) { invocation in
        let ceremony = try ceremony(invocation)
        let made = try administration(invocation).renew(
            place(invocation), ceremony, newKey: invocation.flag("new-key") ? ceremony.keyType : nil)
        show(made, invocation)
        await note(.renewCA, invocation, facts(made))
        return .done
    }

    private static let retire = Command(
        "retire", "end a CA of your own: its last CRL, and no certificate any more",
        discussion: """
            The last CRL lasts until the issuing CA's own end; nothing can be revoked afterwards but the issuing CA itself, by
            'certway ca root-crl'. The keys can then be destroyed. It cannot be undone.
            """,
        arguments: [folder],
        options: [
            passphrase,
            .choice(
                "revoke-all", RevocationReason.allCases.map(\.name),
                "revoke all certificates in force for this reason, too"),
            clock,
        ] + common,
        examples: [
            (
                "certway ca retire /var/lib/certway-ca --revoke-all cessationOfOperation --dry-run",
                "what would the last list say?"
            ),
            ("certway ca retire /var/lib/certway-ca", "what was issued stays valid"),
        ]
    ) { invocation in
        let reason = invocation.value("revoke-all").flatMap(RevocationReason.init(name:))
        let place = try place(invocation)
        // What was retired, and is put back, is retired again.
        try await requireNewestCopy(invocation, isWayOut: true)
        let lists = try administration(invocation).retire(place, ceremony(invocation), revokingAll: reason)
        guard !lists.isEmpty || invocation.wantsJSON else {
            Terminal.print(
                "the CA in \(place.folder) is retired already, and its last CRLs are made: nothing was changed")
            return .done
        }
        show(lists, invocation)
        await note(.retireCA, invocation, facts(lists), reason: reason?.name ?? "")
        await tellGateway(invocation)
        return .done
    }
}
