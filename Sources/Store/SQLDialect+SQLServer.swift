// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension SQLDialect {
    /// SQL Server 2016 and newer, and Azure SQL
    /// (https://learn.microsoft.com/sql/t-sql/statements/statements). Written from the documentation: no server was met.
    public static let sqlserver: SQLDialect = {
        var dialect = transactSQL
        dialect.rowLock = SQLRowLock(hint: " WITH (UPDLOCK, ROWLOCK)")
        dialect.skippingLock = SQLRowLock(hint: " WITH (UPDLOCK, READPAST, ROWLOCK)")
        dialect.now = "DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME())"
        dialect.lengthUnit = .utf16
        return dialect
    }()

    private static let transactSQL = SQLDialect(
        name: "sqlserver", integer: "BIGINT", text: { "NVARCHAR(\($0)) COLLATE Latin1_General_100_BIN2" },
        longText: "NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2", blob: "VARBINARY(MAX)",
        createIfMissing: { "IF OBJECT_ID(N'\($0)', N'U') IS NULL CREATE TABLE \($0) (\($1))" },
        upsert: { table, key, values in
            // HOLDLOCK, or two sessions that find no row both insert one. The semicolon is part of the statement.
            """
            MERGE \(table) WITH (HOLDLOCK) AS t \
            USING (VALUES (\((key + values).map { _ in "?" }.joined(separator: ", ")))) \
            AS s (\((key + values).joined(separator: ", "))) \
            ON \(key.map { "t.\($0) = s.\($0)" }.joined(separator: " AND ")) \
            WHEN MATCHED THEN UPDATE SET \(values.map { "\($0) = s.\($0)" }.joined(separator: ", ")) \
            WHEN NOT MATCHED THEN INSERT (\((key + values).joined(separator: ", "))) \
            VALUES (\((key + values).map { "s.\($0)" }.joined(separator: ", ")));
            """
        },
        page: { "OFFSET \($1) ROWS FETCH NEXT \($0) ROWS ONLY" },
        appendOnly: { table in
            [
                """
                CREATE TRIGGER \(table)_no_change ON \(table) INSTEAD OF UPDATE, DELETE AS \
                THROW 50001, '\(table) is append-only', 1;
                """
            ]
        })
}
