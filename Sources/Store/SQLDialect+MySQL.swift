// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension SQLDialect {
    /// MariaDB 10.6 and newer (https://mariadb.com/kb/en/sql-statements/).
    public static let mariadb = mysqlFamily("mariadb", collation: "utf8mb4_nopad_bin")

    /// MySQL 8 and newer (https://dev.mysql.com/doc/refman/8.4/en/sql-statements.html), where the collation that compares byte
    /// by byte and takes blanks at the end for what they are has another name.
    public static let mysql = mysqlFamily("mysql", collation: "utf8mb4_0900_bin")

    private static func mysqlFamily(_ name: String, collation: String) -> SQLDialect {
        let letters = "CHARACTER SET utf8mb4 COLLATE \(collation)"
        var dialect = SQLDialect(
            name: name, integer: "BIGINT", text: { "VARCHAR(\($0)) \(letters)" }, longText: "LONGTEXT \(letters)",
            blob: "LONGBLOB", createIfMissing: sqlite.createIfMissing,
            upsert: { table, key, values in
                // VALUES(…) is deprecated by MySQL, but its successor, a name for the new row, is an error on MariaDB.
                insert(table, key + values) + " ON DUPLICATE KEY UPDATE "
                    + values.map { "\($0) = VALUES(\($0))" }.joined(separator: ", ")
            },
            page: sqlite.page,
            appendOnly: { table in
                ["UPDATE", "DELETE"].map { action in
                    """
                    CREATE TRIGGER \(table)_no_\(action.lowercased()) BEFORE \(action) ON \(table) FOR EACH ROW \
                    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '\(table) is append-only'
                    """
                }
            })
        dialect.rowLock = SQLRowLock(clause: " FOR UPDATE")
        dialect.skippingLock = SQLRowLock(clause: " FOR UPDATE SKIP LOCKED")
        dialect.now = "CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS SIGNED)"
        dialect.commitsDefinitions = true
        return dialect
    }

    /// `INSERT INTO table (columns) VALUES (?, …)`.
    static func insert(_ table: String, _ columns: [String]) -> String {
        "INSERT INTO \(table) (\(columns.joined(separator: ", "))) "
            + "VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
    }
}
