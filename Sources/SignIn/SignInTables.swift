// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// The tables of sessions and tokens; all nodes share them.
public enum SignInTables {
    static let tokenIDs = IdentifierSequence("api_tokens")

    public static let migrations: [Migration] = [
        Migration("sign-in-1-tokens-and-sessions") { sql in
            [
                """
                CREATE TABLE api_tokens (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    \(sql.column("hash", 64)) NOT NULL UNIQUE,
                    \(sql.column("name", 100)) NOT NULL,
                    \(sql.column("role", 40)) NOT NULL,
                    \(sql.column("kind", 20)) NOT NULL,
                    created_at \(sql.integer) NOT NULL,
                    \(sql.column("created_by", 320)) NOT NULL,
                    ends_at \(sql.integer) NOT NULL,
                    used_at \(sql.integer),
                    revoked_at \(sql.integer),
                    \(sql.column("revoked_by", 320)))
                """,
                tokenIDs.creation,
                """
                CREATE TABLE console_sessions (
                    \(sql.column("hash", 64)) NOT NULL PRIMARY KEY,
                    \(sql.column("name", 320)) NOT NULL,
                    \(sql.column("object_id", 64)),
                    grants \(sql.longText) NOT NULL,
                    token_id \(sql.integer),
                    \(sql.column("tenant_session", 200)),
                    logout_hint \(sql.longText),
                    created_at \(sql.integer) NOT NULL,
                    seen_at \(sql.integer) NOT NULL,
                    idle_ends_at \(sql.integer) NOT NULL,
                    ends_at \(sql.integer) NOT NULL)
                """,
                "CREATE INDEX console_sessions_person ON console_sessions (object_id)",
                "CREATE INDEX console_sessions_token ON console_sessions (token_id)",
                "CREATE INDEX console_sessions_tenant ON console_sessions (tenant_session)",
                "CREATE INDEX console_sessions_end ON console_sessions (ends_at)",
            ]
        },
        Migration("sign-in-2-authenticated-at") { sql in
            ["ALTER TABLE console_sessions ADD authenticated_at \(sql.integer)"]
        },
        Migration("sign-in-3-tokens-of-tokens") { sql in
            [
                "ALTER TABLE api_tokens ADD \(sql.column("creator_id", 64))",
                "ALTER TABLE api_tokens ADD parent_id \(sql.integer)",
            ]
        },
    ]
}
