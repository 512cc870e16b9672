// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

extension OrderLedger {
    private static let orderList = SQLList(
        "(SELECT \(OrderTable.names), search_name FROM orders)",
        keys: [
            ("number", ["id"]), ("user", ["user_principal_name"]), ("template", ["template"]),
            ("ca", ["backend_ca"]), ("stage", ["stage"]), ("since", ["updated_at"]),
        ], identity: ["id"], standard: ListSort("number", isDescending: true))

    /// How orders are listed.
    public static let orderSorting = orderList.sorting

    /// Orders, newest first in the list's own order.
    ///
    /// - Parameter filter: its limit and offset are not looked at.
    /// - Throws: `ListError`, `StoreError`.
    public func orders(_ filter: OrderFilter, _ request: ListRequest) async throws -> ListPage<Order> {
        try await database.read { connection in
            try Self.orderList.page(request, filter.conditions, on: connection) {
                var orders = try $0.map(OrderTable.order)
                try Self.noteWaiting(&orders, on: connection)
                return orders
            }
        }
    }

    private static let certificateList = SQLList(
        "(SELECT \(CertificateTable.columns), search_name FROM certificates)",
        keys: [
            ("number", ["id"]), ("user", ["user_principal_name"]), ("template", ["template"]),
            ("ca", ["backend_ca"]), ("serial", ["serial_number"]), ("end", ["not_after"]), ("status", ["status"]),
        ], identity: ["id"], standard: ListSort("number", isDescending: true))

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
