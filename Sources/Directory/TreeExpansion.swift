// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import MicrosoftGraph
import Store

/// Lists groups and the groups below them, breadth first, and writes each page to the mirror as it comes.
///
/// Delta links are taken before the groups are listed: what changes meanwhile is then seen twice rather than never. Each group is read
/// twice, for the listing with attributes lags behind by minutes, and no delta round tells what it has left out: first the ids alone,
/// without that lag, then the people. Who is in the first reading is a member. Who is in the second alone stays one and becomes none
/// (wire/graph-directory.md section 2).
struct TreeExpansion {
    let source: DirectorySource
    let database: any SQLDatabase
    let root: String
    let isNested: Bool
    let generation: Int64

    /// Groups listed so far, or not to be listed.
    private(set) var visited: Set<String> = []
    private var tracked: Set<String> = []
    private(set) var links: [String] = []
    private(set) var pages = 0
    private(set) var counts = MirrorWriter.Counts()
    /// Whether the two readings of a group differ.
    private(set) var isInDoubt = false

    init(
        source: DirectorySource, database: any SQLDatabase, root: String, isNested: Bool, generation: Int64,
        visited: Set<String> = []
    ) {
        self.source = source
        self.database = database
        self.root = root
        self.isNested = isNested
        self.generation = generation
        self.visited = visited
    }

    /// Lists these groups and, in a nested tree, all groups below them that were not visited yet.
    ///
    /// - Throws: `GraphError`, `StoreError`; what was written stays, but the expansion is not complete then.
    mutating func expand(_ groups: [String]) async throws {
        var level = groups.filter { visited.insert($0).inserted }
        while !level.isEmpty {
            try await track(level)
            var found: [String] = []
            for group in level {
                found += try await listMembers(of: group)
                try await listPeople(of: group)
                if isNested { found += try await listGroups(of: group) }
            }
            level = found.filter { visited.insert($0).inserted }
        }
    }

    /// Takes delta links for groups that have none yet.
    mutating func track(_ groups: [String]) async throws {
        let new = groups.filter { tracked.insert($0).inserted }
        for start in stride(from: 0, to: new.count, by: DirectorySource.trackedGroupsPerLink) {
            let chunk = new[start...].prefix(DirectorySource.trackedGroupsPerLink)
            links.append(try await source.memberChangesFromNow(of: chunk))
        }
    }

    /// Reads the ids of a group's members as they are now.
    ///
    /// - Returns: the groups among them, in a nested tree.
    private mutating func listMembers(of group: String) async throws -> [String] {
        var found: [String] = []
        let (root, generation) = (root, generation)
        for try await page in source.membersNow(of: group) {
            pages += 1
            let edges = page.items.compactMap { GroupEdge($0, of: group) }.filter { isNested || !$0.isGroup }
            found += edges.filter(\.isGroup).map(\.member)
            counts += try await database.write { connection in
                let writer = MirrorWriter(connection, root: root)
                for edge in edges { try writer.addEdge(edge, generation: generation) }
                return try writer.finish()
            }
        }
        return found
    }

    private mutating func listPeople(of group: String) async throws {
        var differ = 0
        for try await page in source.people(in: group) {
            pages += 1
            let records = try page.items.compactMap { item in
                let record = try DirectoryRecord(item, selection: source.selection)
                if let record, !record.isComplete { throw DirectoryRecord.hiddenAttributes(of: record.id) }
                return record
            }
            let root = root
            let generation = generation
            let (count, strangers) = try await database.write { connection in
                let writer = MirrorWriter(connection, root: root)
                var strangers = 0
                for record in records {
                    try writer.store(record)
                    let edge = GroupEdge(group: group, member: record.id, isGroup: false)
                    if try writer.confirmMember(edge, generation: generation) != true { strangers += 1 }
                }
                return (try writer.finish(), strangers)
            }
            counts += count
            differ += strangers
        }
        let unknown = UnknownPeople(source: source, database: database, root: root)
        let (more, fetched) = try await unknown.fetch(of: group)
        counts += more
        if differ + fetched > 0 { isInDoubt = true }
    }

    private mutating func listGroups(of group: String) async throws -> [String] {
        var found: [String] = []
        for try await page in source.groups(in: group) {
            pages += 1
            let ids = page.items.compactMap { $0["id"]?.string?.lowercased() }
            guard !ids.isEmpty else { continue }
            let root = root
            let generation = generation
            let seen = try await database.write { connection in
                let writer = MirrorWriter(connection, root: root)
                return try ids.map { id in
                    try writer.confirmMember(
                        GroupEdge(group: group, member: id, isGroup: true), generation: generation)
                }
            }
            found += zip(ids, seen).filter { $1 != nil }.map(\.0)
            if seen.contains(where: { $0 != true }) { isInDoubt = true }
        }
        return found
    }
}
