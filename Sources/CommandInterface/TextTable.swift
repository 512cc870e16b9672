// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Rows under headings, for a terminal.
public struct TextTable: Sendable {
    private let columns: [TextColumn]
    private var rows: [[String]] = []

    public init(_ columns: TextColumn...) { self.init(columns) }

    public init(_ columns: [TextColumn]) { self.columns = columns }

    /// Adds a row with a cell for each heading. Line breaks and tabs become blanks: one row stays one line; and
    /// what a CA wrote cannot steer the terminal.
    public mutating func add(_ cells: String...) { add(cells) }

    public mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has a cell for each heading")
        rows.append(
            cells.map { cell in
                VisibleText.line(String(cell.map { $0.isNewline || $0 == "\t" ? " " : $0 }))
            })
    }

    public var isEmpty: Bool { rows.isEmpty }

    /// As wide as the terminal is; in a pipe as wide as the text is.
    public var text: String { text(width: Terminal.width) }

    /// Columns as wide as their longest cell, the last one left ragged. What is too wide is made narrower: columns that may be
    /// left out go, one after the other, until the others fit at their least width; those are then cut, the widest first.
    ///
    /// - Parameter width: nil for as much as there is.
    public func text(width: Int?) -> String {
        let all = [columns.map(\.heading)] + rows
        var shown = Array(columns.indices)
        let natural = columns.indices.map { column in all.map { TextWidth.of($0[column]) }.max() ?? 0 }
        guard let width else { return lines(all, shown, natural) }
        let least = columns.indices.map { column in
            min(natural[column], columns[column].leastWidth.map { max($0, columns[column].heading.count) } ?? .max)
        }
        func total(_ widths: [Int]) -> Int { shown.reduce(2 * (shown.count - 1)) { $0 + widths[$1] } }
        while total(least) > width,
            let last = shown.max(by: { columns[$0].dropRank < columns[$1].dropRank }), columns[last].dropRank > 0
        {
            shown.removeAll { $0 == last }
        }
        var widths = natural
        while total(widths) > width,
            let widest = shown.filter({ widths[$0] > least[$0] }).max(by: { widths[$0] < widths[$1] })
        {
            widths[widest] -= 1
        }
        return lines(all, shown, widths)
    }

    private func lines(_ all: [[String]], _ shown: [Int], _ widths: [Int]) -> String {
        all.flatMap { row -> [String] in
            let cells = shown.map { TextWidth.lines(row[$0], widths[$0], most: columns[$0].mostLines) }
            return (0..<(cells.map(\.count).max() ?? 0)).map { line in
                zip(shown, cells).map { column, lines in
                    let cell = line < lines.count ? lines[line] : ""
                    let room = widths[column] - TextWidth.of(cell)
                    return column == shown.last ? cell : cell + String(repeating: " ", count: max(0, room))
                }.joined(separator: "  ")
            }
        }.joined(separator: "\n")
    }
}
