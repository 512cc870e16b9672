// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Testing

@testable import StoreODBC

/// Rules of the engines that no server of this machine can check.
@Suite struct ServerDialectTests {
    @Test func sqlServersStatementsKeepItsRules() {
        let dialect = SQLDialect.sqlserver
        let merge = dialect.upsert("t", ["k1", "k2"], ["v1", "v2"])
        // MERGE is the one statement that must end in a semicolon, and races without HOLDLOCK.
        #expect(
            merge == "MERGE t WITH (HOLDLOCK) AS t USING (VALUES (?, ?, ?, ?)) AS s (k1, k2, v1, v2) "
                + "ON t.k1 = s.k1 AND t.k2 = s.k2 WHEN MATCHED THEN UPDATE SET v1 = s.v1, v2 = s.v2 "
                + "WHEN NOT MATCHED THEN INSERT (k1, k2, v1, v2) VALUES (s.k1, s.k2, s.v1, s.v2);")
        #expect(dialect.page(10, 20) == "OFFSET 20 ROWS FETCH NEXT 10 ROWS ONLY")
        // Not a code page: emoji would be lost.
        #expect(dialect.text(100).hasPrefix("NVARCHAR(100) COLLATE") && dialect.longText.hasPrefix("NVARCHAR(MAX)"))
        #expect(dialect.rowLock.hint.hasPrefix(" WITH (UPDLOCK") && dialect.rowLock.clause.isEmpty)
        #expect(dialect.skippingLock.hint.contains("READPAST"))
        // One statement a batch, and alone in it.
        #expect(dialect.appendOnly("t").count == 1)
        #expect(
            dialect.appendOnly("t")[0].hasPrefix("CREATE TRIGGER t_no_change ON t INSTEAD OF UPDATE, DELETE AS THROW"))
        #expect(dialect.createIfMissing("t", "a INT") == "IF OBJECT_ID(N't', N'U') IS NULL CREATE TABLE t (a INT)")
    }

    /// The collation that compares byte by byte has another name on each of the two, and no name on the other.
    @Test func mysqlAndMariaDBDifferInTheirCollation() {
        #expect(SQLDialect.mysql.text(10) == "VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin")
        #expect(SQLDialect.mariadb.text(10) == "VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin")
        #expect(SQLDialect.mysql.upsert("t", ["k"], ["v"]) == SQLDialect.mariadb.upsert("t", ["k"], ["v"]))
    }

    @Test func sessionsReadOneSnapshotAndWriteReadCommitted() {
        for (dialect, family) in [
            (SQLDialect.mariadb, ServerAddress.Family.mysql), (.mysql, .mysql), (.postgresql, .postgresql),
            (.sqlserver, .sqlserver),
        ] {
            func session(_ session: ServerSession) -> String {
                session.statements(dialect, family, ODBCDatabase.Options()).joined(separator: "\n")
            }
            #expect(session(.writing).contains("READ COMMITTED"))
            #expect(session(.reading).contains(family == .sqlserver ? "SNAPSHOT" : "REPEATABLE READ"))
        }
        let mysql = ServerSession.writing.statements(.mysql, .mysql, ODBCDatabase.Options())
        #expect(mysql.contains("SET SESSION max_execution_time = 60000"))
        #expect(mysql.allSatisfy { !$0.contains("max_statement_time") })
    }
}
