// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How much room text takes on a terminal.
enum TextWidth {
    /// Places of a text: the letters and signs of East Asia and emoji take two (Unicode UAX #11).
    static func of(_ text: some StringProtocol) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + of($1) }
    }

    private static func of(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first?.value, scalar >= 0x1100 else { return 1 }
        return wide.contains { $0.contains(scalar) } ? 2 : 1
    }

    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
    ]

    /// As many characters from the start as fit.
    static func prefix(_ text: Substring, _ width: Int) -> Substring {
        var room = width
        return text.prefix {
            room -= of($0)
            return room >= 0
        }
    }

    /// The text, or its beginning with an ellipsis.
    static func cut(_ text: String, _ width: Int) -> String {
        guard of(text) > width else { return text }
        return prefix(Substring(text), max(0, width - 1)) + "…"
    }

    /// Sentences in lines of this width. Commands in quotes are not broken, for people copy them, nor is a line that holds something
    /// wider, such as a cursor.
    static func sentences(_ text: String, _ width: Int) -> String {
        let tied = text.replacing(/'certway [^'\n]*'/) { $0.output.replacing(" ", with: "\u{A0}") }
        return tied.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            line.split(separator: " ").allSatisfy { of($0) + 2 <= width }
                ? lines(String(line), width, most: .max, indent: 2) : [String(line)]
        }.joined(separator: "\n").replacing("\u{A0}", with: " ")
    }

    /// Lines of at most this width, broken at blanks where there are any; the last of `most` is cut.
    ///
    /// - Parameter indent: blanks before all lines but the first.
    static func lines(_ text: String, _ width: Int, most: Int, indent: Int = 0) -> [String] {
        guard most > 1, of(text) > width else { return [cut(text, width)] }
        var lines: [String] = []
        var rest = Substring(text)
        var margin = ""
        while of(rest) > width - margin.count, lines.count < most - 1 {
            var line = prefix(rest, width - margin.count)
            guard !line.isEmpty else { break }
            // A word that just ends here stays whole, and a margin is no place to break at.
            if rest[line.endIndex] != " ", let blank = line.lastIndex(of: " "),
                line[..<blank].contains(where: { $0 != " " })
            {
                line = line[..<blank]
            }
            lines.append(margin + line)
            rest = rest[line.endIndex...].drop { $0 == " " }
            margin = String(repeating: " ", count: indent)
        }
        return lines + [margin + cut(String(rest), width - margin.count)]
    }
}
