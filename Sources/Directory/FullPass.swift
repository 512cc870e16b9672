// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MicrosoftGraph
import Store

/// Lists the whole tree of an enrollment group and compares it with the mirror.
///
/// Only a pass whose every page came makes leavers, and those alone whom both readings miss (`TreeExpansion`). What nobody had listed
/// before, and where the two readings differ, is listed once more after a while: no delta round would tell what it has left out.
struct FullPass {
    let source: DirectorySource
    let database: any SQLDatabase
    let root: String
    let isNested: Bool
    let scope: String
    let now: Date
    /// When a listing that is not confirmed is made once more.
    let confirmation: Date

    /// - Throws: `GraphError`, `StoreError`; then nobody left and the next pass begins again.
    func run() async throws -> SynchronizationReport {
        let name = try await source.groupName(root)
        // Taken before anybody is listed, as the links of the groups are.
        let epoch = try await CollectionCursor(source: source, database: database, collection: .users).epoch()
        let generation = try await beginGeneration()
        var expansion = TreeExpansion(
            source: source, database: database, root: root, isNested: isNested, generation: generation)
        // Groups known from before share links; those found on the way get theirs level by level.
        try await expansion.track(
            try await database.read { [root] in try GroupTree(of: root, on: $0).reachable.sorted() })
        try await expansion.expand([root])

        var report = SynchronizationReport(mode: .full)
        report.groupName = name
        report.pages = expansion.pages
        report.groups = expansion.visited.count
        let end = try await complete(name: name, epoch: epoch, generation: generation, expansion)
        report.total = end.total
        report.joined = expansion.counts.joined
        report.changed = expansion.counts.changed
        report.left = expansion.counts.left + end.left
        return report
    }

    private func beginGeneration() async throws -> Int64 {
        let (root, isNested) = (root, isNested)
        return try await database.write { connection in
            if !isNested {
                // Left over from a time when the template counted nested groups.
                try connection.execute(
                    "DELETE FROM directory_group_edges WHERE root_group = ? AND is_group = 1", [SQLValue(root)])
            }
            return try DirectorySchema.generations.take(on: connection)
        }
    }

    /// When this listing is made once more: an hour after the first one, however often it is made meanwhile, and after one in doubt that
    /// confirms no other. Nil for never.
    private func nextListing(isInDoubt: Bool, on connection: any SQLConnection) throws -> Date? {
        let known = try connection.query(
            "SELECT scope, confirm_at FROM directory_roots WHERE root_group = ?", [SQLValue(root)]
        ) { row in (scope: try row[0] as String, confirmAt: try row[1] as Date?) }.first
        guard let known, known.scope == scope else { return confirmation }
        guard let due = known.confirmAt else { return isInDoubt ? confirmation : nil }
        return due > now ? due : nil
    }

    /// The end of the pass: leavers, state and delta links in one transaction.
    private func complete(
        name: String, epoch: Int64, generation: Int64, _ expansion: TreeExpansion
    ) async throws -> (left: Int, total: Int) {
        let (links, isInDoubt) = (expansion.links, expansion.isInDoubt)
        return try await database.write { connection in
            let writer = MirrorWriter(connection, root: root)
            try writer.removeEdges(before: generation)
            let counts = try writer.finish()
            let total =
                try connection.value(
                    "SELECT COUNT(*) FROM enrollment_members WHERE root_group = ? AND present = 1", [SQLValue(root)],
                    as: Int.self) ?? 0
            try connection.put(
                into: "directory_roots", key: ["root_group": SQLValue(root)],
                values: [
                    "name": .text(name.storable), "scope": SQLValue(scope), "users_epoch": SQLValue(epoch),
                    "member_count": SQLValue(total), "full_pass_at": SQLValue(now),
                    "confirm_at": SQLValue(try nextListing(isInDoubt: isInDoubt, on: connection)),
                ])
            try connection.execute("DELETE FROM directory_cursors WHERE owner = ?", [SQLValue(root)])
            try DeltaCursor.insert(links, owner: root, first: 1, on: connection)
            return (counts.left, total)
        }
    }
}
