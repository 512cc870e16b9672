// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// The tables of this room.
public enum NoticeTables {
    /// `due_at` is null where nothing remains to be done, so that the sender's look is one index range however many were sent.
    /// Ids are random: a counter would make everything that posts wait for everything else.
    public static let migrations: [Migration] = [
        Migration("notices-1") { sql in
            [
                """
                CREATE TABLE notices (
                    \(sql.column("id", 40)) NOT NULL PRIMARY KEY,
                    \(sql.column("event", 40)) NOT NULL,
                    \(sql.column("about", 190)) NOT NULL,
                    \(sql.column("recipient", 340)) NOT NULL,
                    \(sql.column("state", 20)) NOT NULL,
                    content \(sql.longText) NOT NULL,
                    sealed \(sql.blob),
                    posted_at \(sql.integer) NOT NULL,
                    changed_at \(sql.integer) NOT NULL,
                    due_at \(sql.integer),
                    attempts \(sql.integer) NOT NULL,
                    fence \(sql.integer) NOT NULL,
                    \(sql.column("lease_owner", 100)),
                    address \(sql.longText),
                    detail \(sql.longText))
                """,
                "CREATE UNIQUE INDEX notices_once ON notices (event, about, recipient)",
                "CREATE INDEX notices_due ON notices (due_at)",
                "CREATE INDEX notices_posted ON notices (posted_at, id)",
                "CREATE INDEX notices_state ON notices (state, changed_at)",
            ]
        },
        Migration("notices-2-first-attempt") { sql in ["ALTER TABLE notices ADD tried_at \(sql.integer)"] },
    ]
}
