// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Ledger

/// What of the ledger alone cannot be: two in use of one person and template.
public struct LedgerComparison: Sendable {
    private let certificates: [LedgerCertificate]
    private let now: Date

    public init(certificates: [LedgerCertificate], now: Date) { (self.certificates, self.now) = (certificates, now) }

    /// Of each person and template, all in use but the one that was issued last.
    public func findings() -> [DriftFinding] {
        let inUse = certificates.filter { $0.isInUse(at: now) }
        return Dictionary(grouping: inUse) { "\($0.template)\n\($0.subscriberID)" }.values.flatMap { group in
            group.sorted { $0.id > $1.id }.dropFirst().map { older in
                DriftFinding(.twoInUse, of: older, detail: "another one of template \(older.template) is newer")
            }
        }
    }
}
