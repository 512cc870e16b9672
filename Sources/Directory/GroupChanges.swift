// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MicrosoftGraph
import Store

/// Asks which groups of a tree got or lost members, and applies it.
///
/// A round is read to its end before anything is applied, so that only the last word about each membership counts, and
/// joiners are written before leavers: nobody who moves between groups is gone in between. Memory grows with the
/// changes.
struct GroupChanges {
    let source: DirectorySource
    let database: any SQLDatabase
    let root: String
    let isNested: Bool
    /// When groups that are listed for the first time are listed once more.
    let confirmation: Date

    private(set) var pages = 0
    private(set) var counts = MirrorWriter.Counts()

    init(source: DirectorySource, database: any SQLDatabase, root: String, isNested: Bool, confirmation: Date) {
        self.source = source
        self.database = database
        self.root = root
        self.isNested = isNested
        self.confirmation = confirmation
    }

    /// - Throws: `GraphError` of kind `restart` when a delta link is no longer valid.
    mutating func apply() async throws {
        let root = root
        let (stored, before) = try await database.read { connection in
            (try DeltaCursor.all(of: root, on: connection), try GroupTree(of: root, on: connection))
        }
        let (changes, cursors) = try await read(stored, known: before.reachable)
        let after = before.applying(changes)
        var expansion = TreeExpansion(
            source: source, database: database, root: root, isNested: isNested,
            generation: try await database.read { try DirectorySchema.generations.last(on: $0) },
            visited: before.reachable)
        try await expansion.expand(after.reachable.subtracting(before.reachable).sorted())
        counts += expansion.counts
        pages += expansion.pages

        let additions = changes.filter { !$0.isRemoved }
        counts += try await UnknownPeople(source: source, database: database, root: root).fetch(
            among: Set(additions.map(\.edge).filter { !$0.isGroup }.map(\.member)))
        for batch in (additions + changes.filter(\.isRemoved)).batches(of: 1000) {
            counts += try await database.write { connection in
                let writer = MirrorWriter(connection, root: root)
                for change in batch { try writer.apply(change) }
                return try writer.finish()
            }
        }
        // Links last, when all that they end is applied.
        let links = expansion.links
        let isTreeChanged = before.edges != after.edges
        let confirmation = confirmation
        counts += try await database.write { connection in
            if !links.isEmpty {
                try connection.execute(
                    "UPDATE directory_roots SET confirm_at = ? WHERE root_group = ? AND confirm_at IS NULL",
                    [SQLValue(confirmation), SQLValue(root)])
            }
            let writer = MirrorWriter(connection, root: root)
            if isTreeChanged { try writer.removeUnreachableGroups() }
            for cursor in cursors { try cursor.update(owner: root, on: connection) }
            try DeltaCursor.insert(links, owner: root, first: (cursors.last?.number ?? 0) + 1, on: connection)
            return try writer.finish()
        }
    }

    /// Reads the round of each delta link.
    ///
    /// - Returns: the last word about each membership in a known group, and the links for the next time.
    private mutating func read(
        _ cursors: [DeltaCursor], known: Set<String>
    ) async throws -> ([MembershipChange], [DeltaCursor]) {
        var changes: [GroupEdge: MembershipChange] = [:]
        var ended = cursors
        for index in cursors.indices {
            ended[index].link = try await source.round(since: cursors[index].link) { page in
                pages += 1
                for change in try MembershipChange.all(in: page, root: root)
                where known.contains(change.edge.group) && (isNested || !change.edge.isGroup) {
                    changes[change.edge] = change
                }
            }
        }
        return (Array(changes.values), ended)
    }
}

extension Array {
    fileprivate func batches(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0...].prefix(size) }
    }
}
