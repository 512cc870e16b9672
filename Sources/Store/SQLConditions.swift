// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The WHERE clause of a filter whose parts are optional.
public struct SQLConditions {
    private var conditions: [String] = []
    public private(set) var parameters: [SQLValue] = []

    public init() {}

    /// Empty, or `WHERE …`.
    public var clause: String { conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") }

    public mutating func add(_ condition: String, _ value: (some SQLRepresentable)?) {
        guard let value else { return }
        add(condition, all: [value.sqlValue])
    }

    /// One condition with several parameters.
    public mutating func add(_ condition: String, all values: [SQLValue]) {
        conditions.append(condition)
        parameters += values
    }

    public mutating func add(_ column: String, anyOf values: Set<some SQLRepresentable>?) {
        guard let values else { return }
        guard !values.isEmpty else { return conditions.append("1 = 0") }
        conditions.append("\(column) IN (\(values.map { _ in "?" }.joined(separator: ", ")))")
        parameters += values.map(\.sqlValue)
    }

    /// For `LIKE ? ESCAPE '!'`: what has the text in it, whatever its letters mean to SQL.
    public static func pattern(containing text: String) -> String {
        "%" + text.map { "!%_[".contains($0) ? "!\($0)" : "\($0)" }.joined() + "%"
    }

    /// Text that a person typed: part of what is searched, or the whole of another column, there as typed or in one case
    /// throughout, so that indexes serve.
    ///
    /// - Parameter folded: a column, or an expression, of folded text.
    public mutating func add(_ text: String?, partOf folded: String, or others: [String]) {
        guard let text, !text.isEmpty else { return }
        let exact = others.map { "\($0) IN (?, ?, ?)" }
        add(
            "(\((["\(folded) LIKE ? ESCAPE '!'"] + exact).joined(separator: " OR ")))",
            all: [.text(Self.pattern(containing: text.folded))]
                + others.flatMap { _ in [text, text.lowercased(), text.uppercased()].map(SQLValue.text) })
    }
}
