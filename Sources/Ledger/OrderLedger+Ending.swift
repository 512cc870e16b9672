// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

extension OrderLedger {
    /// How many active certificates end by each of these times; those that have ended are not among them. Reads an index.
    public func activeEnding(by dates: [Date]) async throws -> [Int] {
        let now = clock.now()
        return try await database.read { connection in
            try dates.map { date in
                try connection.value(
                    "SELECT COUNT(*) FROM certificates WHERE status = ? AND not_after > ? AND not_after <= ?",
                    [SQLValue(CertificateStatus.active), SQLValue(now), SQLValue(date)]) ?? 0
            }
        }
    }
}
