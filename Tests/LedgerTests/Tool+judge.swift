// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension TestDatabase {
    /// What another SQLite finds wrong with the file; servers look after theirs.
    func judge() async throws {
        if engine == .sqlite { try await Tool.judge(path) }
    }
}

extension Tool {
    /// What another SQLite finds wrong with the file.
    static func judge(_ path: String) async throws {
        let verdict = try await python(
            """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1])
            print(c.execute('PRAGMA integrity_check').fetchall(), c.execute('PRAGMA foreign_key_check').fetchall())
            """, path)
        #expect(verdict == "[('ok',)] []\n")
    }
}
