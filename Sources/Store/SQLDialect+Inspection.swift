// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension SQLDialect {
    /// Asks an engine about itself; engines agree on none of it.
    public struct Inspection: Sendable {
        /// Gives the version as the engine names it, its numbers first.
        public let version: String
        /// Gives the bytes that the database takes; nil where the rights for it are not everybody's.
        public let size: String?
        /// Gives the isolation of the transaction it runs in; nil where there is one only.
        public let isolation: String?
    }

    public var inspection: Inspection {
        switch name {
        case "mariadb", "mysql":
            Inspection(
                version: "SELECT VERSION()",
                size:
                    "SELECT SUM(data_length + index_length) FROM information_schema.tables WHERE table_schema = DATABASE()",
                isolation: name == "mariadb" ? "SELECT @@tx_isolation" : "SELECT @@transaction_isolation")
        case "postgresql":
            Inspection(
                version: "SHOW server_version", size: "SELECT pg_database_size(current_database())",
                isolation: "SELECT current_setting('transaction_isolation')")
        case "sqlserver":
            Inspection(
                version: "SELECT CAST(SERVERPROPERTY('ProductVersion') AS NVARCHAR(128))",
                size: "SELECT SUM(CAST(size AS BIGINT)) * 8192 FROM sys.database_files",
                isolation:
                    """
                    SELECT CASE transaction_isolation_level WHEN 1 THEN 'READ UNCOMMITTED' WHEN 2 THEN 'READ COMMITTED' \
                    WHEN 3 THEN 'REPEATABLE READ' WHEN 4 THEN 'SERIALIZABLE' ELSE 'SNAPSHOT' END \
                    FROM sys.dm_exec_sessions WHERE session_id = @@SPID
                    """)
        default:
            Inspection(
                version: "SELECT sqlite_version()",
                size: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", isolation: nil)
        }
    }
}
