// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The WHERE clause of a filter whose parts are optional.
public struct SQLConditions: Sendable {
    private struct Condition {
        var text: String
        var parameters: [SQLValue]
        /// The column of which `parameters` are the values that it may have.
        var column: String?
    }

    private var conditions: [Condition] = []

    public init() {}

    /// Empty, or `WHERE …`.
    public var clause: String {
        conditions.isEmpty ? "" : "WHERE " + conditions.map(\.text).joined(separator: " AND ")
    }

    public var parameters: [SQLValue] { conditions.flatMap(\.parameters) }

    public mutating func add(_ condition: String, _ value: (some SQLRepresentable)?) {
        guard let value else { return }
        add(condition, all: [value.sqlValue])
    }

    /// One condition with several parameters.
    public mutating func add(_ condition: String, all values: [SQLValue]) {
        conditions.append(Condition(text: condition, parameters: values))
    }

    public mutating func add(_ column: String, anyOf values: Set<some SQLRepresentable>?) {
        guard let values else { return }
        guard !values.isEmpty else { return add("1 = 0", all: []) }
        conditions.append(
            Condition(
                text: "\(column) IN (\(values.map { _ in "?" }.joined(separator: ", ")))",
                parameters: values.map(\.sqlValue), column: column))
    }

    /// The same for each value that a column may have, of one of these columns: together they are what this is. Itself alone where no
    /// condition names several values.
    func apart(by columns: [String]) -> [SQLConditions] {
        let index = conditions.firstIndex { condition in
            condition.parameters.count > 1 && condition.column.map(columns.contains) ?? false
        }
        guard let index, let column = conditions[index].column else { return [self] }
        return conditions[index].parameters.map { value in
            var part = self
            part.conditions[index] = Self.equal(column, value)
            return part
        }
    }

    /// A word of ours is written out: of a statement that is prepared once PostgreSQL makes one way for all values, and walks through all
    /// other rows for a rare one.
    private static func equal(_ column: String, _ value: SQLValue) -> Condition {
        guard case .text(let word) = value, !word.isEmpty,
            word.utf8.allSatisfy({ UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 })
        else { return Condition(text: "\(column) = ?", parameters: [value]) }
        return Condition(text: "\(column) = '\(word)'", parameters: [])
    }

    /// For `LIKE ? ESCAPE '!'`: what has the text in it, whatever its letters mean to SQL.
    public static func pattern(containing text: String) -> String {
        // By scalars, as engines read it: a sign with a combining mark behind it is that sign to them.
        "%" + text.unicodeScalars.map { "!%_[".unicodeScalars.contains($0) ? "!\($0)" : "\($0)" }.joined() + "%"
    }

    /// Text that begins so, by an index on the column: `column` has text that is compared byte by byte.
    public static func beginning(_ column: String, with text: String) -> (condition: String, parameters: [SQLValue]) {
        ("\(column) >= ? AND \(column) < ?", [.text(text), .text(text + "\u{10FFFD}")])
    }

    /// Rows whose `column` one of these questions gives; each reads an index of its own, which no engine does for their conditions
    /// joined by OR.
    ///
    /// - Parameter questions: each gives one column of ids.
    public mutating func add(_ column: String, in questions: [(sql: String, parameters: [SQLValue])]) {
        // Behind a name of its own, or MySQL asks it once for each row.
        let found = questions.enumerated().map { $0.offset == 0 ? "\($0.element.sql)" : "UNION \($0.element.sql)" }
        add(
            "\(column) IN (SELECT found_id FROM (\(found.joined(separator: " "))) found)",
            all: questions.flatMap(\.parameters))
    }
}
