// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension GatewayUnderTest {
    /// Puts so many events into its file, with letters, quotes, backslashes and blanks that an engine may not keep: enough for a copy to
    /// be met half done.
    func addEvents(_ count: Int) async throws {
        let filled = try await Run.tool(
            "python3",
            [
                "-c",
                """
                import sqlite3, sys
                c = sqlite3.connect(sys.argv[1])
                order = c.execute("SELECT MIN(id) FROM orders").fetchone()[0]
                c.executemany("INSERT INTO order_events (order_id, sequence_number, occurred_at, stage, kind, message, data) "
                    "VALUES (?, ?, 0, 'active', 'note', ?, '{}')",
                    [(order, 1000 + n, f"ä🔑 'n' \\\\ {n} ") for n in range(\(count))])
                c.commit()
                """, database,
            ])
        try #require(filled.status == 0, "\(filled.errors)")
    }
}
