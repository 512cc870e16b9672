// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension ServerAddress.Family {
    /// As long as the server has not said more.
    var dialect: SQLDialect {
        switch self {
        case .mysql: .mysql
        case .postgresql: .postgresql
        case .sqlserver: .sqlserver
        }
    }

    /// Gives one text.
    var versionQuery: String {
        switch self {
        case .mysql: "SELECT VERSION()"
        case .postgresql: "SHOW server_version"
        case .sqlserver: "SELECT CAST(SERVERPROPERTY('ProductVersion') AS NVARCHAR(128))"
        }
    }
}
