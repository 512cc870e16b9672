// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Rows under headings, for a terminal.
public struct TextTable: Sendable {
    private let headings: [String]
    private var rows: [[String]] = []

    public init(_ headings: String...) { self.headings = headings }

    /// Adds a row with a cell for each heading. Line breaks and tabs become blanks: one row stays one line; and
    /// what a CA wrote cannot steer the terminal.
    public mutating func add(_ cells: String...) {
        precondition(cells.count == headings.count, "a row has a cell for each heading")
        rows.append(
            cells.map { cell in
                VisibleText.line(String(cell.map { $0.isNewline || $0 == "\t" ? " " : $0 }))
            })
    }

    public var isEmpty: Bool { rows.isEmpty }

    /// Columns as wide as their longest cell, the last one left ragged.
    public var text: String {
        let all = [headings] + rows
        let widths = headings.indices.map { column in
            all.map { $0[column].count }.max() ?? 0
        }
        return all.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
