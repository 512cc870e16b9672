// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import KeyArchival
import Ledger
import PKIX
import Secrets
import Settings

/// `certway key`: the archive.
enum KeyCommands {
    static let command = Command("key", "recover archived keys", subcommands: [recover])

    private static let recover = Command(
        "recover", "open an archived key with a key recovery agent's key",
        discussion: """
            Writes key, certificate and chain as a PFX file (PKCS #12) protected by the given password. The agent's
            private key is read, never stored. Each recovery leaves an event in the order's timeline. With --cms the
            archive record is written instead, for 'openssl cms -decrypt -inform DER -recip … -inkey …'.
            """,
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint of the certificate")],
        options: [
            .value("agent-certificate", "FILE", "PEM file with the agent's certificate"),
            .value("agent-key", "FILE", "PEM file with the agent's private key"),
            .value("agent-passphrase", "REF", "passphrase of that key: env:NAME or file:/path"),
            .value("password", "REF", "password of the PFX file: env:NAME or file:/path"),
            .value("out", "FILE", "file to write; must not exist"),
            .flag("cms", "write the archive record as it is, without opening it"),
        ],
        examples: [
            (
                "certway key recover 0C0FFE… --agent-certificate kra.pem --agent-key kra.key --password env:PW --out ada.pfx",
                "recover Ada's key"
            ),
            ("certway key recover 0C0FFE… --cms --out ada.cms", "hand the record to an agent elsewhere"),
        ]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let record = try await CertificateCommands.find(invocation.requiredWord("CERTIFICATE"), gateway)
        let out = try required("out", invocation)
        guard !FileManager.default.fileExists(atPath: out) else {
            throw SettingsError("file \(out) exists already; name another with --out")
        }
        guard let archived = try await gateway.ledger.archivedKey(certificateID: record.id) else {
            throw LedgerError.notPossible(
                "the key of \(record.serialNumber) was not archived: its template has no key recovery agents")
        }
        let output = PrivateFile(path: out)
        if invocation.flag("cms") {
            try await gateway.ledger.note(
                record.orderID, "keyExported", "archive record handed out, still encrypted", by: NSUserName())
            try output.write(archived.cms)
        } else {
            let bundle = try recoverBundle(record, archived, invocation)
            let agent = try required("agent-certificate", invocation)
            try await gateway.ledger.note(
                record.orderID, "keyRecovered", "archived key opened with agent certificate \(agent)", by: NSUserName())
            try output.write(bundle)
        }
        Terminal.print("wrote \(out) for \(record.userPrincipalName), certificate \(record.serialNumber)")
        return .done
    }

    private static func recoverBundle(_ record: CertificateRecord, _ archived: ArchivedKey, _ invocation: Invocation)
        throws -> [UInt8]
    {
        let password = try reference("password", invocation).resolve()
        let agent = try Certificate(pem: try SettingsFile(path: required("agent-certificate", invocation)).text())
        let passphrase = try invocation.value("agent-passphrase").map { _ in
            try reference("agent-passphrase", invocation).resolve()
        }
        let agentKey = try PrivateKey(
            pem: Secret(SettingsFile(path: required("agent-key", invocation)).bytes()), passphrase: passphrase)
        let chain = try record.certificates
        let key = try KeyArchive.recover(cms: archived.cms, certificate: agent, key: agentKey, subscriber: chain[0])
        return try PKCS12Bundle(key: key, certificate: chain[0], chain: Array(chain.dropFirst()))
            .encrypted(password: password, friendlyName: record.userPrincipalName)
    }

    private static func required(_ name: String, _ invocation: Invocation) throws -> String {
        guard let value = invocation.value(name) else {
            throw UsageError("--\(name) is missing", path: invocation.path)
        }
        return value
    }

    private static func reference(_ name: String, _ invocation: Invocation) throws -> SecretReference {
        guard let reference = SecretReference(try required(name, invocation)) else {
            throw UsageError("--\(name): \(SecretReference.expectation)", path: invocation.path)
        }
        return reference
    }
}
