// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Views that people keep. They change nothing but what these people see, so they stand in no audit trail.
extension OrderLedger {
    /// Of one person at most.
    public static let mostViews = 200

    private static let viewIDs = IdentifierSequence("saved_views")

    static let viewMigration = Migration("ledger-22-views") { sql in
        [
            """
            CREATE TABLE saved_views (
                id \(sql.integer) NOT NULL PRIMARY KEY, \(sql.column("owner", 320)) NOT NULL,
                \(sql.column("owner_name", 320)) NOT NULL, \(sql.column("name", 200)) NOT NULL,
                address \(sql.longText) NOT NULL, shared \(sql.integer) NOT NULL, start_page \(sql.integer) NOT NULL)
            """,
            "CREATE INDEX saved_views_owner ON saved_views (owner_name, id)",
            "CREATE INDEX saved_views_shared ON saved_views (shared, id)",
            viewIDs.creation,
        ]
    }

    /// A person's own views and what others share, by name.
    ///
    /// - Parameter owners: keys of the person: what was kept before keys were object ids is under the name.
    public func views(of owners: [String]) async throws -> [SavedView] {
        let keys = SQLValueList(owners.map(\.storable.folded))
        return try await database.read { connection in
            try connection.query(
                """
                SELECT id, owner, owner_name, name, address, shared, start_page FROM saved_views \
                WHERE owner_name IN (\(keys.places)) OR shared = 1 ORDER BY name, id
                """, keys.parameters, Self.view)
        }
    }

    /// Keeps a view, a new one where its id is 0. A start page takes the place of the former.
    ///
    /// - Throws: `LedgerError.notPossible` for one too many, and for one that is somebody else's, or gone.
    public func keep(_ view: SavedView) async throws -> SavedView {
        let owner = view.ownerKey
        return try await database.write { connection in
            var view = view
            if view.id == 0 {
                let count: Int? = try connection.value(
                    "SELECT COUNT(*) FROM saved_views WHERE owner_name = ?", [.text(owner)])
                guard count ?? 0 < Self.mostViews else {
                    throw LedgerError.notPossible("\(view.owner) has \(Self.mostViews) views already: delete one first")
                }
                view.id = try Self.viewIDs.take(on: connection)
                try connection.execute(
                    """
                    INSERT INTO saved_views (id, owner, owner_name, name, address, shared, start_page) \
                    VALUES (?, ?, ?, ?, ?, 0, 0)
                    """,
                    [
                        .integer(view.id), .text(connection.dialect.cut(view.owner, to: 320)),
                        .text(connection.dialect.cut(owner, to: 320)), .text(view.name), .text(view.address),
                    ])
            }
            if view.isStartPage {
                try connection.execute("UPDATE saved_views SET start_page = 0 WHERE owner_name = ?", [.text(owner)])
            }
            let changed = try connection.execute(
                """
                UPDATE saved_views SET name = ?, address = ?, shared = ?, start_page = ? WHERE id = ? AND owner_name = ?
                """,
                [
                    .text(connection.dialect.cut(view.name, to: 200)), .text(view.address), SQLValue(view.isShared),
                    SQLValue(view.isStartPage), .integer(view.id), .text(owner),
                ])
            guard changed == 1 else { throw LedgerError.notPossible("there is no view \(view.id) of \(view.owner)") }
            return view
        }
    }

    /// - Throws: `LedgerError.notPossible` for one that is somebody else's, or gone.
    public func deleteView(_ id: Int64, of owner: String) async throws {
        try await database.write { connection in
            let deleted = try connection.execute(
                "DELETE FROM saved_views WHERE id = ? AND owner_name = ?",
                [.integer(id), .text(owner.storable.folded)])
            guard deleted == 1 else { throw LedgerError.notPossible("there is no view \(id) of \(owner)") }
        }
    }

    private static func view(_ row: SQLRow) throws -> SavedView {
        var view = SavedView(
            owner: try row["owner"], ownerKey: try row["owner_name"], name: try row["name"],
            address: try row["address"], isShared: try row["shared"],
            isStartPage: try row["start_page"])
        view.id = try row["id"]
        return view
    }
}
