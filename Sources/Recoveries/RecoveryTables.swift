// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// The tables of this room; all nodes share them.
public enum RecoveryTables {
    static let recoveryIDs = IdentifierSequence("recoveries")
    static let drillIDs = IdentifierSequence("key_drills")

    public static let migrations: [Migration] = [
        Migration("recoveries-1") { sql in
            [
                """
                CREATE TABLE recoveries (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    \(sql.column("kind", 20)) NOT NULL,
                    certificate_id \(sql.integer) NOT NULL,
                    order_id \(sql.integer) NOT NULL,
                    \(sql.column("serial_number", 100)) NOT NULL,
                    \(sql.column("subscriber", 320)) NOT NULL,
                    \(sql.column("subscriber_id", 64)) NOT NULL,
                    \(sql.column("requester", 320)) NOT NULL,
                    \(sql.column("requester_id", 64)),
                    purpose \(sql.longText) NOT NULL,
                    approvals \(sql.integer) NOT NULL,
                    \(sql.column("state", 20)) NOT NULL,
                    created_at \(sql.integer) NOT NULL,
                    lapses_at \(sql.integer) NOT NULL,
                    \(sql.column("decider", 320)),
                    \(sql.column("decider_id", 64)),
                    decided_at \(sql.integer),
                    cause \(sql.longText),
                    fetched_at \(sql.integer),
                    agent \(sql.longText),
                    \(sql.column("agent_fingerprint", 64)),
                    password_package \(sql.integer))
                """,
                recoveryIDs.creation,
                "CREATE INDEX recoveries_state ON recoveries (state, lapses_at)",
                "CREATE INDEX recoveries_order ON recoveries (order_id)",
                """
                CREATE TABLE key_drills (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    occurred_at \(sql.integer) NOT NULL,
                    \(sql.column("actor", 320)) NOT NULL,
                    \(sql.column("agent", 100)) NOT NULL,
                    \(sql.column("agent_fingerprint", 64)) NOT NULL,
                    archived \(sql.integer) NOT NULL,
                    sampled \(sql.integer) NOT NULL,
                    opened \(sql.integer) NOT NULL,
                    failures \(sql.longText) NOT NULL)
                """,
                drillIDs.creation,
            ]
        }
    ]
}
