// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Testing

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
}
