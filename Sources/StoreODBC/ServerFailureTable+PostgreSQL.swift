// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension ServerFailureTable {
    private static let manual = "https://www.postgresql.org/docs/current/errcodes-appendix.html"
    private static let seen = "seen, PostgreSQL 15"

    /// PostgreSQL by SQLSTATE: the number is nearly always 1. Why it could not connect stands in the text alone.
    static let postgresql = ServerFailureTable(rules: manager + postgresqlRules + common)

    private static let postgresqlRules: [ServerFailureRule] = [
        .init(.state("23"), .constraint, seen), .init(.state("P0001"), .constraint, seen),
        .init(.state("22003"), .constraint, manual), .init(.state("22021"), .constraint, manual),
        .init(.state("22001"), .tooLong, seen), .init(.state("54000"), .tooLong, manual),
        .init(.state("42P07"), .exists, seen), .init(.state("42701"), .exists, manual),
        .init(.state("42710"), .exists, manual), .init(.state("42723"), .exists, manual),
        .init(.state("40"), .deadlock, seen),
        .init(.state("55P03"), .lockTimeout, seen), .init(.state("55006"), .lockTimeout, manual),
        .init(.state("57014"), .statementTimeout, seen),
        .init(.state("0A000"), .stalePlan, seen), .init(.state("26000"), .stalePlan, manual),
        .init(.state("25006"), .readOnly, seen),
        .init(.state("53100"), .full, seen), .init(.state("53200"), .full, manual),
        .init(.state("53300"), .away, manual),
        .init(.state("57P03"), .away, manual), .init(.state("57P"), .lost, seen), .init(.state("25P03"), .lost, seen),
        .init(.text("HY000", "connection has been lost"), .lost, seen),
        .init(.text("HY000", "closed unexpectedly"), .lost, seen),
        .init(.text("HY000", "terminating connection"), .lost, seen),
        .init(.text("08001", "authentication failed"), .login, seen),
        .init(.text("08001", "no pg_hba.conf entry"), .login, manual),
        .init(.state("28"), .login, manual), .init(.state("3D000"), .login, manual),
        .init(.text("08001", "does not exist"), .login, manual),
        .init(.text("08001", "certificate"), .certificate, seen),
        .init(.text("08001", "does not support SSL"), .certificate, seen),
        .init(.text("08001", "SSL error"), .certificate, seen),
        .init(.state("42501"), .permission, seen),
        .init(.state("42P01"), .schema, manual), .init(.state("42703"), .schema, manual),
        .init(.state("42601"), .schema, manual), .init(.state("42804"), .schema, manual),
        .init(.state("42883"), .schema, manual), .init(.state("42P"), .schema, manual),
        .init(.state("XX001"), .corrupt, manual), .init(.state("XX002"), .corrupt, manual),
        .init(.state("58"), .corrupt, manual),
    ]
}
