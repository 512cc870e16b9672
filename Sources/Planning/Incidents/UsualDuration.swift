// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// How long a CA took lately from order to certificate, by the median of its last certificates that waited for no person.
struct UsualDuration {
    let seconds: TimeInterval
    /// Whether they came with the answer to the order, so that each kept one place of the CA's lane for all that time. What a CA works on
    /// between two polls keeps none, and bounds no speed.
    let isInOneCall: Bool

    private static let looked = 200

    /// Whether an event says that an order was pending.
    private static func pending(_ condition: String) -> String {
        """
        CASE WHEN EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id AND e.kind = 'pending' \(condition)) \
        THEN 1 ELSE 0 END
        """
    }

    /// - Returns: nil where no such certificate is known.
    init?(of backendCA: String, _ database: any SQLDatabase) async throws {
        let found = try await database.read { connection in
            try connection.query(
                """
                SELECT c.created_at - o.submitted_at, \(Self.pending("")), \
                \(Self.pending("AND (e.data LIKE ? OR e.data LIKE ? OR e.data LIKE ?)")) \
                FROM certificates c JOIN orders o ON o.id = c.order_id \
                WHERE c.backend_ca = ? AND o.submitted_at IS NOT NULL ORDER BY c.id DESC \
                \(connection.dialect.page(Self.looked, 0))
                """, MailboxProofs.persons + [.text(backendCA)]
            ) {
                (
                    seconds: Double(try $0[0] as Int64) / 1000, isPolled: try $0[1] as Int64 == 1,
                    waitedForPerson: try $0[2] as Int64 == 1
                )
            }
        }.filter { !$0.waitedForPerson }.sorted { $0.seconds < $1.seconds }
        guard !found.isEmpty else { return nil }
        seconds = found[found.count / 2].seconds
        isInOneCall = found.count(where: \.isPolled) * 2 < found.count
    }
}
