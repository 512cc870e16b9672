// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Where a database server is found and as whom the gateway comes to it. Holds no secret, so all of it may be printed.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// Engines that are spoken to alike. MySQL and MariaDB are one family here; which of the two it is, the server says.
    public enum Family: String, Sendable, Hashable, CaseIterable {
        case mysql
        case postgresql
        case sqlserver

        /// The port that the engine's server listens on unless it was told otherwise.
        public var standardPort: Int {
            switch self {
            case .mysql: 3306
            case .postgresql: 5432
            case .sqlserver: 1433
            }
        }
    }

    public var family: Family
    public var host: String
    public var port: Int
    public var database: String
    public var user: String
    /// A file of CA certificates that the server's certificate must lead to; nil for those that the system trusts.
    public var certificateAuthorities: String?
    /// Whether the connection is encrypted and the server's certificate and name are checked; there is nothing in between.
    /// False is for a server on the same machine alone.
    public var usesTLS: Bool
    /// Name or path of another ODBC driver than the family's usual one.
    public var driver: String?

    public init(
        family: Family, host: String, port: Int? = nil, database: String, user: String,
        certificateAuthorities: String? = nil, usesTLS: Bool = true, driver: String? = nil
    ) {
        self.family = family
        self.host = host
        self.port = port ?? family.standardPort
        self.database = database
        self.user = user
        self.certificateAuthorities = certificateAuthorities
        self.usesTLS = usesTLS
        self.driver = driver
    }

    /// As it is written on a command line, such as `postgresql://certway@db.example:5432/certway`.
    public var description: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(family.rawValue)://\(user.isEmpty ? "" : "\(user)@")\(host):\(port)/\(database)"
    }
}
