// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Store

/// Changes the mirror inside one transaction, and numbers what a planner must look at.
///
/// Everything here may be applied twice: Graph repeats changes, and a pass that broke off begins again.
final class MirrorWriter {
    /// What happened to one enrollment group.
    struct Counts: Sendable {
        var joined = 0
        var left = 0
        var changed = 0

        static func += (total: inout Counts, part: Counts) {
            total.joined += part.joined
            total.left += part.left
            total.changed += part.changed
        }
    }

    let connection: any SQLConnection
    private let root: String
    private var counts: [String: Counts] = [:]
    private var taken: Int64?

    /// - Parameter root: the enrollment group whose tree is written; empty when none is.
    init(_ connection: any SQLConnection, root: String) {
        self.connection = connection
        self.root = root
    }

    /// Closes the books of the transaction and tells what it did to the enrollment group.
    func finish() throws -> Counts {
        for (group, part) in counts where part.joined != part.left {
            try connection.execute(
                "UPDATE directory_roots SET member_count = member_count + ? WHERE root_group = ?",
                [SQLValue(part.joined - part.left), SQLValue(group)])
        }
        return counts[root] ?? Counts()
    }

    /// Stores what Graph says about a person. People nobody asked about are stored too: the caller decides that.
    func store(_ record: DirectoryRecord) throws {
        let known = try connection.query(
            "SELECT is_deleted, attributes FROM directory_users WHERE id = ?", [SQLValue(record.id)]
        ) { row in (isDeleted: try row[0] as Bool, attributes: try row[1] as String) }.first
        var merged = JSONValue.object(record.attributes)
        if let known, var old = try? JSONValue(parsing: known.attributes).object {
            old.merge(record.attributes) { _, new in new }
            merged = .object(old)
        }
        let text = merged.text
        try storeClaims(of: record)
        if let known, !known.isDeleted, known.attributes == text { return }

        let person = DirectoryPerson(id: record.id, attributes: merged)
        let search = SearchText(person)
        let columns: [SQLValue] = [
            .text(lookup(person.userPrincipalName)), SQLValue(person.mail.map(lookup)), SQLValue(false),
            SQLValue(text), .text(search.name.storable), .text(search.addresses.storable), SQLValue(record.id),
        ]
        try DirectoryNameTable(connection: connection).store(
            search.names(person.userPrincipalName, connection.dialect), of: record.id)
        guard let known else {
            try connection.execute(
                """
                INSERT INTO directory_users (user_principal_name, mail, is_deleted, attributes, search_name,
                search_addresses, id) VALUES (?, ?, ?, ?, ?, ?, ?)
                """, columns)
            return
        }
        try connection.execute(
            """
            UPDATE directory_users SET user_principal_name = ?, mail = ?, is_deleted = ?, attributes = ?, search_name = ?,
            search_addresses = ? WHERE id = ?
            """, columns)
        if known.attributes != text { try markChanged(record.id) }
        if known.isDeleted {
            // Back from the recycle bin, or shown for the first time: memberships count again.
            for root in try roots(listing: record.id) { try setPresent(true, record.id, in: root) }
        }
    }

    /// What a person is looked up by. Nobody has an address that is cut here; whoever writes one into the tenant must not stop the
    /// pass by it.
    private func lookup(_ address: String) -> String {
        connection.dialect.cut(address.lowercased(), to: 320)
    }

    /// A member the tenant does not show (yet): remembered as deleted and without attributes, until users/delta brings
    /// it.
    func storeUnknown(_ id: String) throws {
        guard try connection.value("SELECT 1 FROM directory_users WHERE id = ?", [SQLValue(id)], as: Int.self) == nil
        else { return }
        try connection.execute(
            """
            INSERT INTO directory_users (user_principal_name, mail, is_deleted, attributes, search_name,
            search_addresses, id) VALUES ('', NULL, 1, '{}', '', '', ?)
            """, [SQLValue(id)])
    }

    /// Deleted in the tenant. Its edges stay: a restored person is a member again.
    func markDeleted(_ id: String) throws {
        try connection.execute("UPDATE directory_users SET is_deleted = 1 WHERE id = ?", [SQLValue(id)])
        try removeClaims(of: id)
        for root in try roots(of: id) { try setPresent(false, id, in: root) }
    }

    /// Has a person looked at again in every enrollment group.
    func markChanged(_ id: String) throws {
        let roots = try roots(of: id)
        guard !roots.isEmpty else { return }
        try connection.execute(
            "UPDATE enrollment_members SET change_number = ? WHERE user_id = ? AND present = 1",
            [SQLValue(try changeNumber()), SQLValue(id)])
        for root in roots { counts[root, default: Counts()].changed += 1 }
    }

    /// Applies one change that a delta round told.
    func apply(_ change: MembershipChange) throws {
        if change.isRemoved {
            try removeEdge(change.edge)
        } else {
            // As if the newest pass had seen it: a full pass that runs meanwhile must not take it for missing.
            try addEdge(change.edge, generation: try DirectorySchema.generations.last(on: connection))
        }
    }

    /// Records an edge, seen by the pass with number `generation`.
    func addEdge(_ edge: GroupEdge, generation: Int64) throws {
        let seen: Int64? = try connection.value(
            "SELECT generation FROM directory_group_edges WHERE \(GroupEdge.condition)", edge.key(in: root))
        if seen == nil {
            try connection.execute(
                """
                INSERT INTO directory_group_edges (root_group, is_group, group_id, member_id, generation)
                VALUES (?, ?, ?, ?, ?)
                """, edge.key(in: root) + [SQLValue(generation)])
        } else {
            try confirmEdge(edge, generation: generation)
        }
        if !edge.isGroup { try refreshPresence(of: edge.member) }
    }

    /// What a listing that may lag behind says of a member: one that is known stays, and nobody becomes one by it.
    ///
    /// - Returns: whether the pass with that number had seen the edge before; nil for one that is not known.
    func confirmMember(_ edge: GroupEdge, generation: Int64) throws -> Bool? {
        let seen: Int64? = try connection.value(
            "SELECT generation FROM directory_group_edges WHERE \(GroupEdge.condition)", edge.key(in: root))
        guard let seen else { return nil }
        if seen < generation { try confirmEdge(edge, generation: generation) }
        if !edge.isGroup { try refreshPresence(of: edge.member) }
        return seen >= generation
    }

    /// Marks a known edge as seen; a mark never goes back, so passes that overlap do not undo each other.
    ///
    /// - Returns: whether the edge was known and not seen before.
    @discardableResult
    func confirmEdge(_ edge: GroupEdge, generation: Int64) throws -> Bool {
        try connection.execute(
            "UPDATE directory_group_edges SET generation = ? WHERE \(GroupEdge.condition) AND generation < ?",
            [SQLValue(generation)] + edge.key(in: root) + [SQLValue(generation)]) > 0
    }

    private func removeEdge(_ edge: GroupEdge) throws {
        try connection.execute(
            "DELETE FROM directory_group_edges WHERE \(GroupEdge.condition)", edge.key(in: root))
        if !edge.isGroup { try refreshPresence(of: edge.member) }
    }

    /// Forgets edges that no pass has seen since `generation`, and lets those leave who have none any more.
    func removeEdges(before generation: Int64) throws {
        try connection.execute(
            "DELETE FROM directory_group_edges WHERE root_group = ? AND generation < ?",
            [SQLValue(root), SQLValue(generation)])
        try removeMembersWithoutEdge()
    }

    /// Forgets the members of groups that are no longer part of the tree.
    func removeUnreachableGroups() throws {
        let reachable = try GroupTree(of: root, on: connection).reachable
        let listed = try connection.query(
            "SELECT DISTINCT group_id FROM directory_group_edges WHERE root_group = ?", [SQLValue(root)]
        ) { try $0[0] as String }
        for group in listed where !reachable.contains(group) {
            try connection.execute(
                "DELETE FROM directory_group_edges WHERE root_group = ? AND is_group IN (0, 1) AND group_id = ?",
                [SQLValue(root), SQLValue(group)])
        }
        try removeMembersWithoutEdge()
    }

    private func removeMembersWithoutEdge() throws {
        counts[root, default: Counts()].left += try connection.execute(
            """
            UPDATE enrollment_members SET present = 0, change_number = ? WHERE root_group = ? AND present = 1
            AND NOT EXISTS (SELECT 1 FROM directory_group_edges e WHERE e.root_group = enrollment_members.root_group
            AND e.member_id = enrollment_members.user_id AND e.is_group = 0)
            """, [SQLValue(try changeNumber()), SQLValue(root)])
    }

    func refreshPresence(of id: String) throws {
        let isListed = try connection.value(
            """
            SELECT 1 FROM directory_users u WHERE u.id = ? AND u.is_deleted = 0 AND EXISTS (
            SELECT 1 FROM directory_group_edges e WHERE e.member_id = u.id AND e.root_group = ? AND e.is_group = 0)
            """, [SQLValue(id), SQLValue(root)], as: Int.self)
        try setPresent(isListed != nil, id, in: root)
    }

    private func setPresent(_ isPresent: Bool, _ id: String, in root: String) throws {
        let was: Bool? = try connection.value(
            "SELECT present FROM enrollment_members WHERE user_id = ? AND root_group = ?",
            [SQLValue(id), SQLValue(root)])
        guard (was ?? false) != isPresent else { return }
        let row = [SQLValue(isPresent), SQLValue(try changeNumber()), SQLValue(id), SQLValue(root)]
        if was == nil {
            try connection.execute(
                "INSERT INTO enrollment_members (present, change_number, user_id, root_group) VALUES (?, ?, ?, ?)", row)
        } else {
            try connection.execute(
                "UPDATE enrollment_members SET present = ?, change_number = ? WHERE user_id = ? AND root_group = ?", row
            )
        }
        if isPresent {
            counts[root, default: Counts()].joined += 1
        } else {
            counts[root, default: Counts()].left += 1
        }
    }

    /// The enrollment groups that a person is a present member of.
    private func roots(of id: String) throws -> [String] {
        try connection.query(
            "SELECT root_group FROM enrollment_members WHERE user_id = ? AND present = 1", [SQLValue(id)]
        ) { try $0[0] }
    }

    /// The enrollment groups in whose tree a person is listed.
    private func roots(listing id: String) throws -> [String] {
        try connection.query(
            "SELECT DISTINCT root_group FROM directory_group_edges WHERE member_id = ? AND is_group = 0", [SQLValue(id)]
        ) { try $0[0] }
    }

    /// One number for all changes of the transaction; readers see them together or not at all.
    private func changeNumber() throws -> Int64 {
        if let taken { return taken }
        let number = try DirectorySchema.changes.take(on: connection)
        taken = number
        return number
    }
}
