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
}
