// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// Tables of requests to the API: what was asked once and must not be done twice, and what goes on behind an answer.
public enum RequestMigrations {
    public static let all: [Migration] = [
        Migration("gateway-1-requests") { sql in
            [
                """
                CREATE TABLE repeated_requests (
                    \(sql.column("request_key", 64)) NOT NULL PRIMARY KEY,
                    \(sql.column("digest", 64)) NOT NULL,
                    \(sql.column("owner", 100)) NOT NULL,
                    status \(sql.integer),
                    headers \(sql.longText) NOT NULL,
                    body \(sql.longText) NOT NULL,
                    created_at \(sql.integer) NOT NULL)
                """,
                "CREATE INDEX repeated_requests_age ON repeated_requests (created_at)",
                """
                CREATE TABLE long_operations (
                    \(sql.column("id", 64)) NOT NULL PRIMARY KEY,
                    \(sql.column("kind", 60)) NOT NULL,
                    \(sql.column("actor", 320)) NOT NULL,
                    \(sql.column("state", 20)) NOT NULL,
                    done_parts \(sql.integer) NOT NULL,
                    all_parts \(sql.integer) NOT NULL,
                    problem \(sql.longText),
                    result \(sql.longText),
                    cancel_requested \(sql.integer) NOT NULL,
                    created_at \(sql.integer) NOT NULL,
                    updated_at \(sql.integer) NOT NULL)
                """,
                "CREATE INDEX long_operations_age ON long_operations (updated_at)",
            ]
        },
        Migration("gateway-2-owners") { sql in
            ["ALTER TABLE long_operations ADD \(sql.column("owner_id", 64))"]
        },
    ]
}
