// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension DirectoryMirror {
    /// People whom a text names exactly, whatever its case: object id, user principal name, primary address or alias. A
    /// handful of index look-ups.
    ///
    /// - Throws: `StoreError`.
    public func people(named text: String) async throws -> [DirectoryPerson] {
        let key = SQLValue(AddressSource.foldedCase(text))
        return try await database.read { connection in
            var ids: [String] = []
            for condition in [
                "id = ?", "user_principal_name = ?", "mail = ?",
                "id IN (SELECT owner_id FROM directory_addresses WHERE address = ?)",
            ] {
                ids += try connection.query(
                    "SELECT id FROM directory_users WHERE \(condition) ORDER BY is_deleted, id", [key]
                ) { try $0[0] as String }.filter { !ids.contains($0) }
            }
            return try ids.flatMap { try Self.people("WHERE id = ?", [.text($0)], on: connection) }
        }
    }

    /// People by object id in small letters; who is not known is left out. One question for each `SQLValueList.longest` of them.
    ///
    /// - Throws: `StoreError`.
    public func people(ids: [String]) async throws -> [String: DirectoryPerson] {
        let ids = Set(ids.map { AddressSource.foldedCase($0) }).sorted()
        return try await database.read { connection in
            var found: [String: DirectoryPerson] = [:]
            for list in SQLValueList.lists(ids) {
                for person in try Self.people("WHERE id IN (\(list.places))", list.parameters, on: connection) {
                    found[AddressSource.foldedCase(person.id)] = person
                }
            }
            return found
        }
    }

    /// Those of some people who are deleted, by object id.
    ///
    /// - Throws: `StoreError`.
    public func deleted(_ ids: [String]) async throws -> Set<String> {
        try await database.read { connection in
            var deleted: Set<String> = []
            for list in SQLValueList.lists(ids) {
                try connection.forEachRow(
                    "SELECT id FROM directory_users WHERE is_deleted = 1 AND id IN (\(list.places))", list.parameters
                ) { deleted.insert(try $0[0]) }
            }
            return deleted
        }
    }

    /// People whose name, user principal name or an address begins so, or a word in one of them, whatever case, and accents of a
    /// name; also those who are deleted, behind the others. Reads a range of an index.
    ///
    /// - Parameter limit: people at most.
    /// - Returns: beside them, how many there are.
    /// - Throws: `StoreError`.
    public func people(called text: String, limit: Int) async throws -> (people: [DirectoryPerson], total: Int) {
        guard !text.isEmpty else { return ([], 0) }
        let conditions = DirectoryNameTable.condition(beginning: text)
        return try await database.read { connection in
            let people = try Self.people(
                "\(conditions.clause) ORDER BY is_deleted, user_principal_name, id "
                    + connection.dialect.page(limit, 0),
                conditions.parameters, on: connection)
            guard people.count == limit else { return (people, people.count) }
            let total = try connection.value(
                "SELECT COUNT(*) FROM directory_users \(conditions.clause)", conditions.parameters, as: Int.self)
            return (people, total ?? people.count)
        }
    }

    private static func people(
        _ clause: String, _ parameters: [SQLValue], on connection: any SQLConnection
    ) throws -> [DirectoryPerson] {
        try connection.query("SELECT id, attributes FROM directory_users \(clause)", parameters) { row in
            DirectoryPerson(id: try row[0], attributes: try row[1])
        }
    }
}
