// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension ServerFailureTable {
    private static let engine =
        "https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors"
    private static let azure = "https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues"

    /// SQL Server and Azure SQL, by number: many of theirs share a SQLSTATE. From the documentation: no server was met.
    static let sqlserver = ServerFailureTable(rules: manager + engineRules + azureRules + common)

    private static let engineRules: [ServerFailureRule] = [
        .init(.native(2627), .constraint, engine), .init(.native(2601), .constraint, engine),
        .init(.native(547), .constraint, engine), .init(.native(515), .constraint, engine),
        .init(.native(50001), .constraint, "the trigger of SQLDialect.sqlserver"),
        .init(.native(2628), .tooLong, engine), .init(.native(8152), .tooLong, engine),
        .init(.native(2714), .exists, engine), .init(.native(1913), .exists, engine),
        .init(.native(2705), .exists, engine),
        .init(.native(1205), .deadlock, engine), .init(.native(3960), .deadlock, engine),
        .init(.native(3961), .deadlock, engine), .init(.native(1222), .lockTimeout, engine),
        .init(.native(3906), .readOnly, engine), .init(.native(3908), .readOnly, engine),
        .init(.native(976), .readOnly, engine), .init(.native(978), .readOnly, engine),
        .init(.native(1105), .full, engine), .init(.native(1101), .full, engine), .init(.native(9002), .full, engine),
        .init(.native(18456), .login, engine), .init(.native(4060), .login, engine),
        .init(.native(229), .permission, engine), .init(.native(262), .permission, engine),
        .init(.native(297), .permission, engine), .init(.native(2760), .permission, engine),
        .init(.native(208), .schema, engine), .init(.native(207), .schema, engine),
        .init(.native(102), .schema, engine),
        .init(.native(3952), .schema, engine),
        .init(.native(823), .corrupt, engine), .init(.native(824), .corrupt, engine),
        .init(.text("08001", "certificate verify failed"), .certificate, "msodbcsql18, OpenSSL's words"),
        .init(.text("08001", "SSL Provider"), .certificate, "msodbcsql18"),
    ]

    /// Those that pass by themselves, most within a minute.
    private static let azureRules: [ServerFailureRule] =
        [
            40613, 40197, 40501, 49918, 49919, 49920, 4221, 615, 926, 10928, 10929, 40143, 40540, 233, 64, 10053, 10054,
            10060,
        ].map { .init(.native($0), .lost, azure) } + [.init(.native(40544), .full, azure)]
}
