// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension ServerFailureTable {
    private static let mariadb = "https://mariadb.com/kb/en/mariadb-error-code-reference/"
    private static let mysqlManual = "https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html"
    private static let client = "https://dev.mysql.com/doc/mysql-errors/8.4/en/client-error-reference.html"
    private static let seen = "seen, MariaDB 10.11"

    /// MySQL and MariaDB, by number: their SQLSTATE is HY000 for most. 1205 is not what it is on SQL Server.
    static let mysql = ServerFailureTable(rules: manager + mysqlRules + common)

    private static let mysqlRules: [ServerFailureRule] = [
        .init(.native(1062), .constraint, seen), .init(.native(1586), .constraint, mariadb),
        .init(.native(1451), .constraint, seen), .init(.native(1452), .constraint, seen),
        .init(.native(1216), .constraint, mariadb), .init(.native(1217), .constraint, mariadb),
        .init(.native(1048), .constraint, seen), .init(.native(1364), .constraint, mariadb),
        .init(.native(4025), .constraint, "MariaDB: CHECK"), .init(.native(3819), .constraint, "MySQL: CHECK"),
        .init(.native(1644), .constraint, seen), .init(.native(1264), .constraint, mariadb),
        .init(.native(1366), .constraint, mariadb),
        .init(.native(1406), .tooLong, seen), .init(.native(1153), .tooLong, seen),
        .init(.native(1301), .tooLong, mariadb), .init(.native(2020), .tooLong, client),
        .init(.native(1050), .exists, seen), .init(.native(1060), .exists, mariadb),
        .init(.native(1061), .exists, seen),
        .init(.native(1359), .exists, mariadb), .init(.native(1826), .exists, mariadb),
        .init(.native(1213), .deadlock, seen), .init(.native(1020), .deadlock, seen),
        .init(.native(3101), .deadlock, mysqlManual), .init(.native(1047), .away, "Galera: node not in the cluster"),
        .init(.native(1205), .lockTimeout, seen), .init(.native(3572), .lockTimeout, mysqlManual),
        .init(.native(1969), .statementTimeout, seen), .init(.native(3024), .statementTimeout, mysqlManual),
        .init(.native(1317), .statementTimeout, seen),
        .init(.native(2057), .stalePlan, seen), .init(.native(1615), .stalePlan, mariadb),
        .init(.native(1290), .readOnly, seen), .init(.native(1836), .readOnly, mariadb),
        .init(.native(1792), .readOnly, mariadb),
        .init(.native(1114), .full, seen), .init(.native(1021), .full, mariadb),
        .init(.native(2006), .lost, seen), .init(.native(2013), .lost, seen), .init(.native(2055), .lost, client),
        .init(.native(1053), .lost, mariadb), .init(.native(1927), .lost, mariadb),
        .init(.native(4031), .lost, mysqlManual),
        .init(.native(1077), .lost, mariadb), .init(.native(1152), .lost, mariadb),
        .init(.native(1158), .lost, mariadb),
        .init(.native(1159), .lost, mariadb), .init(.native(1160), .lost, mariadb),
        .init(.native(1161), .lost, mariadb),
        .init(.native(2002), .away, seen), .init(.native(2003), .away, client), .init(.native(2005), .away, seen),
        .init(.native(1040), .away, mariadb), .init(.native(1203), .away, mariadb),
        .init(.native(1226), .away, mariadb),
        .init(.native(2012), .away, client), .init(.native(2026), .certificate, seen),
        .init(.native(1045), .login, seen), .init(.native(1698), .login, mariadb),
        .init(.native(1049), .login, mariadb),
        .init(.native(1044), .permission, mariadb), .init(.native(1142), .permission, mariadb),
        .init(.native(1143), .permission, mariadb), .init(.native(1227), .permission, mariadb),
        .init(.native(1370), .permission, mariadb), .init(.native(1419), .permission, seen),
        .init(.native(1146), .schema, mariadb), .init(.native(1054), .schema, mariadb),
        .init(.native(1064), .schema, seen),
        .init(.native(1034), .corrupt, mariadb), .init(.native(1194), .corrupt, mariadb),
        .init(.native(1877), .corrupt, mariadb),
    ]
}
