// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// The table of what is wanted and known of certificates in directories.
public enum PublicationTables {
    /// `next_action_at` is null where nothing is to be done, so that what is due reads one index range.
    public static let migrations: [Migration] = [
        Migration("publications-1") { sql in
            [
                """
                CREATE TABLE publications (
                    certificate_id \(sql.integer) NOT NULL,
                    \(sql.column("place", 100)) NOT NULL,
                    \(sql.column("subscriber_id", 64)) NOT NULL,
                    wanted \(sql.integer) NOT NULL,
                    \(sql.column("actual", 20)) NOT NULL,
                    since \(sql.integer) NOT NULL,
                    checked_at \(sql.integer),
                    next_action_at \(sql.integer),
                    failures \(sql.integer) NOT NULL,
                    \(sql.column("error_kind", 40)),
                    problem \(sql.longText),
                    PRIMARY KEY (certificate_id, place),
                    FOREIGN KEY (certificate_id) REFERENCES certificates (id))
                """,
                "CREATE INDEX publications_due ON publications (place, next_action_at)",
                "CREATE INDEX publications_subscriber ON publications (subscriber_id, place)",
                "CREATE INDEX publications_wanted ON publications (place, wanted, actual)",
            ]
        },
        Migration("publications-2-entries") { sql in ["ALTER TABLE publications ADD entry_name \(sql.longText)"] },
    ]
}
