// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import PKIX
import Records
import Secrets
import Settings

extension AuthorityCommands {
    static func administration(_ invocation: Invocation) throws -> AuthorityAdministration {
        try AuthorityAdministration(invocation.profiles, connector: invocation.value("connector") ?? "local-ca")
    }

    static func place(_ invocation: Invocation) throws -> AuthorityAdministration.Place {
        AuthorityAdministration.Place(
            folder: invocation.requiredWord("DIR"), passphrase: try secret("passphrase", invocation),
            crlHours: try invocation.int("crl-hours", in: 1...8784))
    }

    static func ceremony(_ invocation: Invocation) throws -> AuthorityCeremony {
        var ceremony = AuthorityCeremony()
        ceremony.name = invocation.value("name") ?? ""
        ceremony.keyType = invocation.value("key").flatMap(KeyType.init) ?? ceremony.keyType
        ceremony.rootFolder = invocation.value("root")
        ceremony.rootPassphrase = try secret("root-passphrase", invocation)
        (ceremony.crlURL, ceremony.issuerURL) = (invocation.value("crl-url"), invocation.value("issuer-url"))
        ceremony.rootDays = try invocation.int("root-days", in: 1...36_500) ?? ceremony.rootDays
        ceremony.issuingDays = try invocation.int("issuing-days", in: 1...36_500) ?? ceremony.issuingDays
        ceremony.rootCRLDays = try invocation.int("root-crl-days", in: 1...36_500) ?? ceremony.rootCRLDays
        ceremony.clockIsRight = invocation.flag("clock-is-right")
        ceremony.isRehearsal = invocation.flag("dry-run")
        return ceremony
    }

    static func rootFolder(_ folder: String) -> String {
        (folder.hasSuffix("/") ? String(folder.dropLast()) : folder) + "-root"
    }

    static func show(_ certificates: [Certificate], _ invocation: Invocation) {
        if invocation.wantsJSON {
            let list = certificates.map { certificate -> JSONValue in
                [
                    "subject": .string(certificate.subject.description),
                    "serialNumber": .string(certificate.serialNumber.hex),
                    "notBefore": .string(certificate.notBefore.ISO8601Format()),
                    "notAfter": .string(certificate.notAfter.ISO8601Format()),
                ]
            }
            return Terminal.print(json: JSONValue.array(list).text)
        }
        for certificate in certificates {
            Terminal.print(
                "\(certificate.subject), serial number \(certificate.serialNumber), valid to "
                    + "\(certificate.notAfter.ISO8601Format())")
        }
        if invocation.flag("dry-run") { Terminal.print("dry run: nothing was written") }
    }

    static func show(_ lists: [CertificateRevocationList], _ invocation: Invocation) {
        if invocation.wantsJSON {
            let list = lists.map { crl -> JSONValue in
                [
                    "issuer": .string(crl.issuer.description), "number": crl.number.map { JSONValue($0) } ?? .null,
                    "revoked": JSONValue(crl.entries.count),
                    "thisUpdate": .string(crl.thisUpdate.ISO8601Format()),
                    "nextUpdate": crl.nextUpdate.map { .string($0.ISO8601Format()) } ?? .null,
                ]
            }
            return Terminal.print(json: JSONValue.array(list).text)
        }
        for crl in lists {
            Terminal.print(
                "CRL of \(crl.issuer), number \(crl.number ?? 0), \(crl.entries.count) revoked, good until "
                    + "\(crl.nextUpdate?.ISO8601Format() ?? "further notice")")
        }
        if invocation.flag("dry-run") { Terminal.print("dry run: nothing was written") }
    }

    /// Whether the folder is an older copy than the gateway in --home has seen: a list made of it lacks what was revoked since.
    ///
    /// - Parameter isWayOut: the command is needed to bring the folder up to date; then it is said, and goes on.
    /// - Throws: `SettingsError` with the way out.
    static func requireNewestCopy(_ invocation: Invocation, isWayOut: Bool = false) async throws {
        // One that cannot be asked is asked below, which says why.
        guard (try? await GatewayStore.isThere(invocation.home)) ?? true else { return }
        let sign: String?
        do {
            sign = try await BackendCAAdministration(Gateway.open(invocation)).olderCopy(
                in: invocation.requiredWord("DIR"))
        } catch {
            return Terminal.complain(
                "note: whether the folder is the newest copy is not known, for the gateway in \(invocation.home.path) "
                    + "does not say: \(error)")
        }
        guard let sign else { return }
        guard isWayOut else { throw SettingsError(sign, at: .state) }
        Terminal.complain("note: \(sign)")
    }

    /// A gateway on this machine that works with the CA learns at once what was done; another one with its next pass.
    static func tellGateway(_ invocation: Invocation) async {
        guard !invocation.flag("dry-run"), (try? await GatewayStore.isThere(invocation.home)) ?? true else { return }
        do {
            let upkeep = try await Gateway.open(invocation).lookAtAuthorities()
            for sentence in upkeep.done + upkeep.problems { Terminal.complain("note: \(sentence)") }
        } catch {
            Terminal.complain("note: the gateway in \(invocation.home.path) learns of it with its next pass: \(error)")
        }
    }

    /// Puts what was done on record, where there is a gateway in --home.
    static func note(_ action: AuditAction, _ invocation: Invocation, _ after: JSONValue, reason: String = "") async {
        guard !invocation.flag("dry-run"), (try? await GatewayStore.isThere(invocation.home)) ?? false else { return }
        let folder = URL(filePath: invocation.requiredWord("DIR")).standardizedFileURL.path
        do {
            try await GatewayStore.open(invocation.home).ledger.audit.record(
                AuditEntry(
                    action, AuditObject(.ca, folder), by: AuditActor(named: invocation.actor), after: after,
                    reason: reason
                ))
        } catch {
            Terminal.complain("note: it does not stand in the audit trail of \(invocation.home.path): \(error)")
        }
    }

    static func facts(_ certificates: [Certificate]) -> JSONValue {
        ["serialNumbers": JSONValue(certificates.map(\.serialNumber.hex))]
    }

    static func facts(_ lists: [CertificateRevocationList]) -> JSONValue {
        [
            "lists": .array(
                lists.map { list in
                    [
                        "issuer": .string("\(list.issuer)"), "number": list.number.map { JSONValue($0) } ?? .null,
                        "revoked": JSONValue(list.entries.count),
                    ]
                })
        ]
    }

    private static func secret(_ name: String, _ invocation: Invocation) throws -> Secret? {
        guard let text = invocation.value(name) else { return nil }
        guard let reference = SecretReference(text) else {
            throw UsageError("--\(name): \(SecretReference.expectation)", path: invocation.path)
        }
        return try reference.resolve(for: "--\(name)")
    }
}
