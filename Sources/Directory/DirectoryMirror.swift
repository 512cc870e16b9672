// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import MicrosoftGraph
import Store

/// What we know of the tenant, in the database: written by `DirectorySynchronizer`, read by planner and console.
public struct DirectoryMirror: Sendable {
    let database: any SQLDatabase

    public init(database: any SQLDatabase) { self.database = database }

    /// The next changes of an enrollment group, oldest first: people who joined, left or have a changed attribute.
    ///
    /// An unchanged group gives an empty list at the cost of one index look-up; `.start` gives everybody who ever was a
    /// member since the gateway watches.
    /// - Parameters:
    ///   - position: the position of the last member handled.
    ///   - limit: how many at most; memory grows with it.
    /// - Throws: `StoreError`.
    public func members(
        of root: String, after position: MemberPosition = .start, limit: Int = 500
    ) async throws -> [EnrollmentMember] {
        try await database.read { connection in
            let number = SQLValue(position.changeNumber)
            return try Self.members(
                """
                m.root_group = ? AND m.change_number >= ? AND (m.change_number > ? OR m.user_id > ?)
                ORDER BY m.change_number, m.user_id \(connection.dialect.page(limit, 0))
                """, [SQLValue(root.lowercased()), number, number, SQLValue(position.userID)], on: connection)
        }
    }

    /// Some people of an enrollment group, as they are now; those who never were members are left out.
    ///
    /// - Throws: `StoreError`.
    public func members(of root: String, ids: [String]) async throws -> [EnrollmentMember] {
        try await database.read { connection in
            try SQLValueList.lists(ids.map { $0.lowercased() }).flatMap { list in
                try Self.members(
                    "m.user_id IN (\(list.places)) AND m.root_group = ? ORDER BY m.user_id",
                    list.parameters + [SQLValue(root.lowercased())], on: connection)
            }
        }
    }

    private static func members(
        _ condition: String, _ parameters: [SQLValue], on connection: any SQLConnection
    ) throws -> [EnrollmentMember] {
        var members = try connection.query(
            """
            SELECT m.user_id, m.present, m.change_number, u.is_deleted, u.attributes
            FROM enrollment_members m JOIN directory_users u ON u.id = m.user_id WHERE \(condition)
            """, parameters
        ) { row in
            let id: String = try row[0]
            return EnrollmentMember(
                person: DirectoryPerson(id: id, attributes: try row[4]), isPresent: try row[1], isDeleted: try row[3],
                position: MemberPosition(changeNumber: try row[2], userID: id))
        }
        try addRivalsAndOpeners(to: &members, on: connection)
        return members
    }

    static func addRivalsAndOpeners(to members: inout [EnrollmentMember], on connection: any SQLConnection) throws {
        var rivals: [String: [AddressClaim]] = [:]
        let ids = members.map(\.person.id)
        for list in SQLValueList.lists(ids) {
            for (owner, claim) in try claims(against: list, on: connection) { rivals[owner, default: []].append(claim) }
        }
        let openers = try openers(of: ids, on: connection)
        let mailboxes = try mailboxAddresses(of: ids, &rivals, on: connection)
        for index in members.indices {
            let id = members[index].person.id
            (members[index].rivals, members[index].openers) = (rivals[id] ?? [], openers[id])
            members[index].person.mailboxAddresses = mailboxes[id] ?? []
        }
    }

    /// Somebody as a member would be seen: with what others in the tenant claim of the person's addresses.
    ///
    /// - Throws: `StoreError`.
    public func asMember(_ person: DirectoryPerson) async throws -> EnrollmentMember {
        try await database.read { connection in
            var members = [
                EnrollmentMember(person: person, isPresent: true, isDeleted: false, position: .start)
            ]
            try Self.addRivalsAndOpeners(to: &members, on: connection)
            return members[0]
        }
    }

    /// What others claim of the addresses of these people, by person.
    private static func claims(
        against people: SQLValueList, on connection: any SQLConnection
    ) throws -> [(owner: String, claim: AddressClaim)] {
        try connection.query(
            """
            SELECT other.address, other.sources, c.id, c.kind, c.name, own.owner_id FROM directory_addresses own
            JOIN directory_addresses other ON other.address = own.address AND other.owner_id <> own.owner_id
            JOIN directory_claimants c ON c.id = other.owner_id
            WHERE own.owner_id IN (\(people.places)) ORDER BY own.owner_id, other.address, c.id
            """, people.parameters
        ) { (try $0[5], try claim($0)) }
    }

    /// Of a row that begins with address, sources, and id, kind and name of who claims it.
    static func claim(_ row: SQLRow) throws -> AddressClaim {
        AddressClaim(
            address: try row[0], source: AddressSource(rawValue: try row[1]),
            claimant: Claimant(id: try row[2], kind: try row[3], name: try row[4]))
    }

    /// Object ids of those who say that these addresses are theirs, by address. Index look-ups only.
    ///
    /// - Parameters:
    ///   - addresses: in the form of `AddressSource.foldedCase`.
    ///   - sources: where they say so; a name to sign in with is no mail address.
    /// - Throws: `StoreError`.
    public func holders(
        of addresses: Set<String>, by sources: AddressSource = [.mail, .proxyAddress]
    ) async throws -> [String: Set<String>] {
        try await database.read { connection in
            var holders: [String: Set<String>] = [:]
            for list in SQLValueList.lists(addresses.sorted()) {
                try connection.forEachRow(
                    "SELECT address, owner_id, sources FROM directory_addresses WHERE address IN (\(list.places))",
                    list.parameters
                ) { row in
                    guard !AddressSource(rawValue: try row[2]).isDisjoint(with: sources) else { return }
                    holders[try row[0], default: []].insert(try row[1])
                }
            }
            return holders
        }
    }

    /// Who may open shared mailboxes and read what is there, or could before, by mailbox; of other objects nobody.
    ///
    /// - Throws: `StoreError`.
    public func openers(ofMailboxes ids: Set<String>) async throws -> [String: Set<String>] {
        try await database.read { connection in
            var openers: [String: Set<String>] = [:]
            for list in SQLValueList.lists(ids.sorted()) {
                try connection.forEachRow(
                    """
                    SELECT mailbox_id, person_id FROM mailbox_people WHERE mailbox_id IN (\(list.places))
                    AND rights IN (1, 3)
                    """, list.parameters
                ) { openers[try $0[0], default: []].insert(try $0[1]) }
            }
            return openers
        }
    }

    /// Makes sure that a group was read not long ago: names, addresses and memberships go to others meanwhile.
    ///
    /// - Parameters:
    ///   - group: object id, or what stands for one.
    ///   - date: the oldest reading that will do.
    ///   - isNeeded: whether one that was never read will not do.
    /// - Throws: `GraphError` of kind `transient` for an older one, `StoreError`.
    public func requireReading(of group: String, since date: Date, isNeeded: Bool = false) async throws {
        let readAt = try await database.read { connection in
            try connection.value(
                "SELECT COALESCE(read_at, full_pass_at) FROM directory_roots WHERE root_group = ?",
                [SQLValue(group.lowercased())], as: Date.self)
        }
        guard readAt != nil || !isNeeded else {
            throw GraphError(
                .transient,
                "the list of shared mailboxes has not been read yet, and names are made of it: see why with 'certway doctor'; it goes on with "
                    + "the next reading")
        }
        guard let readAt, readAt < date else { return }
        throw GraphError(
            .transient,
            "the directory was last read at \(readAt.ISO8601Format()), so nothing leaves for a CA by what it said then: see "
                + "why with 'certway doctor'; it goes on with the next reading")
    }

    /// When a group, and the people of the tenant with it, was last read to its end; nil before the first time.
    ///
    /// - Throws: `StoreError`.
    public func newestReading() async throws -> Date? {
        try await database.read { connection in
            try connection.value("SELECT MAX(COALESCE(read_at, full_pass_at)) FROM directory_roots", [], as: Date?.self)
                ?? nil
        }
    }

    /// Makes sure that the addresses of the whole tenant have been read to their end at least once: until then nobody can
    /// say that an address is somebody's alone.
    ///
    /// - Throws: `GraphError` of kind `transient` when they have not, `StoreError`.
    public func requireAddresses() async throws {
        let listed: Int? = try await database.read { connection in
            try connection.value("SELECT COUNT(*) FROM directory_listings", [])
        }
        guard listed == ClaimantCollection.allCases.count else {
            throw GraphError(
                .transient,
                "the mail addresses of the tenant have not been read to the end yet, so nobody is planned for: see why "
                    + "with 'certway doctor'; the next pass reads on")
        }
    }

    /// The same as a stream that fetches `pageSize` members at a time.
    public func changes(
        of root: String, after position: MemberPosition = .start, pageSize: Int = 500
    ) -> MemberChanges {
        MemberChanges(mirror: self, root: root, start: position, pageSize: pageSize)
    }

    /// The enrollment groups a person is, or was, a member of.
    ///
    /// - Throws: `StoreError`.
    public func enrollmentGroups(of userID: String) async throws -> [(rootGroup: String, isPresent: Bool)] {
        try await database.read { connection in
            try connection.query(
                "SELECT root_group, present FROM enrollment_members WHERE user_id = ? ORDER BY root_group",
                [SQLValue(userID.lowercased())]
            ) { row in (rootGroup: try row[0], isPresent: try row[1]) }
        }
    }

    /// The groups of a tree in which a person is listed directly: why somebody is a member of `root`.
    ///
    /// - Throws: `StoreError`.
    public func groups(containing userID: String, in root: String) async throws -> [String] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT group_id FROM directory_group_edges WHERE root_group = ? AND member_id = ? AND is_group = 0
                ORDER BY group_id
                """, [SQLValue(root.lowercased()), SQLValue(userID.lowercased())]
            ) { try $0[0] }
        }
    }

    /// The nested groups of a tree, each with the group that lists it.
    ///
    /// - Throws: `StoreError`.
    public func nestedGroups(of root: String) async throws -> [(parent: String, group: String)] {
        let root = root.lowercased()
        return try await database.read { connection in
            try GroupTree(of: root, on: connection).edges.map { ($0.group, $0.member) }.sorted { $0 < $1 }
        }
    }
}
