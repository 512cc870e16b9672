// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import Store

/// The stored delta link of a whole collection of the tenant. Each new link has a higher epoch, which tells whether something
/// was listed before or after it was taken.
struct CollectionCursor: Sendable {
    let source: DirectorySource
    let database: any SQLDatabase
    let collection: ClaimantCollection

    private var owner: SQLValue { SQLValue(collection.rawValue) }

    /// The epoch of the link, which is taken now if there is none that fits.
    func epoch() async throws -> Int64 {
        let (owner, selection) = (owner, source.trackedAttributes(of: collection))
        let present = try await database.read { connection in
            try connection.query(
                "SELECT number, link FROM directory_cursors WHERE owner = ? AND selection = ?",
                [owner, SQLValue(selection)]
            ) { (epoch: try $0[0] as Int64, link: try $0[1] as String) }.first
        }
        if let present, source.graph.isOwn(present.link) { return present.epoch }
        let link = try await source.changesFromNow(of: collection)
        return try await database.write { connection in
            try connection.execute("DELETE FROM directory_cursors WHERE owner = ?", [owner])
            let epoch = try DirectorySchema.epochs.take(on: connection)
            try connection.execute(
                "INSERT INTO directory_cursors (owner, number, selection, link) VALUES (?, ?, ?, ?)",
                [owner, SQLValue(epoch), SQLValue(selection), SQLValue(link)])
            return epoch
        }
    }

    /// Reads what changed since the link was stored, and stores the link for the next time.
    ///
    /// - Throws: `GraphError` of kind `restart` when the link is no longer valid: it is forgotten then.
    func follow(_ read: (GraphPage) async throws -> Void) async throws {
        guard var cursor = try await database.read({ try DeltaCursor.all(of: collection.rawValue, on: $0) }).first
        else { return }
        do {
            cursor.link = try await source.round(since: cursor.link, read)
        } catch let error as GraphError where error.kind == .restart {
            let owner = owner
            try await database.write { connection in
                _ = try connection.execute("DELETE FROM directory_cursors WHERE owner = ?", [owner])
            }
            throw error
        }
        let (ended, owner) = (cursor, collection.rawValue)
        try await database.write { try ended.update(owner: owner, on: $0) }
    }
}
