// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// The table of one-time packages; all nodes share it.
public enum PackageTables {
    static let ids = IdentifierSequence("one_time_packages")

    public static let migrations: [Migration] = [
        Migration("hand-over-1-packages") { sql in
            [
                """
                CREATE TABLE one_time_packages (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    \(sql.column("hash", 64)) NOT NULL UNIQUE,
                    \(sql.column("purpose", 40)) NOT NULL,
                    \(sql.column("about", 200)) NOT NULL,
                    \(sql.column("recipient", 330)) NOT NULL,
                    \(sql.column("recipient_name", 320)) NOT NULL,
                    needs_recipient \(sql.integer) NOT NULL,
                    \(sql.column("file_name", 200)) NOT NULL,
                    \(sql.column("media_type", 100)) NOT NULL,
                    hints \(sql.longText) NOT NULL,
                    \(sql.column("offered_by", 320)) NOT NULL,
                    offered_at \(sql.integer) NOT NULL,
                    ends_at \(sql.integer) NOT NULL,
                    wrong_attempts \(sql.integer) NOT NULL,
                    most_wrong_attempts \(sql.integer) NOT NULL,
                    content \(sql.blob),
                    \(sql.column("ending", 20)),
                    ended_at \(sql.integer),
                    \(sql.column("ended_by", 320)))
                """,
                ids.creation,
                "CREATE INDEX one_time_packages_recipient ON one_time_packages (recipient)",
                "CREATE INDEX one_time_packages_about ON one_time_packages (about)",
                "CREATE INDEX one_time_packages_end ON one_time_packages (ends_at)",
            ]
        }
    ]
}
