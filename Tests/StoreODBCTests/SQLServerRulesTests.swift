// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import TestSupport
import Testing

/// The rules that the product's statements are looked at by notice what SQL Server does not take.
@Suite struct SQLServerRulesTests {
    private static let tables = [
        """
        CREATE TABLE orders (id BIGINT NOT NULL PRIMARY KEY, held BIGINT NOT NULL, note NVARCHAR(MAX) COLLATE \
        Latin1_General_100_BIN2, reference NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL UNIQUE, sealed VARBINARY(MAX))
        """
    ]

    private func complaints(_ sql: String, _ values: [SQLValue]? = nil) -> [String] {
        var rules = SQLServerRules()
        for table in Self.tables { #expect(rules.complaints(table).isEmpty) }
        return rules.complaints(sql, values)
    }

    @Test(arguments: [
        "SELECT id FROM orders ORDER BY id LIMIT 5 OFFSET 0", "SELECT reference || 'x' AS both FROM orders",
        "SELECT id FROM orders OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY", "SELECT id FROM orders ORDER BY id OFFSET 5 ROWS",
        "SELECT id FROM orders WHERE id = 1 FOR UPDATE", "SELECT id FROM orders FOR UPDATE SKIP LOCKED",
        "INSERT INTO orders (id) VALUES (1) RETURNING id",
        "INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
        "INSERT INTO orders (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 2",
        "INSERT OR IGNORE INTO orders (id) VALUES (1)",
        "SELECT held = 1 AS held_now FROM orders", "SELECT id, note IS NULL AS bare FROM orders",
        "SELECT COUNT(*), EXISTS (SELECT 1 FROM orders) AS any_one FROM orders",
        "SELECT SUM(held = 1) AS n FROM orders",
        "UPDATE orders SET held = id > 5 WHERE id = 1", "SELECT id FROM orders WHERE held",
        "SELECT id FROM orders WHERE NOT held AND id = 1", "SELECT id FROM orders WHERE (id = 1 OR held) AND id < 9",
        "SELECT CASE WHEN held THEN 1 ELSE 0 END AS h FROM orders",
        "SELECT o.id FROM orders o LEFT JOIN orders p ON p.held",
        "SELECT id AS user FROM orders", "SELECT id FROM orders AS plan", "SELECT id FROM file",
        "INSERT INTO orders (id, key) VALUES (?, ?)", "UPDATE orders SET open = 1 WHERE id = 1",
        "CREATE TABLE t (id BIGINT NOT NULL, public BIGINT)", "CREATE TABLE t (id INTEGER NOT NULL)",
        "CREATE TABLE t (done BOOLEAN NOT NULL)", "CREATE TABLE t (note TEXT)", "CREATE TABLE t (note NVARCHAR(9))",
        "CREATE TABLE t (note VARCHAR(9) COLLATE Latin1_General_100_BIN2)", "CREATE TABLE t (note BLOB)",
        "CREATE TABLE IF NOT EXISTS t (id BIGINT)", "ALTER TABLE orders ADD COLUMN more BIGINT",
        "ALTER TABLE orders ADD more BIGINT NOT NULL", "CREATE INDEX i ON orders (note)",
        "CREATE TABLE t (a NVARCHAR(451) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY)",
        "CREATE TABLE t (a NVARCHAR(4001) COLLATE Latin1_General_100_BIN2)",
        "CREATE TABLE t (a NVARCHAR(9) COLLATE Latin1_General_100_BIN2 UNIQUE)", "CREATE INDEX i ON orders (nothing)",
        """
        CREATE TABLE t (a NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL, b NVARCHAR(451) COLLATE \
        Latin1_General_100_BIN2 NOT NULL, UNIQUE (a, b))
        """,
        "SELECT n FROM (SELECT COUNT(*) AS n FROM orders)", "SELECT n FROM (SELECT id AS n FROM orders ORDER BY id) t",
        "SELECT LENGTH(reference) AS n FROM orders", "SELECT MAX(id, held) AS n FROM orders",
        "SELECT id FROM orders WHERE id != 1", "SELECT id FROM orders WHERE held = TRUE",
        "SELECT id FROM orders; DELETE FROM orders", "SELECT id FROM orders WHERE reference = 'é'",
        "SELECT id FROM orders ORDER BY note NULLS LAST",
        "SELECT id FROM orders WITH (READPAST, HOLDLOCK) WHERE id = 1",
        "MERGE orders WITH (HOLDLOCK) AS t USING (VALUES (1)) AS s (id) ON t.id = s.id WHEN MATCHED THEN UPDATE SET held = 1",
        "MERGE orders AS t USING (VALUES (1)) AS s (id) ON t.id = s.id WHEN MATCHED THEN UPDATE SET held = 1;",
    ]) func whatItDoesNotTakeIsNoticed(_ sql: String) { #expect(!complaints(sql).isEmpty) }

    @Test func valuesAreLookedAt() {
        let insert = "INSERT INTO orders (id, held, reference, sealed) VALUES (?, ?, ?, ?)"
        #expect(complaints(insert, [1, 0, "cw", .blob([1])]).isEmpty)
        #expect(complaints(insert, [1, 0, "cw", nil]).isEmpty)
        #expect(!complaints(insert, [1, 0, "cw", "text"]).isEmpty)
        #expect(!complaints(insert, [1, 0, 5, nil]).isEmpty)
        #expect(!complaints(insert, [1, 0, "cw"]).isEmpty)
        // Forty characters, and more than forty units.
        #expect(!complaints(insert, [1, 0, .text(String(repeating: "🔑", count: 40)), nil]).isEmpty)
        #expect(!complaints("SELECT id FROM orders WHERE reference = ?", [1]).isEmpty)
        let places = Array(repeating: "?", count: 2099).joined(separator: ", ")
        #expect(!complaints("SELECT id FROM orders WHERE id IN (\(places))").isEmpty)
        let rows = Array(repeating: "(?)", count: 1001).joined(separator: ", ")
        #expect(!complaints("INSERT INTO orders (id) VALUES \(rows)").isEmpty)
    }

    @Test(arguments: [
        "SELECT id FROM orders WHERE (held = 1 OR (id > 5 AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = 4))) AND id IN (?, ?)",
        "SELECT CASE WHEN held = 1 THEN 'held' ELSE note END AS word, COUNT(*) AS n FROM orders GROUP BY note",
        "SELECT o.id FROM orders o LEFT JOIN orders p ON p.id = o.id AND CASE p.held WHEN 1 THEN 1 ELSE 0 END = 1",
        "SELECT id FROM orders WITH (UPDLOCK, ROWLOCK) WHERE id BETWEEN 1 AND 5 ORDER BY id OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY",
        "SELECT t.n FROM (SELECT COUNT(*) AS n FROM orders) t WHERE t.n > 1", "DELETE FROM orders WHERE id = 1",
        "SELECT id FROM orders WHERE LOWER(reference) LIKE ? ESCAPE '!'",
        "UPDATE orders SET held = held + 1, note = NULL WHERE id = ?",
    ]) func whatItTakesIsLeftAlone(_ sql: String) { #expect(complaints(sql) == []) }

    @Test func whatTheDialectWritesIsTaken() {
        let dialect = SQLDialect.sqlserver
        var rules = SQLServerRules()
        let statements =
            [
                dialect.createIfMissing(
                    "t", "\(dialect.column("k", 40)) NOT NULL PRIMARY KEY, v \(dialect.integer), b \(dialect.blob)"),
                dialect.upsert("t", ["k"], ["v", "b"]), "SELECT k FROM t ORDER BY k \(dialect.page(5, 2))",
                "SELECT k FROM t\(dialect.rowLock.hint) WHERE k = ?\(dialect.rowLock.clause)",
                "SELECT k FROM t\(dialect.skippingLock.hint) WHERE k = ?\(dialect.skippingLock.clause)",
                IdentifierSequence("t").creation, "SELECT \(dialect.now ?? "") AS now_there",
            ] + dialect.appendOnly("t")
        for statement in statements { #expect(rules.complaints(statement) == [], "\(statement)") }
    }
}
