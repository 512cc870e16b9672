// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Words that SQL Server keeps for itself (https://learn.microsoft.com/sql/t-sql/language-elements/reserved-keywords-transact-sql).
enum SQLServerNames {
    static let reserved = Set(
        """
        ADD ALL ALTER AND ANY AS ASC AUTHORIZATION BACKUP BEGIN BETWEEN BREAK BROWSE BULK BY CASCADE CASE CHECK CHECKPOINT \
        CLOSE CLUSTERED COALESCE COLLATE COLUMN COMMIT COMPUTE CONSTRAINT CONTAINS CONTAINSTABLE CONTINUE CONVERT CREATE \
        CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURSOR DATABASE DBCC DEALLOCATE DECLARE \
        DEFAULT DELETE DENY DESC DISK DISTINCT DISTRIBUTED DOUBLE DROP DUMP ELSE END ERRLVL ESCAPE EXCEPT EXEC EXECUTE \
        EXISTS EXIT EXTERNAL FETCH FILE FILLFACTOR FOR FOREIGN FREETEXT FREETEXTTABLE FROM FULL FUNCTION GOTO GRANT GROUP \
        HAVING HOLDLOCK IDENTITY IDENTITY_INSERT IDENTITYCOL IF IN INDEX INNER INSERT INTERSECT INTO IS JOIN KEY KILL LEFT \
        LIKE LINENO LOAD MERGE NATIONAL NOCHECK NONCLUSTERED NOT NULL NULLIF OF OFF OFFSETS ON OPEN OPENDATASOURCE OPENQUERY \
        OPENROWSET OPENXML OPTION OR ORDER OUTER OVER PERCENT PIVOT PLAN PRECISION PRIMARY PRINT PROC PROCEDURE PUBLIC \
        RAISERROR READ READTEXT RECONFIGURE REFERENCES REPLICATION RESTORE RESTRICT RETURN REVERT REVOKE RIGHT ROLLBACK \
        ROWCOUNT ROWGUIDCOL RULE SAVE SCHEMA SECURITYAUDIT SELECT SESSION_USER SET SETUSER SHUTDOWN SOME STATISTICS \
        SYSTEM_USER TABLE TABLESAMPLE TEXTSIZE THEN TO TOP TRAN TRANSACTION TRIGGER TRUNCATE TRY_CONVERT TSEQUAL UNION \
        UNIQUE UNPIVOT UPDATE UPDATETEXT USE USER VALUES VARYING VIEW WAITFOR WHEN WHERE WHILE WITH WITHIN WRITETEXT
        """.split(separator: " ").map(String.init))
    private static let constraints: Set = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT"]

    /// Names that are words of the language.
    static func complaints(_ tokens: [SQLToken]) -> [String] {
        var names: [String] = []
        let isTable = tokens.contains { $0.is("TABLE") } && tokens.contains { $0.is("CREATE", "ALTER") }
        for (index, token) in tokens.enumerated() where token.kind == .word && index > 0 {
            let before = tokens[index - 1]
            let isTrigger = tokens.contains { $0.is("TRIGGER") }
            if before.is("FROM", "JOIN", "INTO", "TABLE", ".") || (before.is("AS") && !isTrigger) {
                names.append(token.text)
            }
            if before.is("UPDATE"), index == 1 { names.append(token.text) }
            // Columns that are defined, or listed for an INSERT.
            if isTable, token.depth == 1, before.text == "(" || before.text == ",", !constraints.contains(token.text) {
                names.append(token.text)
            }
            if isTable, before.is("ADD") { names.append(token.text) }
        }
        if tokens.first?.is("INSERT") == true, tokens.count > 3, tokens[3].text == "(" {
            names += tokens[3...].prefix { $0.text != ")" }.filter { $0.kind == .word }.map(\.text)
        }
        if tokens.first?.is("UPDATE") == true {
            names += tokens.indices.dropFirst().filter { tokens[$0].text == "=" && tokens[$0 - 1].kind == .word }
                .map { tokens[$0 - 1].text }.filter { $0 != "END" }
        }
        return Set(names).intersection(reserved).sorted().map { "\($0) is a reserved word" }
    }
}
