// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
public import Ledger

/// What lies in the archive, and who has asked for it. Opens nothing.
public struct KeyArchiveAdministration: Sendable {
    private let ledger: OrderLedger

    public init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// Archived keys, newest first.
    public func list(limit: Int) async throws -> [KeptKey] {
        try await ledger.keptKeys(limit: limit)
    }

    /// Attempts to recover keys, newest first.
    public func attempts(limit: Int) async throws -> [KeyRecoveryAttempt] {
        try await ledger.recoveryAttempts(limit: limit)
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
            record, try await ledger.keptKeys(orderID: record.orderID, limit: 1).first,
            try await ledger.recoveryAttempts(orderID: record.orderID, limit: .max)
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
