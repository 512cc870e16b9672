// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

extension OrderLedger {
    /// How many certificates CAs have revoked, and how many were taken out of Intune, since a time and for somebody here.
    public func actionsTaken(since date: Date) async throws -> [CertificateAction.Kind: Int] {
        try await database.read { connection in
            var counts: [CertificateAction.Kind: Int] = [:]
            try connection.forEachRow(
                """
                SELECT kind, COUNT(*) AS number FROM certificate_actions WHERE state = ? AND taken_at >= ? AND actor <> ? \
                GROUP BY kind
                """, [SQLValue(CertificateAction.State.done), SQLValue(date), .text(Self.intune)]
            ) { counts[try $0["kind"]] = try $0["number"] }
            return counts
        }
    }
}
