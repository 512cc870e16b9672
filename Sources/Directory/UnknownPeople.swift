// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import Store

/// Fetches members one by one of whom nothing but the id is known, eight at a time.
struct UnknownPeople {
    let source: DirectorySource
    let database: any SQLDatabase
    let root: String

    /// Members of a group.
    ///
    /// - Returns: also how many they were.
    func fetch(of group: String) async throws -> (counts: MirrorWriter.Counts, number: Int) {
        let root = root
        let missing = try await database.read { connection in
            try connection.query(
                """
                SELECT member_id FROM directory_group_edges e WHERE root_group = ? AND is_group = 0 AND group_id = ?
                AND NOT EXISTS (SELECT 1 FROM directory_users u WHERE u.id = e.member_id AND u.attributes <> '{}')
                """, [SQLValue(root), SQLValue(group)]
            ) { try $0[0] as String }
        }
        return (try await fetch(missing), missing.count)
    }

    /// Those of these people who are unknown.
    func fetch(among ids: Set<String>) async throws -> MirrorWriter.Counts {
        try await fetch(
            database.read { connection in
                try ids.filter { id in
                    try connection.value(
                        "SELECT 1 FROM directory_users WHERE id = ? AND attributes <> '{}'", [SQLValue(id)],
                        as: Int.self) == nil
                }.sorted()
            })
    }

    private func fetch(_ missing: [String]) async throws -> MirrorWriter.Counts {
        var counts = MirrorWriter.Counts()
        for start in stride(from: 0, to: missing.count, by: 200) {
            let people = try await source.people(missing[start...].prefix(200), atOnce: 8)
            counts += try await database.write { [root] connection in
                let writer = MirrorWriter(connection, root: root)
                for (id, record) in people {
                    if let record { try writer.store(record) } else { try writer.storeUnknown(id) }
                    try writer.refreshPresence(of: id)
                }
                return try writer.finish()
            }
        }
        return counts
    }
}
