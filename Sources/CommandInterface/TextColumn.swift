// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A column of a table, and what becomes of it where there is not room for all.
public struct TextColumn: Sendable, ExpressibleByStringLiteral {
    let heading: String
    /// The width down to which its cells are cut short; nil for a column that is never cut.
    let leastWidth: Int?
    /// The column with the highest is left out first; those with 0 never.
    let dropRank: Int
    /// Lines that a cell may take before its end is cut.
    let mostLines: Int
    /// Whether it is text that people read as such.
    var isSentence: Bool { mostLines > 1 }

    private init(_ heading: String, leastWidth: Int?, dropRank: Int, mostLines: Int = 1) {
        self.heading = heading
        self.leastWidth = leastWidth
        self.dropRank = dropRank
        self.mostLines = mostLines
    }

    /// A column that is shown whole.
    public init(stringLiteral heading: String) { self.init(heading, leastWidth: nil, dropRank: 0) }

    /// A column that is shown whole or not at all.
    ///
    /// - Parameter rank: the highest is left out first.
    public static func optional(_ heading: String, _ rank: Int) -> TextColumn {
        TextColumn(heading, leastWidth: nil, dropRank: rank)
    }

    /// A column whose cells are cut short, such as names and ids of which a beginning is enough.
    ///
    /// - Parameters:
    ///   - least: characters that stay at least.
    ///   - rank: as of `optional`; 0 for a column that always stays.
    public static func short(_ heading: String, _ least: Int, _ rank: Int = 0) -> TextColumn {
        TextColumn(heading, leastWidth: least, dropRank: rank)
    }

    /// Sentences, which are broken into lines.
    ///
    /// - Parameter lines: how many lines a cell may take; what does not fit is cut.
    public static func sentence(_ heading: String, lines: Int = .max) -> TextColumn {
        TextColumn(heading, leastWidth: 24, dropRank: 0, mostLines: lines)
    }
}
