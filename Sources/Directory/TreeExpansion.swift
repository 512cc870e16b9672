// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import MicrosoftGraph
import Store

/// Lists groups and the groups below them, breadth first, and writes each page to the mirror as it comes.
///
/// Delta links are taken before the groups are listed: what changes meanwhile is then seen twice rather than never.
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

    private mutating func listPeople(of group: String) async throws {
        for try await page in source.people(in: group) {
            pages += 1
            let records = try page.items.compactMap { item in
                let record = try DirectoryRecord(item, selection: source.selection)
                if let record, !record.isComplete { throw DirectoryRecord.hiddenAttributes(of: record.id) }
                return record
            }
            let root = root
            let generation = generation
            counts += try await database.write { connection in
                let writer = MirrorWriter(connection, root: root)
                for record in records {
                    try writer.store(record)
                    try writer.addEdge(
                        GroupEdge(group: group, member: record.id, isGroup: false), generation: generation)
                }
                return try writer.finish()
            }
        }
    }

    private mutating func listGroups(of group: String) async throws -> [String] {
        var found: [String] = []
        for try await page in source.groups(in: group) {
            pages += 1
            let ids = page.items.compactMap { $0["id"]?.string?.lowercased() }
            guard !ids.isEmpty else { continue }
            found += ids
            let root = root
            let generation = generation
            try await database.write { connection in
                let writer = MirrorWriter(connection, root: root)
                for id in ids {
                    try writer.addEdge(
                        GroupEdge(group: group, member: id, isGroup: true), generation: generation)
                }
            }
        }
        return found
    }
}
