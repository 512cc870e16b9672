// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CommandInterface

@Suite struct TextTableTests {
    @Test func columnsAreAsWideAsTheirLongestCell() {
        var table = TextTable("NAME", "STATE", "DETAIL")
        #expect(table.isEmpty)
        table.add("ada", "active", "")
        table.add("grace.hopper", "ok", "all is well, and this cell is long")
        #expect(!table.isEmpty)
        #expect(
            table.text.split(separator: "\n").map(String.init) == [
                "NAME          STATE   DETAIL", "ada           active  ",
                "grace.hopper  ok      all is well, and this cell is long",
            ])
    }

    @Test func aRowStaysOneLineAndCannotSteerTheTerminal() {
        var table = TextTable("WHAT", "END")
        table.add("a\nb\r\nc\td\u{1B}[2Je\u{7F}", "x")
        #expect(table.text == "WHAT                     END\na b c d\\u{1B}[2Je\\u{7F}  x")
    }

    @Test func umlautsAndCombiningMarksCountAsOne() {
        var table = TextTable("N", "M")
        table.add("Zoe\u{308}", "x")
        table.add("Jörg", "y")
        #expect(table.text == "N     M\nZoe\u{308}   x\nJörg  y")
    }

    private static func orders() -> TextTable {
        var table = TextTable(
            .short("ORDER", 11), .short("USER", 20), .short("TEMPLATE", 8, 2), "STAGE", .optional("SINCE", 3),
            .sentence("DETAIL", lines: 2))
        table.add(
            "cw-abcdefghijklmnopqrst", "ada.lovelace.with.a.long.name@example.org", "smime-of-the-head-office",
            "pending", "2026-11-27T09:00:00Z", "")
        table.add(
            "cw-bcdefghijklmnopqrstu", "北京市@example.org", "smime", "submitted (held)", "2026-11-27T09:00:00Z",
            "the CA has not answered, and nobody knows what became of it: look there, and then say what you have seen; "
                + "a second sentence that no list needs")
        return table
    }

    /// Nothing is wider than the terminal; what goes, goes in its order, and what stays can be told apart.
    @Test(arguments: [80, 100, 120, 160, 200, 400])
    func aTableIsAsWideAsTheTerminal(_ width: Int) throws {
        let lines = Self.orders().text(width: width).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { TextWidth.of($0) <= width }, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("cw-abcdefg") } && lines.contains { $0.hasPrefix("cw-bcdefgh") })
        #expect(lines[0].contains("STAGE") && lines[0].contains("TEMPLATE") && lines[0].contains("USER"))
        #expect(lines[0].contains("SINCE") == (width >= 100), "\(lines[0])")
        // Where a sentence has no room beside the others it stands beneath them.
        let isBeside = width >= 160
        #expect(lines[0].contains("DETAIL") == isBeside && (isBeside || lines[1].hasSuffix("    DETAIL")), "\(lines)")
        #expect(lines.contains { $0.contains("the CA has not answered, and") }, "\(lines)")
        #expect(isBeside || lines.count == 2 + 1 + 3, "a row without a sentence has no line for it: \(lines)")
        // All columns begin where their heading does.
        let stage = try #require(lines[0].firstRange(of: "STAGE"))
        let place = lines[0].distance(from: lines[0].startIndex, to: stage.lowerBound)
        #expect(lines.contains { TextWidth.of($0.prefix { $0 != "(" }.dropLast(10)) == place }, "\(lines)")
    }

    @Test func inAPipeNothingIsCut() {
        let text = Self.orders().text(width: nil)
        #expect(text.split(separator: "\n").count == 3 && !text.contains("…"))
        #expect(text.contains("no list needs") && text.contains("cw-abcdefghijklmnopqrst"))
    }

    @Test(arguments: [1, 2, 5, 20]) func sentencesBreakAtBlanksAndLoseNoWord(_ width: Int) {
        let text = "one twenty-two 三三三 and four"
        let lines = TextWidth.lines(text, width, most: .max)
        #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " } || width == 1, "\(lines)")
        #expect(lines.allSatisfy { TextWidth.of($0) <= width } || width == 1, "\(lines)")
        #expect(TextWidth.lines(text, width, most: 1).count == 1)
    }

    /// Sentences are broken at blanks, commands in them are not, and what is wider than a line stays what it is.
    @Test(arguments: [40, 80]) func sentencesFitTheTerminal(_ width: Int) {
        let command = "'certway order list --backend-ca ca'"
        let text =
            "\n3 orders at ca: the CA answered 503: Service Unavailable, for a while; see \(command) for which they are"
        let lines = TextWidth.sentences(text, width).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "" && lines.allSatisfy { TextWidth.of($0) <= width }, "\(lines)")
        #expect(lines.contains { $0.contains(command) }, "\(lines)")
        let words = lines.joined(separator: " ").split(separator: " ")
        #expect(words == text.split { $0 == " " || $0 == "\n" })
        let cursor = "the rest: --page " + String(repeating: "x", count: width)
        #expect(TextWidth.sentences(cursor, width) == cursor)
    }
}
