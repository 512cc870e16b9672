// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import KeyArchival
public import Ledger
public import PKIX
public import Secrets
public import Settings

/// Archived keys, opened with the key of a key recovery agent. Each attempt is on record, whatever came of it, before anything
/// is handed out.
public struct KeyRecovery: Sendable {
    /// Characters that the password of a recovered key has at least: whoever holds the file can try as many as they like.
    public static let shortestPassword = 12
    /// Characters of a purpose at most; the record is read by people.
    public static let longestPurpose = 500

    /// What opens a key. Each is read only when it is needed, so that one that cannot be read is on record, too.
    public struct Opening {
        public let certificate: () throws -> Certificate
        public let key: () throws -> PrivateKey
        public let password: () throws -> Secret

        /// - Parameters:
        ///   - certificate: the agent's.
        ///   - key: the agent's private key; used here and kept nowhere.
        ///   - password: protects the result.
        public init(
            certificate: @escaping () throws -> Certificate, key: @escaping () throws -> PrivateKey,
            password: @escaping () throws -> Secret
        ) {
            self.certificate = certificate
            self.key = key
            self.password = password
        }
    }

    private let ledger: OrderLedger
    private let caller: Caller
    private var actor: String { caller.name }
    private let purpose: String

    private let approvals: Int

    /// - Parameters:
    ///   - caller: who recovers, for the record.
    ///   - purpose: what for, for the record.
    ///   - approvals: how many people a recovery takes; with two it is no matter of one command.
    /// - Throws: `SettingsError` for a purpose that is empty or too long.
    public init(_ ledger: OrderLedger, caller: Caller, purpose: String, approvals: Int) throws(SettingsError) {
        self.ledger = ledger
        self.caller = caller
        self.purpose = try Self.purpose(purpose)
        self.approvals = approvals
    }

    /// The words of a purpose, one line.
    ///
    /// - Throws: `SettingsError` for one that is empty or too long.
    static func purpose(_ purpose: String) throws(SettingsError) -> String {
        let words = purpose.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !words.isEmpty, words.count <= Self.longestPurpose else {
            throw SettingsError(
                "--purpose has \(words.count) characters, 1 to \(Self.longestPurpose) are expected: say why the key is "
                    + "recovered, such as the number of the ticket",
                at: .commandLine)
        }
        return words
    }

    /// The archive record of a certificate's key, as it is, for an agent elsewhere.
    ///
    /// - Throws: `LedgerError.notPossible` for an unknown certificate or a key that was not archived.
    public func record(_ word: String) async throws -> RecoveredKey {
        try await attempt(word, .exported) { _, _, archived in archived.cms }
    }

    /// Key, certificate and chain as PKCS #12.
    ///
    /// - Throws: as `record`, `SettingsError` for a password that is too short, and `PKIXError` when the agent's key opens
    ///   nothing. Nothing is opened for a password that cannot be used.
    public func recover(_ word: String, _ opening: Opening) async throws -> RecoveredKey {
        try await attempt(word, .recovered) { attempt, record, archived in
            let agent = try opening.certificate()
            attempt.agent = agent.subject.description
            attempt.agentFingerprint = agent.sha256Fingerprint
            let password = try opening.password()
            guard password.count >= Self.shortestPassword else {
                throw SettingsError(
                    "the password of the PFX file has \(password.count) characters, at least \(Self.shortestPassword) are "
                        + "needed: whoever gets the file can guess for years; give a longer one with --password",
                    at: .commandLine)
            }
            let chain = try record.certificates
            let recovered = try KeyArchive.recover(
                cms: archived.cms, certificate: agent, key: try opening.key(), subscriber: chain[0])
            return try PKCS12Bundle(key: recovered, certificate: chain[0], chain: Array(chain.dropFirst()))
                .encrypted(
                    password: password, friendlyName: record.userPrincipalName,
                    iterations: PKCS12Bundle.iterationsForPeople)
        }
    }

    /// What was on record as handed out has not reached anybody.
    ///
    /// - Parameter reason: one sentence.
    public func noteNotHandedOut(_ key: RecoveredKey, _ reason: String) async throws {
        var attempt = KeyRecoveryAttempt(certificate: key.record.serialNumber, actor: actor, purpose: purpose)
        (attempt.orderID, attempt.subscriber) = (key.record.orderID, key.record.userPrincipalName)
        attempt.detail = "opened, and not handed out: \(reason)"
        try await ledger.record(attempt)
    }

    /// - Parameter body: gives what is handed out, and fills in what is known of the agent.
    private func attempt(
        _ word: String, _ outcome: KeyRecoveryAttempt.Outcome,
        _ body: (inout KeyRecoveryAttempt, CertificateRecord, ArchivedKey) throws -> [UInt8]
    ) async throws -> RecoveredKey {
        var attempt = KeyRecoveryAttempt(certificate: word, actor: actor, purpose: purpose)
        let result: RecoveredKey
        do {
            try caller.require(.requestRecovery)
            guard approvals < 2 else {
                throw LedgerError.notPossible(
                    "a recovery takes two people here (recovery.approvals): 'certway key recovery request' begins it")
            }
            let record = try await CertificateAdministration(ledger).certificate(word)
            (attempt.orderID, attempt.certificate) = (record.orderID, record.serialNumber)
            attempt.subscriber = record.userPrincipalName
            guard let archived = try await ledger.archivedKey(certificateID: record.id) else {
                throw LedgerError.notPossible(
                    "the key of \(record.serialNumber) was not archived: its template has no key recovery agents")
            }
            result = RecoveredKey(record: record, bytes: try body(&attempt, record, archived))
        } catch {
            let isRefusal = error is SettingsError || error is LedgerError || error is AccessDenied
            attempt.outcome = isRefusal ? .refused : .failed
            attempt.detail = "\(error)"
            try await ledger.record(attempt)
            throw error
        }
        attempt.outcome = outcome
        try await ledger.record(attempt)
        return result
    }
}
