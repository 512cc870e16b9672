// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

extension OrderLedger {
    public func action(_ id: Int64) async throws -> CertificateAction? {
        let now = now()
        return try await database.read {
            try CertificateActionTable(connection: $0, now: now).all("WHERE id = ?", [.integer(id)]).first
        }
    }

    /// What was asked for, newest first; for a certificate or an order, whose actions are few.
    public func actions(_ filter: CertificateActionFilter) async throws -> [CertificateAction] {
        try await actions(filter, ListRequest(limit: .max)).items
    }

    private static let actionList = SQLList(
        "(SELECT \(CertificateActionTable.names) FROM certificate_actions)",
        keys: [
            ("number", ["id"]), ("asked", ["asked_at"]), ("ca", ["backend_ca"]), ("kind", ["kind"]),
            ("state", ["state"]), ("since", ["updated_at"]),
        ], identity: ["id"], standard: ListSort("number", isDescending: true))

    /// How actions are listed.
    public static let actionSorting = actionList.sorting

    /// - Throws: `ListError`, `StoreError`.
    public func actions(
        _ filter: CertificateActionFilter, _ request: ListRequest
    ) async throws -> ListPage<CertificateAction> {
        try await database.read { connection in
            try Self.actionList.page(request, filter.conditions, on: connection) {
                try $0.map(CertificateActionTable.action)
            }
        }
    }

    /// What is under way or has happened to the certificates of these orders, by id of the certificate.
    public func actions(
        _ kind: CertificateAction.Kind, ofOrders ids: [Int64]
    ) async throws -> [Int64: CertificateAction] {
        try await database.read { try actions(kind, ofOrders: ids, on: $0) }
    }

    /// The same inside a transaction of the caller.
    public func actions(
        _ kind: CertificateAction.Kind, ofOrders ids: [Int64], on connection: any SQLConnection
    ) throws -> [Int64: CertificateAction] {
        let table = CertificateActionTable(connection: connection, now: now())
        var found: [Int64: CertificateAction] = [:]
        for list in SQLValueList.lists(ids) {
            for action in try table.all(
                "WHERE order_id IN (\(list.places)) AND kind = ?", list.parameters + [SQLValue(kind)])
            where action.state.stands {
                found[action.certificateID] = action
            }
        }
        return found
    }

    /// What is under way or has happened to these certificates, by their ids; those of which nothing was asked are left out. One
    /// question for some hundred certificates.
    public func standingActions(certificateIDs ids: [Int64]) async throws -> [Int64: [CertificateAction]] {
        let now = now()
        return try await database.read { connection in
            let table = CertificateActionTable(connection: connection, now: now)
            return Dictionary(
                grouping: try table.standing(Set(ids).sorted()).values.sorted { $0.id < $1.id }, by: \.certificateID)
        }
    }

    /// How many actions there are, by kind and state; those that wait for a person apart.
    public func actionCounts() async throws -> [CertificateActionCount] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT kind, state, held, COUNT(*) AS all_actions FROM certificate_actions \
                GROUP BY kind, state, held
                """
            ) { row in
                CertificateActionCount(
                    kind: try row["kind"], state: try row["state"], isHeld: try row["held"],
                    count: try row["all_actions"])
            }
        }
    }
}
