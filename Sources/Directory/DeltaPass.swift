// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import Store

/// Asks for what changed since the last pass and applies it. An unchanged tenant costs one request for the users and
/// one per fifty groups, whatever its size.
struct DeltaPass {
    let source: DirectorySource
    let database: any SQLDatabase
    let root: String
    let isNested: Bool

    private var report = SynchronizationReport(mode: .delta)
    private var counts = MirrorWriter.Counts()

    init(source: DirectorySource, database: any SQLDatabase, root: String, isNested: Bool) {
        self.source = source
        self.database = database
        self.root = root
        self.isNested = isNested
    }

    /// - Throws: `GraphError` of kind `restart` when a delta link is no longer valid; then a full pass is due.
    mutating func run() async throws -> SynchronizationReport {
        // Groups before users: somebody new is then fetched as a member first, and a later change is not missed.
        try await applyGroupChanges()
        try await applyUserChanges()
        let root = root
        (report.total, report.groups) = try await database.read { connection in
            let total: Int? = try connection.value(
                "SELECT member_count FROM directory_roots WHERE root_group = ?", [SQLValue(root)])
            return (total ?? 0, try GroupTree(of: root, on: connection).reachable.count)
        }
        report.joined = counts.joined
        report.left = counts.left
        report.changed = counts.changed
        return report
    }

    // MARK: Groups

    private mutating func applyGroupChanges() async throws {
        let root = root
        let (cursors, before) = try await database.read { connection in
            (try DeltaCursor.all(of: root, on: connection), try GroupTree(of: root, on: connection).reachable)
        }
        var ended: [DeltaCursor] = []
        var isTreeChanged = false
        for cursor in cursors {
            var cursor = cursor
            cursor.link = try await round(since: cursor.link) { pass, page in
                let changes = try MembershipChange.all(in: page, root: root).filter { change in
                    before.contains(change.group) && (pass.isNested || !change.isGroup)
                }
                guard !changes.isEmpty else { return }
                isTreeChanged = isTreeChanged || changes.contains { $0.isGroup }
                try await pass.apply(changes)
            }
            ended.append(cursor)
        }

        let generation = try await database.read { try DirectorySchema.generations.last(on: $0) }
        var expansion = TreeExpansion(
            source: source, database: database, root: root, isNested: isNested, generation: generation,
            visited: before)
        if isTreeChanged {
            let after = try await database.read { try GroupTree(of: root, on: $0).reachable }
            try await expansion.expand(after.subtracting(before).sorted())
            counts += expansion.counts
            report.pages += expansion.pages
        }
        // Links last, when all that they end is applied.
        let (links, hasChangedTree) = (expansion.links, isTreeChanged)
        let finalCursors = ended
        counts += try await database.write { connection in
            let writer = MirrorWriter(connection)
            if hasChangedTree { try writer.removeUnreachableGroups(of: root) }
            for cursor in finalCursors { try cursor.update(owner: root, on: connection) }
            try DeltaCursor.insert(
                links, owner: root, first: (finalCursors.map(\.number).max() ?? 0) + 1, on: connection)
            return try writer.finish(for: root)
        }
    }

    private mutating func apply(_ changes: [MembershipChange]) async throws {
        let joined = Set(changes.filter { !$0.isGroup && !$0.isRemoved }.map(\.member))
        let (records, unknown) = try await fetch(unknownOf: joined)
        let root = root
        counts += try await database.write { connection in
            let writer = MirrorWriter(connection)
            let generation = try DirectorySchema.generations.last(on: connection)
            for record in records { try writer.store(record) }
            for id in unknown { try writer.storeUnknown(id) }
            for change in changes {
                if change.isRemoved {
                    try writer.removeEdge(root: root, group: change.group, member: change.member)
                } else {
                    try writer.addEdge(
                        root: root, group: change.group, member: change.member, isGroup: change.isGroup,
                        generation: generation)
                }
            }
            return try writer.finish(for: root)
        }
    }

    // MARK: Users

    private mutating func applyUserChanges() async throws {
        guard var cursor = try await database.read({ try DeltaCursor.all(of: "users", on: $0) }).first else { return }
        do {
            cursor.link = try await round(since: cursor.link) { pass, page in try await pass.applyUsers(page) }
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

    private mutating func applyUsers(_ page: GraphPage) async throws {
        let selection = source.selection
        let all = try page.items.compactMap { try DirectoryRecord($0, selection: selection) }
        // The round covers the whole tenant; only people we know of matter.
        var records = try await database.read { connection in
            try all.compactMap { record -> (record: DirectoryRecord, isBare: Bool)? in
                let attributes: String? = try connection.value(
                    "SELECT attributes FROM directory_users WHERE id = ?", [SQLValue(record.id)])
                return attributes.map { (record, $0 == "{}") }
            }
        }
        guard !records.isEmpty else { return }
        for index in records.indices where records[index].isBare && !records[index].record.isComplete {
            guard !records[index].record.isRemoved else { continue }
            if let whole = try await source.person(records[index].record.id) { records[index].record = whole }
        }
        let (changes, root) = (records.map(\.record), root)
        counts += try await database.write { connection in
            let writer = MirrorWriter(connection)
            for record in changes {
                if record.isRemoved { try writer.markDeleted(record.id) } else { try writer.store(record) }
            }
            return try writer.finish(for: root)
        }
    }

    // MARK: Help

    /// Runs a delta round to its end.
    ///
    /// - Returns: the link for the next one.
    private mutating func round(
        since link: String, _ apply: (inout DeltaPass, GraphPage) async throws -> Void
    ) async throws -> String {
        var ended: String?
        for try await page in source.changes(since: link) {
            report.pages += 1
            try await apply(&self, page)
            ended = page.deltaLink
        }
        guard let ended else {
            throw GraphError(.transient, "a delta round ended without a deltaLink: the next pass asks again")
        }
        return ended
    }

    /// Fetches the people we do not know yet, some at a time.
    ///
    /// - Returns: whom the tenant shows, and the ids of those it does not.
    private func fetch(unknownOf ids: Set<String>) async throws -> (records: [DirectoryRecord], unknown: [String]) {
        let missing = try await database.read { connection in
            try ids.sorted().filter { id in
                try connection.value(
                    "SELECT 1 FROM directory_users WHERE id = ? AND attributes <> '{}'", [SQLValue(id)], as: Int.self)
                    == nil
            }
        }
        let source = source
        return try await withThrowingTaskGroup(of: (String, DirectoryRecord?).self) { group in
            var (records, unknown, next) = ([DirectoryRecord](), [String](), 0)
            while next < missing.count || !group.isEmpty {
                if next < missing.count && next - records.count - unknown.count < 8 {
                    let id = missing[next]
                    next += 1
                    group.addTask { (id, try await source.person(id)) }
                } else if let (id, record) = try await group.next() {
                    if let record { records.append(record) } else { unknown.append(id) }
                }
            }
            return (records, unknown)
        }
    }
}
