// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

/// What was issued.
public struct CertificateAdministration: Sendable {
    private let ledger: OrderLedger

    public init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// Certificates, newest first.
    public func list(_ filter: CertificateFilter) async throws -> [CertificateRecord] {
        try await ledger.certificates(filter)
    }

    /// The one certificate a word means.
    ///
    /// - Parameter word: serial number or fingerprint, in hexadecimal, or another text that only one certificate has.
    /// - Throws: `LedgerError.notPossible` for none or several.
    public func certificate(_ word: String) async throws -> CertificateRecord {
        let found = try await ledger.certificates(CertificateFilter(text: word, limit: 2))
        guard let record = found.first, found.count == 1 else {
            throw LedgerError.notPossible(
                found.isEmpty
                    ? "there is no certificate \(word): see 'certway certificate list'"
                    : "\(word) means several certificates: give a whole serial number, see 'certway certificate list'")
        }
        return record
    }

    public func details(_ word: String) async throws -> CertificateDetails {
        let record = try await certificate(word)
        return CertificateDetails(
            record: record, chain: try record.certificates,
            isKeyArchived: try await ledger.archivedKey(certificateID: record.id) != nil)
    }
}
