// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// The text that names a server to the driver manager, built from `ServerAddress`. It holds the password.
struct ConnectionText {
    /// The driver as odbcinst.ini calls it, and the package that brings it.
    struct Driver {
        let name: String
        /// The next step when it is missing.
        let installation: String
    }

    private(set) var text = ""

    /// - Parameters:
    ///   - password: nil where something else identifies us, such as an access token.
    ///   - options: for the limits that only this text can set.
    /// - Throws: `StoreError` for a name that the driver cannot be told.
    init(_ address: ServerAddress, password: String?, options: ODBCDatabase.Options) throws(StoreError) {
        if address.family == .postgresql { try Self.requirePlain(address) }
        add("Driver", address.driver ?? Self.driver(address.family).name)
        switch address.family {
        case .mysql: addMySQL(address, options)
        case .postgresql: addPostgreSQL(address, options)
        case .sqlserver: addSQLServer(address)
        }
        if !address.user.isEmpty { add("Uid", address.user) }
        if let password { add("Pwd", password) }
    }

    static func driver(_ family: ServerAddress.Family) -> Driver {
        switch family {
        case .mysql: Driver(name: "MariaDB Unicode", installation: "apt-get install odbc-mariadb")
        case .postgresql: Driver(name: "PostgreSQL Unicode", installation: "apt-get install odbc-postgresql")
        case .sqlserver:
            Driver(
                name: "ODBC Driver 18 for SQL Server",
                installation:
                    "install Microsoft's package msodbcsql18 (https://learn.microsoft.com/sql/connect/odbc/linux-mac)"
            )
        }
    }

    /// Where Debian keeps what the system trusts. The drivers have no word for "as the system does".
    private static let systemCertificates = "/etc/ssl/certs/ca-certificates.crt"

    /// (https://mariadb.com/kb/en/about-mariadb-connector-odbc/)
    private mutating func addMySQL(_ address: ServerAddress, _ options: ODBCDatabase.Options) {
        add("Server", address.host)
        // Or `localhost` would be a socket file.
        add("TCPIP", "1")
        add("Port", String(address.port))
        add("Database", address.database)
        // Rows that matched, not rows that became different.
        add("OPTION", "2")
        add("CONN_TIMEOUT", Self.seconds(options.loginTimeout))
        add("READ_TIMEOUT", Self.seconds(options.statementTimeout + options.grace))
        add("WRITE_TIMEOUT", Self.seconds(options.statementTimeout + options.grace))
        guard address.usesTLS else { return }
        add("FORCETLS", "1")
        // Without it the chain is checked and the name is not.
        add("SSLVERIFY", "1")
        add("SSLCA", address.certificateAuthorities ?? Self.systemCertificates)
    }

    /// (https://odbc.postgresql.org/docs/config.html; pqopt is handed to libpq)
    private mutating func addPostgreSQL(_ address: ServerAddress, _ options: ODBCDatabase.Options) {
        add("Servername", address.host)
        add("Port", String(address.port))
        add("Database", address.database)
        add("SSLmode", address.usesTLS ? "verify-full" : "disable")
        // No savepoint around each statement: an error ends the transaction, and we roll it back at once.
        add("Protocol", "7.4-0")
        // Debian's entry writes log files into the temporary folder.
        add("CommLog", "0")
        add("Debug", "0")
        add("BoolsAsChar", "0")
        var library = ["connect_timeout=\(max(2, Int(Self.seconds(options.loginTimeout)) ?? 2))", "keepalives_idle=30"]
        if address.usesTLS {
            library.append("sslrootcert=\(Self.quoted(address.certificateAuthorities ?? Self.systemCertificates))")
        }
        add("pqopt", library.joined(separator: " "))
    }

    /// (https://learn.microsoft.com/sql/connect/odbc/dsn-connection-string-attribute)
    private mutating func addSQLServer(_ address: ServerAddress) {
        add("Server", "tcp:\(address.host),\(address.port)")
        add("Database", address.database)
        add("Encrypt", address.usesTLS ? "yes" : "no")
        add("TrustServerCertificate", "no")
        add("APP", "certway")
        add("KeepAlive", "30")
        add("KeepAliveInterval", "1")
        // Trying again is our business: the driver does not know what was in the transaction.
        add("ConnectRetryCount", "0")
    }

    /// Braces keep whatever stands in a value from being read as another keyword; the closing one is doubled. What needs none gets
    /// none: PostgreSQL's driver knows them for a few keywords only.
    private mutating func add(_ key: String, _ value: String) {
        let isPlain = value.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "._:/,@-".utf8.contains(byte)
            }
        }
        text += isPlain ? "\(key)=\(value);" : "\(key)={\(value.replacingOccurrences(of: "}", with: "}}"))};"
    }

    private static func requirePlain(_ address: ServerAddress) throws(StoreError) {
        for (what, name) in [("host", address.host), ("database", address.database), ("user", address.user)] {
            guard name.contains(where: { ";={}".contains($0) || $0.isWhitespace }) else { continue }
            throw StoreError(
                .connection,
                "the \(what) '\(name)' of \(address) cannot be named to PostgreSQL's driver: use one without blanks and ; = { }"
            )
        }
    }

    /// A value inside of `pqopt` (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING).
    private static func quoted(_ value: String) -> String {
        let escaped = value.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "'", with: "\\'")
        return "'\(escaped)'"
    }

    private static func seconds(_ duration: Duration) -> String {
        String(max(1, Int((duration / .seconds(1)).rounded(.up))))
    }
}
