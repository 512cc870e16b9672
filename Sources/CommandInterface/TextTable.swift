// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Rows under headings, for a terminal.
public struct TextTable: Sendable {
    private let headings: [String]
    private var rows: [[String]] = []

    public init(_ headings: String...) { self.headings = headings }

    /// Adds a row; line breaks in a cell become blanks so that one row stays one line.
    public mutating func add(_ cells: String...) {
        rows.append(cells.map { $0.replacing("\n", with: " ") })
    }

    public var isEmpty: Bool { rows.isEmpty }

    /// Columns as wide as their longest cell, the last one left ragged.
    public var text: String {
        let all = [headings] + rows
        let widths = headings.indices.map { column in
            all.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return all.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
