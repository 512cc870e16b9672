// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
public import Ledger
public import Store

/// What lies in the archive, and who has asked for it. Opens nothing.
public struct KeyArchiveAdministration: Sendable {
    private let ledger: OrderLedger

    public init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// Archived keys, newest first in the list's own order.
    public func list(_ request: ListRequest) async throws -> ListPage<KeptKey> { try await ledger.keptKeys(request) }

    /// Attempts to recover keys, newest first in the list's own order.
    public func attempts(_ request: ListRequest) async throws -> ListPage<KeyRecoveryAttempt> {
        try await ledger.recoveryAttempts(request)
    }

    /// One key and every attempt on it.
    ///
    /// - Throws: `LedgerError.notPossible` for an unknown certificate, or one whose key was not archived and for which nobody
    ///   has tried.
    public func key(_ word: String) async throws -> (
        certificate: CertificateRecord, key: KeptKey?, attempts: [KeyRecoveryAttempt]
    ) {
        let record = try await CertificateAdministration(ledger).certificate(word)
        return (
            record, try await ledger.keptKey(orderID: record.orderID),
            try await ledger.recoveryAttempts(orderID: record.orderID)
        )
    }
}

extension KeptKey {
    /// As programs see it.
    public var json: JSONValue {
        [
            "serialNumber": .string(serialNumber), "userPrincipalName": .string(userPrincipalName),
            "template": .string(template), "recipients": recipients, "archivedAt": .string(archivedAt.ISO8601Format()),
            "recoveries": JSONValue(recoveries), "orderID": JSONValue(Int(orderID)),
        ]
    }
}

extension KeyRecoveryAttempt {
    /// As programs see it.
    public var json: JSONValue {
        [
            "at": .string(at.ISO8601Format()), "outcome": .string(outcome.rawValue),
            "certificate": .string(certificate),
            "userPrincipalName": JSONValue(subscriber), "by": .string(actor), "purpose": .string(purpose),
            "agent": JSONValue(agent), "agentFingerprint": JSONValue(agentFingerprint), "detail": .string(detail),
        ]
    }
}
