// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// The table `directory_names`: what people are found by who are typed in part. A search reads the range of an index, however many
/// people there are.
struct DirectoryNameTable {
    let connection: any SQLConnection

    /// Writes the names of a person that were not there, and takes away those that are none any more.
    func store(_ names: Set<String>, of id: String) throws {
        let known = Set(
            try connection.query("SELECT name FROM directory_names WHERE user_id = ?", [.text(id)]) {
                try $0[0] as String
            })
        for name in known.subtracting(names).sorted() {
            try connection.execute(
                "DELETE FROM directory_names WHERE name = ? AND user_id = ?", [.text(name), .text(id)])
        }
        try insert(names.subtracting(known).map { ($0, id) })
    }

    private func insert(_ rows: [(name: String, id: String)]) throws {
        // In the order of the key, which most engines keep the table in.
        try connection.insert(
            into: "directory_names", ["name", "user_id"],
            rows: rows.sorted { ($0.name, $0.id) < ($1.name, $1.id) }.map { [.text($0.name), .text($0.id)] })
    }

    /// Writes the names of the people of an older program, by the beginning of their ids.
    static func fill(_ connection: any SQLConnection, _ last: Int64) throws -> Int64? {
        guard last <= 256 else { return nil }
        let hex = { (number: Int64) in (number < 16 ? "0" : "") + String(number, radix: 16) }
        var conditions = SQLConditions()
        if last > 0 { conditions.add("id >= ?", hex(last - 1)) }
        if last < 256 { conditions.add("id < ?", hex(last)) }
        conditions.add("NOT EXISTS (SELECT 1 FROM directory_names n WHERE n.user_id = directory_users.id)", all: [])
        let names = try connection.query(
            """
            SELECT id, user_principal_name, search_name, search_addresses, attributes FROM directory_users \
            \(conditions.clause)
            """, conditions.parameters
        ) { row in
            let (id, name): (String, String) = (try row["id"], try row["user_principal_name"])
            return try SearchText(row).names(name, connection.dialect).map { (name: $0, id: id) }
        }
        try DirectoryNameTable(connection: connection).insert(names.flatMap(\.self))
        return last + 1
    }

    /// A condition on `directory_users` for those with a name or an address that begins so, whatever case, and accents of a name.
    static func condition(beginning text: String) -> SQLConditions {
        var conditions = SQLConditions()
        let words = Set([SearchText.folded(text), AddressSource.foldedCase(text)]).sorted()
        conditions.add(
            "id",
            in: words.map { word in
                let (condition, parameters) = SQLConditions.beginning("name", with: word)
                return ("SELECT user_id AS found_id FROM directory_names WHERE \(condition)", parameters)
            })
        return conditions
    }
}
