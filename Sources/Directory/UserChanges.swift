// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import Store

/// Asks which people changed, and applies it: all of it to those we know, of everybody else only which addresses they
/// claim. The round covers the whole tenant and is read page by page.
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

    /// - Throws: `GraphError` of kind `restart` when the delta link is no longer valid. It is lost for every enrollment
    ///   group then: without it the next pass of each is a full one.
    mutating func apply() async throws {
        let cursor = CollectionCursor(source: source, database: database, collection: .users)
        try await cursor.follow { page in
            pages += 1
            counts += try await apply(page)
        }
    }

    private func apply(_ page: GraphPage) async throws -> MirrorWriter.Counts {
        let (selection, root) = (source.selection, root)
        let all = try page.items.compactMap { try DirectoryRecord($0, selection: selection) }
        guard !all.isEmpty else { return MirrorWriter.Counts() }
        let (known, doubtful) = try await database.read { connection in
            var known: Set<String> = []
            var doubtful: Set<String> = []
            for record in all {
                let attributes: String? = try connection.value(
                    "SELECT attributes FROM directory_users WHERE id = ?", [SQLValue(record.id)])
                if attributes != nil { known.insert(record.id) }
                // A round may tell of a deletion that was undone since, and not all of somebody we never saw: ask for those.
                let isDoubtful =
                    record.isRemoved
                    ? try attributes != nil || MirrorWriter(connection, root: root).hasClaims(record.id)
                    : attributes == "{}" && !record.isComplete
                if isDoubtful { doubtful.insert(record.id) }
            }
            return (known, doubtful)
        }
        let people = Dictionary(
            try await source.people(doubtful, atOnce: 8), uniquingKeysWith: { _, last in last })
        return try await database.write { connection in
            let writer = MirrorWriter(connection, root: root)
            for change in all {
                let record = people[change.id] ?? change
                switch (record, known.contains(change.id)) {
                case (let record?, true) where !record.isRemoved: try writer.store(record)
                case (let record?, false) where !record.isRemoved: try writer.storeClaims(of: record)
                case (_, true): try writer.markDeleted(change.id)
                case (_, false): try writer.removeClaims(of: change.id)
                }
            }
            return try writer.finish()
        }
    }
}
