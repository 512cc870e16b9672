// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
public import Store

extension PublicationStore {
    private static let list = SQLList(
        """
        (SELECT \(PublicationTable.columns), c.search_name, CASE WHEN p.problem IS NOT NULL THEN 'failed' \
        WHEN p.wanted = 1 AND p.actual = 'present' THEN 'published' WHEN p.wanted = 1 THEN 'publishing' \
        WHEN p.actual = 'absent' THEN 'withdrawn' ELSE 'withdrawing' END AS state \
        FROM publications p JOIN certificates c ON c.id = p.certificate_id)
        """,
        keys: [
            ("number", ["certificate_id"]), ("user", ["user_principal_name"]), ("directory", ["place"]),
            ("state", ["state"]), ("since", ["since"]),
        ], identity: ["certificate_id", "place"], standard: ListSort("number", isDescending: true), isComputed: true)

    public static let sorting = list.sorting

    /// What is published where, and what is to be; the newest certificate first in the list's own order.
    ///
    /// - Throws: `ListError`, `StoreError`.
    public func list(_ filter: PublicationFilter, _ request: ListRequest) async throws -> ListPage<PublicationRecord> {
        try await database.read { connection in
            try Self.list.page(request, filter.conditions, on: connection) { try $0.map(PublicationTable.record) }
        }
    }

    /// Where one certificate is, or is to be, found.
    public func records(ofCertificate id: Int64) async throws -> [PublicationRecord] {
        var filter = PublicationFilter()
        filter.certificateID = id
        return try await list(filter, ListRequest(limit: .max)).items
    }

    /// How many rows each directory has in each state; reads the whole table.
    public func counts() async throws -> [PublicationCount] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT place, wanted, actual, CASE WHEN problem IS NULL THEN 0 ELSE 1 END AS failed, COUNT(*) AS number \
                FROM publications GROUP BY place, wanted, actual, CASE WHEN problem IS NULL THEN 0 ELSE 1 END \
                ORDER BY place
                """, []
            ) { row in
                PublicationCount(
                    place: try row["place"], isWanted: try row["wanted"], actual: try row["actual"],
                    hasFailed: try row["failed"], count: try row["number"])
            }
        }
    }
}
