// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension SQLDialect {
    /// PostgreSQL 12 and newer (https://www.postgresql.org/docs/current/sql-commands.html).
    public static let postgresql: SQLDialect = {
        var dialect = statements
        dialect.rowLock = SQLRowLock(clause: " FOR UPDATE")
        dialect.skippingLock = SQLRowLock(clause: " FOR UPDATE SKIP LOCKED")
        // Not now(), which is when the transaction began.
        dialect.now = "CAST(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000 AS BIGINT)"
        return dialect
    }()

    private static let statements = SQLDialect(
        name: "postgresql", integer: "BIGINT", text: { "VARCHAR(\($0)) COLLATE \"C\"" },
        longText: "TEXT COLLATE \"C\"", blob: "BYTEA",
        createIfMissing: sqlite.createIfMissing, upsert: sqlite.upsert, page: sqlite.page,
        appendOnly: { table in
            [
                """
                CREATE FUNCTION \(table)_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
                'BEGIN RAISE EXCEPTION ''\(table) is append-only''; END'
                """,
                """
                CREATE TRIGGER \(table)_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON \(table) \
                FOR EACH STATEMENT EXECUTE FUNCTION \(table)_is_append_only()
                """,
            ]
        })
}
