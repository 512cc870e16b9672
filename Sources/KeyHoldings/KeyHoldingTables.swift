// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// The table of which key is to be, and is, on whose devices.
public enum KeyHoldingTables {
    /// `next_action_at` is null where nothing is to be done, so that what is due reads one index range.
    public static let migrations: [Migration] = [
        Migration("key-holdings-1") { sql in
            [
                """
                CREATE TABLE key_holdings (
                    certificate_id \(sql.integer) NOT NULL,
                    \(sql.column("person_id", 64)) NOT NULL,
                    \(sql.column("user_principal_name", 320)) NOT NULL,
                    \(sql.column("owner_id", 64)) NOT NULL,
                    \(sql.column("template", 100)) NOT NULL,
                    wanted \(sql.integer) NOT NULL,
                    \(sql.column("actual", 20)) NOT NULL,
                    \(sql.column("connector", 64)),
                    reached \(sql.integer) NOT NULL,
                    since \(sql.integer) NOT NULL,
                    delivered_at \(sql.integer),
                    next_action_at \(sql.integer),
                    failures \(sql.integer) NOT NULL,
                    problem \(sql.longText),
                    PRIMARY KEY (certificate_id, person_id),
                    FOREIGN KEY (certificate_id) REFERENCES certificates (id))
                """,
                "CREATE INDEX key_holdings_due ON key_holdings (next_action_at)",
                "CREATE INDEX key_holdings_person ON key_holdings (person_id, wanted)",
                "CREATE INDEX key_holdings_owner ON key_holdings (owner_id, reached)",
                "CREATE INDEX key_holdings_template ON key_holdings (template, wanted, actual)",
            ]
        },
        // Of keys that are not at hand it was not asked whether Intune holds them: they are looked at once more.
        Migration("key-holdings-2-look-again") { _ in
            [
                """
                UPDATE key_holdings SET next_action_at = since, problem = NULL, failures = 0 \
                WHERE wanted = 1 AND next_action_at IS NULL AND problem IS NOT NULL
                """
            ]
        },
        // Under which name Intune has it, and whose the name became while it was there.
        Migration("key-holdings-3-names") { sql in
            ["filed_as", "exposed_to"].map { "ALTER TABLE key_holdings ADD \(sql.column($0, 320))" }
                + ["UPDATE key_holdings SET filed_as = user_principal_name WHERE reached = 1"]
        },
    ]
}
