// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

extension DecisionStore {
    public static let migrations: [Migration] = [
        Migration("enrollment-1-decisions") { dialect in
            [
                """
                CREATE TABLE enrollment_decisions (
                    \(dialect.column("template", 100)) NOT NULL, \(dialect.column("subscriber_id", 64)) NOT NULL,
                    \(dialect.column("user_principal_name", 320)) NOT NULL, \(dialect.column("verdict", 20)) NOT NULL,
                    \(dialect.column("reason", 250)) NOT NULL, names \(dialect.longText) NOT NULL,
                    PRIMARY KEY (template, subscriber_id))
                """,
                "CREATE INDEX enrollment_decisions_verdict ON enrollment_decisions (template, verdict, reason)",
                "CREATE INDEX enrollment_decisions_person ON enrollment_decisions (subscriber_id)",
                """
                CREATE TABLE enrollment_cursors (
                    \(dialect.column("template", 100)) NOT NULL PRIMARY KEY, \(dialect.column("fingerprint", 100)) NOT NULL,
                    change_number \(dialect.integer) NOT NULL, \(dialect.column("user_id", 64)) NOT NULL)
                """,
            ]
        },
        Migration("enrollment-2-endings") { dialect in
            [
                "ALTER TABLE enrollment_decisions ADD due_at \(dialect.integer)",
                "ALTER TABLE enrollment_decisions ADD newest_order \(dialect.integer)",
                "CREATE INDEX enrollment_decisions_due ON enrollment_decisions (template, due_at)",
                "ALTER TABLE enrollment_cursors ADD standing_number \(dialect.integer)",
                // Everybody is decided on anew.
                "DELETE FROM enrollment_cursors",
            ]
        },
        Migration("enrollment-3-concerns") { dialect in
            [
                "ALTER TABLE enrollment_decisions ADD \(dialect.column("concern", 20))",
                // Everybody is decided on anew.
                "DELETE FROM enrollment_cursors",
            ]
        },
        Migration("enrollment-4-actions") { dialect in
            [
                "ALTER TABLE enrollment_decisions ADD \(dialect.column("action", 20))",
                "ALTER TABLE enrollment_decisions ADD acts_on \(dialect.integer)",
                "CREATE INDEX enrollment_decisions_action ON enrollment_decisions (template, action)",
                "CREATE INDEX enrollment_decisions_concern ON enrollment_decisions (template, concern)",
                """
                CREATE TABLE departures (
                    \(dialect.column("template", 100)) NOT NULL, \(dialect.column("subscriber_id", 64)) NOT NULL,
                    noticed_at \(dialect.integer) NOT NULL,
                    PRIMARY KEY (template, subscriber_id))
                """,
                // Everybody is decided on anew.
                "DELETE FROM enrollment_cursors",
            ]
        },
        Migration("enrollment-5-incidents") { dialect in
            ["ALTER TABLE enrollment_decisions ADD incident \(dialect.integer)"]
        },
        ExceptionBook.migration,
    ]
}
