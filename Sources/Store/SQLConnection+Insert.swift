// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension SQLConnection {
    /// Inserts rows, many with one statement: a few by their number, more by powers of two, so that there are not too many texts.
    ///
    /// - Parameters:
    ///   - columns: at most 2000.
    ///   - rows: the values of these columns.
    ///   - number: a further column that numbers the rows by a counter, in one question and not two for all of them. Nobody else counts by it
    ///     before the transaction ends.
    public func insert(
        into table: String, _ columns: [String], rows: [[SQLValue]],
        numbering number: (column: String, by: IdentifierSequence)? = nil
    ) throws(StoreError) {
        if let number, !rows.isEmpty {
            try number.by.advance(by: Int64(rows.count), on: self)
            try insert(
                into: table, [number.column] + columns, firstValue: "\(number.by.current) - ?",
                rows: rows.enumerated().map { [SQLValue(rows.count - 1 - $0)] + $1 })
        } else {
            try insert(into: table, columns, firstValue: "?", rows: rows)
        }
    }

    private func insert(
        into table: String, _ columns: [String], firstValue: String, rows: [[SQLValue]]
    ) throws(StoreError) {
        let row = "(" + ([firstValue] + columns.dropFirst().map { _ in "?" }).joined(separator: ", ") + ")"
        var rest = rows[...]
        // SQL Server takes 2100 parameters and 1000 rows, the others more.
        var size = 512
        while !rest.isEmpty {
            while size > rest.count || (size > 1 && size * columns.count > 2000) { size /= 2 }
            if rest.count <= 16, rest.count * columns.count <= 2000 { size = rest.count }
            try execute(
                """
                INSERT INTO \(table) (\(columns.joined(separator: ", "))) \
                VALUES \(Array(repeating: row, count: size).joined(separator: ", "))
                """, rest.prefix(size).flatMap(\.self))
            rest = rest.dropFirst(size)
        }
    }
}
