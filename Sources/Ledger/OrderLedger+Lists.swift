// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

extension OrderLedger {
    /// Indexes that have the rows in the orders of their lists, behind what the lists are narrowed to by most. The id ends each of
    /// them: not every engine puts it there by itself.
    static let listMigration = Migration("ledger-19-lists") { _ in
        let orders: KeyValuePairs = [
            "number_template": "template, id", "number_ca": "backend_ca, id", "number_stage": "stage, id",
            "since": "updated_at, id", "since_stage": "stage, updated_at, id", "user": "user_principal_name, id",
            "subscriber_id": "subscriber_id, id", "ca_id": "ca_request_id",
        ]
        let certificates: KeyValuePairs = [
            "number_template": "template, id", "number_ca": "backend_ca, id", "number_status": "status, id",
            "ends": "not_after, id", "end_template": "template, status, not_after, id",
            "end_ca": "backend_ca, status, not_after, id", "user": "user_principal_name, id",
        ]
        return orders.map { "CREATE INDEX orders_\($0.key) ON orders (\($0.value))" }
            + certificates.map { "CREATE INDEX certificates_\($0.key) ON certificates (\($0.value))" }
    }

    /// Held ones are few among many.
    static let heldMigration = Migration("ledger-23-held") { _ in ["CREATE INDEX orders_held ON orders (held, id)"] }

    /// The certificates of one person. With the person alone in it, SQLite, which has no statistics, prefers an index of template and
    /// state, where all stand.
    static let subscriberMigration = Migration("ledger-26-certificates-of-a-subscriber") { _ in
        [
            "CREATE INDEX certificates_subscriber_template ON certificates (subscriber_id, template, status, not_after)"
        ]
    }

    private static let orderList = SQLList(
        "(SELECT \(OrderTable.names) FROM orders)",
        keys: [
            ("number", ["id"]), ("user", ["user_principal_name"]), ("template", ["template"]),
            ("ca", ["backend_ca"]), ("stage", ["stage"]), ("since", ["updated_at"]),
        ], identity: ["id"], standard: ListSort("number", isDescending: true),
        narrowing: ["number": ["stage"], "since": ["stage"]])

    /// How orders are listed.
    public static let orderSorting = orderList.sorting

    /// Orders, newest first in the list's own order.
    ///
    /// - Parameter filter: its limit and offset are not looked at.
    /// - Throws: `ListError`, `StoreError`.
    public func orders(_ filter: OrderFilter, _ request: ListRequest) async throws -> ListPage<Order> {
        try await database.read { connection in
            try Self.orderList.page(request, Self.conditions(filter, on: connection), on: connection) {
                var orders = try $0.map(OrderTable.order)
                try Self.noteWaiting(&orders, on: connection)
                return orders
            }
        }
    }

    private static let certificateList = SQLList(
        "(SELECT \(CertificateTable.columns) FROM certificates)",
        keys: [
            ("number", ["id"]), ("user", ["user_principal_name"]), ("template", ["template"]),
            ("ca", ["backend_ca"]), ("serial", ["serial_number"]), ("end", ["not_after"]), ("status", ["status"]),
        ], identity: ["id"], standard: ListSort("number", isDescending: true),
        narrowing: ["number": ["status"]])

    /// How certificates are listed.
    public static let certificateSorting = certificateList.sorting

    /// Certificates, newest first in the list's own order.
    ///
    /// - Parameter filter: its limit and offset are not looked at.
    /// - Throws: `ListError`, `StoreError`.
    public func certificates(
        _ filter: CertificateFilter, _ request: ListRequest
    ) async throws -> ListPage<CertificateRecord> {
        let now = now()
        return try await database.read { connection in
            try Self.certificateList.page(request, filter.conditions, on: connection) {
                try CertificateTable(connection: connection, now: now).records($0)
            }
        }
    }
}
