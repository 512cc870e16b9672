// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

extension DirectoryMirror {
    /// What stands for the group of all shared mailboxes.
    public static let allMailboxes = "mailboxes"

    /// The shared mailboxes, also those that are gone, by address.
    ///
    /// - Throws: `StoreError`.
    public func mailboxes() async throws -> [SharedMailbox] {
        try await database.read { try Self.mailboxes("1 = 1", [], on: $0) }
    }

    /// The shared mailboxes of which it cannot be read as it should be who may open them, by address.
    public static func unread(on connection: any SQLConnection) throws -> [SharedMailbox] {
        try mailboxes("present = 1 AND problem IS NOT NULL", [], on: connection)
    }

    /// The mailbox of an address or object id.
    public func mailbox(_ key: String) async throws -> SharedMailbox? {
        let key = SQLValue(key.lowercased())
        return try await database.read { try Self.mailboxes("id = ? OR address = ?", [key, key], on: $0).first }
    }

    /// Who may open a mailbox or write in its name, and who might before.
    public func people(ofMailbox id: String) async throws -> [MailboxPerson] {
        try await database.read { try Self.mailboxPeople("mailbox_id = ?", [SQLValue(id.lowercased())], on: $0) }
    }

    /// Which mailboxes a person may open or write from.
    public func mailboxes(ofPerson id: String) async throws -> [MailboxPerson] {
        try await database.read {
            try Self.mailboxPeople("person_id = ? AND present = 1", [SQLValue(id.lowercased())], on: $0)
        }
    }

    /// The accounts of those who may open shared mailboxes, by mailbox; those whose list cannot be read as it should be are left out.
    static func openers(
        of ids: [String], on connection: any SQLConnection
    ) throws -> [String: [MailboxAccount?]] {
        var openers: [String: [MailboxAccount?]] = [:]
        for list in SQLValueList.lists(ids) {
            try connection.forEachRow(
                """
                SELECT s.id, r.person_id, r.account FROM shared_mailboxes s LEFT JOIN mailbox_people r ON r.mailbox_id = s.id \
                AND r.present = 1 AND r.rights IN (1, 3) WHERE s.id IN (\(list.places)) AND s.present = 1 \
                AND s.read_at IS NOT NULL AND s.problem IS NULL
                """, list.parameters
            ) { row in
                let (id, person, account): (String, String?, Int?) = (try row[0], try row[1], try row[2])
                openers[id, default: []] += person == nil ? [] : [account.map { MailboxAccount(rawValue: $0) }]
            }
        }
        return openers
    }

    /// The addresses of the shared mailboxes that people may open, by person; and what others than the mailbox claim of those, as what is
    /// claimed of a person's own.
    static func mailboxAddresses(
        of ids: [String], _ rivals: inout [String: [AddressClaim]], on connection: any SQLConnection
    ) throws -> [String: [String]] {
        var addresses: [String: [String]] = [:]
        for list in SQLValueList.lists(ids) {
            let open = """
                FROM mailbox_people r JOIN shared_mailboxes s ON s.id = r.mailbox_id AND s.present = 1
                """
            let theirs = "r.person_id IN (\(list.places)) AND r.present = 1 AND r.rights IN (1, 3)"
            try connection.forEachRow(
                "SELECT r.person_id, s.address \(open) WHERE \(theirs) ORDER BY s.address", list.parameters
            ) { addresses[try $0[0], default: []].append(try $0[1]) }
            guard !addresses.isEmpty else { continue }
            try connection.forEachRow(
                """
                SELECT other.address, other.sources, c.id, c.kind, c.name, r.person_id \(open)
                JOIN directory_addresses other ON other.address = s.address AND other.owner_id <> s.id
                AND other.owner_id <> r.person_id JOIN directory_claimants c ON c.id = other.owner_id
                WHERE \(theirs) ORDER BY r.person_id, other.address, c.id
                """, list.parameters
            ) { row in
                rivals[try row[5], default: []].append(try claim(row))
            }
        }
        return addresses
    }

    /// Says that nobody may open a mailbox any more, whose list of people came back empty: a person's word.
    ///
    /// - Returns: whether somebody was on the list.
    public func release(mailbox id: String, at date: Date) async throws -> Bool {
        try await database.write { connection in
            let count = try connection.execute(
                "UPDATE mailbox_people SET present = 0, since = ? WHERE mailbox_id = ? AND present = 1",
                [SQLValue(date), SQLValue(id)])
            try connection.execute("UPDATE shared_mailboxes SET problem = NULL WHERE id = ?", [SQLValue(id)])
            try Self.markChanged([id], on: connection)
            return count > 0
        }
    }

    /// Has people or mailboxes looked at again in each enrollment group, as if the directory had told something of them.
    public static func markChanged(_ ids: Set<String>, on connection: any SQLConnection) throws {
        guard !ids.isEmpty else { return }
        let writer = MirrorWriter(connection, root: "")
        for id in ids.sorted() { try writer.markChanged(id) }
        _ = try writer.finish()
    }

    static func mailboxes(
        _ condition: String, _ parameters: [SQLValue], on connection: any SQLConnection
    ) throws -> [SharedMailbox] {
        try connection.query(
            """
            SELECT id, address, name, present, read_at, problem FROM shared_mailboxes WHERE \(condition) ORDER BY address, id
            """, parameters
        ) { row in
            SharedMailbox(
                id: try row[0], address: try row[1], name: try row[2], isPresent: try row[3], readAt: try row[4],
                problem: try row[5])
        }
    }

    static func mailboxPeople(
        _ condition: String, _ parameters: [SQLValue], on connection: any SQLConnection
    ) throws -> [MailboxPerson] {
        try connection.query(
            """
            SELECT mailbox_id, person_id, rights, via, present, since FROM mailbox_people WHERE \(condition)
            ORDER BY mailbox_id, person_id
            """, parameters
        ) { row in
            MailboxPerson(
                mailboxID: try row[0], personID: try row[1], rights: MailboxRights(rawValue: try row[2]),
                via: try row[3], isPresent: try row[4], since: try row[5])
        }
    }
}
