// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MicrosoftGraph
import Store

/// Lists the whole tree of an enrollment group and compares it with the mirror.
///
/// Only a pass whose every page came makes leavers, and a member missed by the listing, which may lag behind, is looked
/// for a second time in a reading that does not (wire/graph-directory.md section 2).
struct FullPass {
    let source: DirectorySource
    let database: any SQLDatabase
    let root: String
    let isNested: Bool
    let scope: String
    let now: Date

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
        var confirmed: Set<String> = []
        var waiting = [root]
        var extraPages = 0
        while !waiting.isEmpty {
            try await expansion.expand(waiting)
            waiting = []
            for group in try await groupsWithMissingMembers(generation) where expansion.visited.contains(group) {
                guard confirmed.insert(group).inserted else { continue }
                waiting += try await confirmMembers(of: group, generation, pages: &extraPages)
            }
        }

        var report = SynchronizationReport(mode: .full)
        report.groupName = name
        report.pages = expansion.pages + extraPages
        report.groups = expansion.visited.count
        let end = try await complete(name: name, epoch: epoch, generation: generation, links: expansion.links)
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

    private func groupsWithMissingMembers(_ generation: Int64) async throws -> [String] {
        let root = root
        return try await database.read { connection in
            try connection.query(
                "SELECT DISTINCT group_id FROM directory_group_edges WHERE root_group = ? AND generation < ?",
                [SQLValue(root), SQLValue(generation)]
            ) { try $0[0] }
        }
    }

    /// Reads the members of a group once more, now surely up to date, and keeps those that the listing had missed.
    ///
    /// - Returns: nested groups among them, which must be listed too.
    private func confirmMembers(of group: String, _ generation: Int64, pages: inout Int) async throws -> [String] {
        var found: [String] = []
        for try await page in source.membersNow(of: group) {
            pages += 1
            let edges = page.items.compactMap { GroupEdge($0, of: group) }
            let root = root
            found += try await database.write { connection in
                let writer = MirrorWriter(connection, root: root)
                return try edges.filter { try writer.confirmEdge($0, generation: generation) && $0.isGroup }
                    .map(\.member)
            }
        }
        return found
    }

    /// The end of the pass: leavers, state and delta links in one transaction.
    private func complete(
        name: String, epoch: Int64, generation: Int64, links: [String]
    ) async throws -> (left: Int, total: Int) {
        let (root, scope, now) = (root, scope, now)
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
                ])
            try connection.execute("DELETE FROM directory_cursors WHERE owner = ?", [SQLValue(root)])
            try DeltaCursor.insert(links, owner: root, first: 1, on: connection)
            return (counts.left, total)
        }
    }
}
