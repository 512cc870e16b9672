// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension DirectoryMirror {
    /// Display names of the enrollment groups by their ids, as each was last read; a group that was never read is absent.
    ///
    /// - Throws: `StoreError`.
    public func groupNames() async throws -> [String: String] {
        try await database.read { connection in
            let names = try connection.query("SELECT root_group, name FROM directory_roots WHERE name <> ''") {
                (id: try $0[0] as String, name: try $0[1] as String)
            }
            return Dictionary(names.map { ($0.id, $0.name) }) { first, _ in first }
        }
    }
}
