// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import Store

/// Asks which people changed, and applies it to those we know. The round covers the whole tenant and is read page by
/// page.
struct UserChanges {
    let source: DirectorySource
    let database: any SQLDatabase
    let root: String

    private(set) var pages = 0
    private(set) var counts = MirrorWriter.Counts()

    init(source: DirectorySource, database: any SQLDatabase, root: String) {
        self.source = source
        self.database = database
        self.root = root
    }

    /// - Throws: `GraphError` of kind `restart` when the delta link is no longer valid.
    mutating func apply() async throws {
        guard var cursor = try await database.read({ try DeltaCursor.all(of: "users", on: $0) }).first else { return }
        do {
            cursor.link = try await source.round(since: cursor.link) { page in
                pages += 1
                counts += try await apply(page)
            }
        } catch let error as GraphError where error.kind == .restart {
            // The link is lost for every enrollment group: without it the next pass of each is a full one.
            try await database.write { connection in
                _ = try connection.execute("DELETE FROM directory_cursors WHERE owner = 'users'")
            }
            throw error
        }
        let ended = cursor
        try await database.write { try ended.update(owner: "users", on: $0) }
    }

    private func apply(_ page: GraphPage) async throws -> MirrorWriter.Counts {
        let (selection, root) = (source.selection, root)
        let all = try page.items.compactMap { try DirectoryRecord($0, selection: selection) }
        let known = try await database.read { connection in
            try all.compactMap { record -> (record: DirectoryRecord, isBare: Bool)? in
                let attributes: String? = try connection.value(
                    "SELECT attributes FROM directory_users WHERE id = ?", [SQLValue(record.id)])
                return attributes.map { (record, $0 == "{}") }
            }
        }
        guard !known.isEmpty else { return MirrorWriter.Counts() }
        // A round may tell of a deletion that was undone since, and not all of somebody we never saw: ask for those.
        let doubtful = Set(
            known.filter { $0.record.isRemoved || ($0.isBare && !$0.record.isComplete) }.map(\.record.id))
        let people = Dictionary(
            try await source.people(doubtful, atOnce: 8), uniquingKeysWith: { _, last in last })
        let changes = known.map { (id: $0.record.id, record: people[$0.record.id] ?? $0.record) }
        return try await database.write { connection in
            let writer = MirrorWriter(connection, root: root)
            for change in changes {
                if let record = change.record {
                    try writer.store(record)
                } else {
                    try writer.markDeleted(change.id)
                }
            }
            return try writer.finish()
        }
    }
}
