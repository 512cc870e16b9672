// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// One row of what an engine's errors mean.
struct ServerFailureRule: Sendable {
    /// What is compared.
    enum Sign: Sendable, Hashable {
        /// The engine's number.
        case native(Int32)
        /// SQLSTATE, or its beginning.
        case state(String)
        /// SQLSTATE and part of the driver's text, where it gives no number: when it cannot connect.
        case text(String, String)
    }

    let sign: Sign
    let kind: ServerFailureKind
    /// Where it stands, or that it was seen.
    let source: String

    init(_ sign: Sign, _ kind: ServerFailureKind, _ source: String) {
        self.sign = sign
        self.kind = kind
        self.source = source
    }

    func matches(_ diagnostic: ODBCDiagnostic) -> Bool {
        switch sign {
        case .native(let number): diagnostic.native == number
        case .state(let state): diagnostic.state.hasPrefix(state)
        case .text(let state, let text): diagnostic.state == state && diagnostic.text.contains(text)
        }
    }
}

/// What an engine's errors mean: the first rule that fits the first record.
struct ServerFailureTable: Sendable {
    let rules: [ServerFailureRule]

    static func of(_ family: ServerAddress.Family) -> ServerFailureTable {
        switch family {
        case .mysql: mysql
        case .postgresql: postgresql
        case .sqlserver: sqlserver
        }
    }

    func kind(_ diagnostics: [ODBCDiagnostic]) -> ServerFailureKind {
        // Without a word the handle itself is useless, as after a loss that was reported before.
        guard let first = diagnostics.first else { return .lost }
        return rules.first { $0.matches(first) }?.kind ?? .other
    }

    /// What the driver manager says, whatever the engine (https://www.unixodbc.org).
    static let manager: [ServerFailureRule] = [
        .init(.text("01000", "Can't open lib"), .driverMissing, "seen, SQLSTATE 01000"),
        .init(.state("IM002"), .driverMissing, "ODBC: data source name not found"),
        .init(.state("IM003"), .driverMissing, "ODBC: driver could not be loaded"),
        .init(.state("IM004"), .driverMissing, "ODBC: driver's SQLAllocHandle failed"),
    ]

    /// What ODBC defines for all (https://learn.microsoft.com/sql/odbc/reference/appendixes/appendix-a-odbc-error-codes).
    static let common: [ServerFailureRule] = [
        .init(.state("08001"), .away, "ODBC"), .init(.state("08004"), .away, "ODBC"),
        .init(.state("HYT01"), .lost, "ODBC: connection timeout"), .init(.state("08"), .lost, "ODBC: class 08"),
        .init(.state("HYT00"), .statementTimeout, "ODBC"), .init(.state("HY008"), .statementTimeout, "ODBC: cancelled"),
        .init(.state("28"), .login, "ODBC"), .init(.state("40"), .deadlock, "ODBC: class 40"),
        .init(.state("23"), .constraint, "ODBC: class 23"), .init(.state("22001"), .tooLong, "ODBC"),
        .init(.state("42S01"), .exists, "ODBC"), .init(.state("42S11"), .exists, "ODBC"),
        .init(.state("42S21"), .exists, "ODBC"), .init(.state("42S"), .schema, "ODBC: class 42S"),
    ]
}
