// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import KeyArchival
import Ledger
import PKIX
import Secrets
import Settings

/// Archived keys, opened with the key of a key recovery agent. Each recovery leaves an event in the order's timeline before
/// anything is handed out.
public struct KeyRecovery: Sendable {
    /// Characters that the password of a recovered key has at least: whoever holds the file can try as many as they like.
    public static let shortestPassword = 12

    private let ledger: OrderLedger
    private let actor: String

    /// - Parameter actor: who recovers, for the timeline.
    public init(_ ledger: OrderLedger, actor: String) {
        self.ledger = ledger
        self.actor = actor
    }

    /// The archive record of a certificate's key, as it is, for an agent elsewhere.
    ///
    /// - Throws: `LedgerError.notPossible` for an unknown certificate or a key that was not archived.
    public func record(_ word: String) async throws -> RecoveredKey {
        let (record, archived) = try await find(word)
        try await ledger.note(record.orderID, "keyExported", "archive record handed out, still encrypted", by: actor)
        return RecoveredKey(record: record, bytes: archived.cms)
    }

    /// Key, certificate and chain as PKCS #12.
    ///
    /// - Parameters:
    ///   - agent: the agent whose key is given, and where its certificate came from, for the timeline.
    ///   - key: the agent's private key; used here and kept nowhere.
    ///   - password: protects the result.
    /// - Throws: as `record`, `SettingsError` for a password that is too short, and `PKIXError` when the agent's key opens
    ///   nothing. Nothing is opened for a password that cannot be used.
    public func recover(
        _ word: String, agent: (certificate: Certificate, origin: String), key: PrivateKey, password: Secret
    ) async throws -> RecoveredKey {
        guard password.count >= Self.shortestPassword else {
            throw SettingsError(
                "the password of the PFX file has \(password.count) characters, at least \(Self.shortestPassword) are "
                    + "needed: whoever gets the file can guess for years; give a longer one with --password")
        }
        let (record, archived) = try await find(word)
        let chain = try record.certificates
        let recovered = try KeyArchive.recover(
            cms: archived.cms, certificate: agent.certificate, key: key, subscriber: chain[0])
        let bundle = try PKCS12Bundle(key: recovered, certificate: chain[0], chain: Array(chain.dropFirst()))
            .encrypted(
                password: password, friendlyName: record.userPrincipalName,
                iterations: PKCS12Bundle.iterationsForPeople)
        try await ledger.note(
            record.orderID, "keyRecovered", "archived key opened with agent certificate \(agent.origin)", by: actor)
        return RecoveredKey(record: record, bytes: bundle)
    }

    private func find(_ word: String) async throws -> (CertificateRecord, ArchivedKey) {
        let record = try await CertificateAdministration(ledger).certificate(word)
        guard let archived = try await ledger.archivedKey(certificateID: record.id) else {
            throw LedgerError.notPossible(
                "the key of \(record.serialNumber) was not archived: its template has no key recovery agents")
        }
        return (record, archived)
    }
}
