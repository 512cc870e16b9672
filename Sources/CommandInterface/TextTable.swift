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
    /// left out go, one after the other, until the others fit at their least width; those are then cut, the widest first. Sentences for
    /// which the others leave too little room stand beneath their rows.
    ///
    /// - Parameter width: nil for as much as there is.
    public func text(width: Int?) -> String {
        let natural = columns.indices.map { column in
            rows.reduce(TextWidth.of(columns[column].heading)) { max($0, TextWidth.of($1[column])) }
        }
        guard let width else { return lines(Array(columns.indices), natural) }
        let (shown, widths) = fitted(Array(columns.indices), natural, width)
        guard let last = shown.last, shown.count > 1, columns[last].isSentence,
            widths[last] < min(natural[last], Self.readable)
        else { return lines(shown, widths) }
        let (others, room) = fitted(columns.indices.filter { $0 != last }, natural, width)
        return lines(others, room, beneath: last, width)
    }

    /// Below this width a sentence is a column of single words.
    private static let readable = 32

    /// Which of some columns are shown, and how wide each is.
    private func fitted(_ chosen: [Int], _ natural: [Int], _ width: Int) -> (shown: [Int], widths: [Int]) {
        var shown = chosen
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
        return (shown, widths)
    }

    /// - Parameters:
    ///   - beneath: a column whose cells stand in lines of their own below the others; nil for none.
    ///   - width: of the terminal.
    private func lines(_ shown: [Int], _ widths: [Int], beneath: Int? = nil, _ width: Int = 0) -> String {
        ([columns.map(\.heading)] + rows).flatMap { row -> [String] in
            let cells = shown.map { TextWidth.lines(row[$0], widths[$0], most: columns[$0].mostLines) }
            let lines = (0..<(cells.map(\.count).max() ?? 0)).map { line in
                zip(shown, cells).map { column, lines in
                    let cell = line < lines.count ? lines[line] : ""
                    let room = widths[column] - TextWidth.of(cell)
                    return column == shown.last ? cell : cell + String(repeating: " ", count: max(0, room))
                }.joined(separator: "  ")
            }
            guard let beneath, !row[beneath].isEmpty else { return lines }
            // All of it, for its last words are often what to do: what makes a row high is a narrow column.
            return lines + TextWidth.lines(row[beneath], max(20, width - 4), most: .max).map { "    " + $0 }
        }.joined(separator: "\n")
    }
}
