// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// SQLite's words for a statement in those of SQL Server, for what the dialect writes and nothing else.
enum SQLServerTranslation {
    static func statements(_ sql: String) -> [String] {
        if let match = try? #/CREATE TRIGGER (\w+)_no_change ON \w+ INSTEAD OF .*/#.wholeMatch(in: sql) {
            return SQLDialect.sqlite.appendOnly(String(match.1))
        }
        return [merge(sql) ?? plain(sql)]
    }

    private static func merge(_ sql: String) -> String? {
        guard let match = try? #/MERGE (\w+) WITH .* AS s \(([^)]*)\) ON (.*) WHEN MATCHED .*/#.wholeMatch(in: sql)
        else { return nil }
        let columns = match.2.split(separator: ", ").map(String.init)
        let key = match.3.matches(of: #/t\.(\w+) = /#).map { String($0.1) }
        return SQLDialect.sqlite.upsert(String(match.1), key, columns.filter { !key.contains($0) })
    }

    private static func plain(_ sql: String) -> String {
        sql.replacing(#/IF OBJECT_ID\(N'\w+', N'U'\) IS NULL CREATE TABLE/#, with: "CREATE TABLE IF NOT EXISTS")
            .replacing(#/OFFSET (\d+) ROWS FETCH NEXT (\d+) ROWS ONLY/#) { "LIMIT \($0.2) OFFSET \($0.1)" }
            .replacing(#/ WITH \([A-Z, ]+\)/#, with: "")
            .replacing(#/(\w+) NVARCHAR\((\d+)\) COLLATE \w+/#) {
                "\($0.1) VARCHAR(\($0.2)) CHECK (length(\($0.1)) <= \($0.2))"
            }
            .replacing(#/NVARCHAR\(MAX\) COLLATE \w+/#, with: "TEXT")
            .replacing("VARBINARY(MAX)", with: "BLOB")
            .replacing(
                SQLDialect.sqlserver.now ?? "", with: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")
    }
}
