// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CommandInterface

@Suite struct VisibleTextTests {
    /// Controls, bidirectional and other invisible marks, separators, tags and noncharacters, by the Unicode ranges themselves.
    static let hostile: [Unicode.Scalar] = [
        0x00...0x1F, 0x7F...0x9F, 0xAD...0xAD, 0x61C...0x61C, 0x115F...0x1160, 0x180E...0x180E, 0x200B...0x200F,
        0x2028...0x202E, 0x2060...0x206F, 0x3164...0x3164, 0xFEFF...0xFEFF, 0xFFA0...0xFFA0, 0xFFF9...0xFFFB,
        0xFDD0...0xFDEF, 0xFFFE...0xFFFF, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0001...0xE0001,
        0xE0020...0xE007F, 0x10FFFE...0x10FFFF,
    ].flatMap { (range: ClosedRange<UInt32>) in range.compactMap(Unicode.Scalar.init) }

    @Test func everyHostileScalarIsVisibleAtEveryExit() throws {
        for scalar in Self.hostile {
            let name = "Ada\(scalar)Lovelace"
            let spelling = "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            let said: OutputText = "name:\n\(name)"
            #expect(said.text == "name:\nAda\(spelling)Lovelace")
            if scalar != "\n", scalar != "\t" { #expect(VisibleText.lines(name) == "Ada\(spelling)Lovelace") }
            var table = TextTable("NAME")
            table.add(name)
            let row = try #require(table.text.split(separator: "\n", maxSplits: 1).last)
            #expect(!row.unicodeScalars.contains(scalar), "\(spelling) in a table")
        }
    }

    @Test func jsonStaysEqualInValueAndHoldsNone() throws {
        for scalar in Self.hostile {
            let value = ["name": "Ada\(scalar)Lovelace"]
            let encoder = JSONEncoder()
            encoder.outputFormatting = .prettyPrinted
            let plain = String(decoding: try encoder.encode(value), as: UTF8.self)
            let json = VisibleText.json(plain)
            if scalar != "\n" { #expect(!json.unicodeScalars.contains(scalar)) }
            // Compared by scalar: equal strings may differ in marks that show nothing.
            let read = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
            #expect(read["name"].map { Array($0.unicodeScalars) } == value["name"].map { Array($0.unicodeScalars) })
        }
    }

    @Test(arguments: [
        "Jörg Müller", "Zoe\u{308}", "\u{65E5}\u{672C}", "\u{5D0}\u{5D1}", "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}",
        "\u{915}\u{94D}\u{200D}\u{937}", "\u{1F469}\u{200D}\u{1F4BB}", "\u{2764}\u{FE0F}\u{200D}\u{1F525}",
        "C:\\users, 5 € – “quoted”",
    ])
    func whatPeopleAreCalledStays(_ name: String) {
        #expect(Array(VisibleText.line(name).unicodeScalars) == Array(name.unicodeScalars))
        #expect(Array(VisibleText.json(name).unicodeScalars) == Array(name.unicodeScalars))
    }

    @Test(arguments: [
        "\u{200D}Ada", "Ada\u{200D}", "A\u{200D}da", "\u{5D0}\u{200C}\u{200C}\u{5D1}", "\u{645} \u{200C}\u{645}",
    ])
    func aJoinerThatJoinsNothingIsVisible(_ name: String) {
        #expect(!VisibleText.line(name).unicodeScalars.contains { $0.value == 0x200C || $0.value == 0x200D })
    }
}
