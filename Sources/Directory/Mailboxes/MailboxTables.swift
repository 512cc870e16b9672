// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// The tables of shared mailboxes and of those who may open them.
enum MailboxTables {
    static let migrations = [
        Migration("directory-7-mailboxes") { sql in
            [
                """
                CREATE TABLE shared_mailboxes (
                    \(sql.column("id", 36)) NOT NULL PRIMARY KEY, \(sql.column("address", 320)) NOT NULL,
                    name \(sql.longText) NOT NULL, present \(sql.integer) NOT NULL, read_at \(sql.integer),
                    problem \(sql.longText))
                """,
                """
                CREATE TABLE mailbox_people (
                    \(sql.column("mailbox_id", 36)) NOT NULL, \(sql.column("person_id", 36)) NOT NULL,
                    rights \(sql.integer) NOT NULL, via \(sql.longText) NOT NULL, present \(sql.integer) NOT NULL,
                    since \(sql.integer) NOT NULL, PRIMARY KEY (mailbox_id, person_id))
                """,
                "CREATE INDEX mailbox_people_by_person ON mailbox_people (person_id, present)",
            ]
        },
        Migration("directory-8-mailbox-accounts") { sql in
            // What speaks against a key (`MailboxAccount`), null until it is looked at; and since when nobody signs in by the account.
            ["account", "away_since"].map { "ALTER TABLE mailbox_people ADD \($0) \(sql.integer)" }
        },
    ]
}
