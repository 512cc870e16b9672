// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension OrderLedger {
    /// What orders and certificates are named after; the configuration may have forgotten it since.
    public enum NameKind: String, Sendable {
        case template
        case backendCA = "backend_ca"
    }

    /// Every name of a kind that an order or a certificate has; reads their tables, so it is for explaining.
    public func names(_ kind: NameKind) async throws -> [String] {
        let column = kind.rawValue
        return try await database.read { connection in
            try connection.query(
                "SELECT \(column) AS name FROM orders UNION SELECT \(column) FROM certificates ORDER BY name"
            ) { row in try row[0] }
        }
    }
}
