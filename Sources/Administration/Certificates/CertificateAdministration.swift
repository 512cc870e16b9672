// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Ledger
public import Store

/// What was issued.
public struct CertificateAdministration: Sendable {
    private let ledger: OrderLedger

    public init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// Certificates, newest first in the list's own order.
    ///
    /// - Throws: `ListError`, `StoreError`.
    public func list(
        _ filter: CertificateFilter, _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<CertificateRecord> { try await ledger.certificates(filter, request) }

    /// The one certificate a word means.
    ///
    /// - Parameter word: serial number or fingerprint, or the beginning of one, or another text that only one certificate has.
    /// - Throws: `LedgerError.notPossible` for none or several.
    public func certificate(_ word: String) async throws -> CertificateRecord {
        try await ledger.certificate(meantBy: word)
    }

    public func details(_ word: String) async throws -> CertificateDetails {
        try await details(of: try await certificate(word))
    }

    public func details(of record: CertificateRecord) async throws -> CertificateDetails {
        CertificateDetails(
            record: record, chain: try record.certificates,
            isKeyArchived: try await ledger.archivedKey(certificateID: record.id) != nil,
            certificateUserID: try await ledger.binding(ofCertificate: record.id),
            actions: try await ledger.actions(CertificateActionFilter(certificateID: record.id)))
    }
}
