// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport
import Testing

@Suite("Numbers of strangers keep their digits")
struct JSONNumberTests {
    /// What a double does not keep.
    static let wide = [
        "9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551616", "100000000000000000000",
        "9007199254740993.0", "1e16", "1e400", "-1e400", "1E+400", "1e-400", "1e99999999999999999999",
        "1e-99999999999999999999", "1.00000000000000000001", "0.1000000000000000055511151231257827",
        "12345678901234567.5",
        "-0.30000000000000000000004", "123456789012345678e-3",
    ]

    @Test("a number that a double does not keep is text, wherever it stands", arguments: wide)
    func wideNumbersAreText(literal: String) throws {
        #expect(try JSONValue(parsing: literal) == .string(literal))
        #expect(try JSONValue(parsing: " \n\(literal)\t") == .string(literal))
        #expect(try JSONValue(parsing: "[\(literal),\(literal) , 1]") == [.string(literal), .string(literal), 1])
        let text = #"{"a\"b": {"id":\#(literal)}, "text": "7, \#(literal) \\", "list": [[\#(literal)]]}"#
        let value = try JSONValue(parsing: text)
        #expect(value["a\"b"]?["id"]?.identifier == literal)
        #expect(value["text"]?.string == "7, \(literal) \\")
        #expect(value["list"] == [[.string(literal)]])
        #expect(try JSONValue(parsing: value.text) == value)
        #expect(try JSONValue(parsing: "\u{FEFF}{\"a\": \(literal)}")["a"]?.string == literal)
    }

    @Test(
        "a number that a double keeps stays one",
        arguments: [
            ("0", 0.0), ("-0", -0.0), ("7", 7), ("-7", -7), ("9007199254740991", 9_007_199_254_740_991),
            ("-9007199254740991", -9_007_199_254_740_991), ("1.50", 1.5), ("0.1", 0.1),
            ("0.30000000000000004", 0.1 + 0.2),
            ("1e3", 1000), ("1E+3", 1000), ("25e-1", 2.5), ("1e-300", 1e-300),
            ("0.000000000000000000000000000001", 1e-30),
            ("3.0000000000000000000000", 3), ("0e5", 0), ("0.0e-9", 0), ("1000000000000000e-15", 1),
        ])
    func keptNumbersAreNumbers(literal: String, number: Double) throws {
        let value = try JSONValue(parsing: "{\"n\": [\(literal)]}")
        #expect(value["n"]?[0] == .number(number))
        #expect(try JSONValue(parsing: value.text) == value)
    }

    @Test(
        "what JSON does not call a number is none, although libjq takes it for one",
        arguments: [
            "01", "-01", "00", "+1", ".5", "1.", "-", "-.5", "1e", "1e+", "nan", "-nan", "NaN", "inf", "-inf",
            "infinity",
            "Infinity", "0x10", "1_000", "--1", "1.2.3", "1e5e5", "٣", "True", "nul",
        ])
    func othersAreRefused(literal: String) {
        for text in [literal, "[\(literal)]", "{\"a\":\n\(literal)}", "[1,\(literal)"] {
            let error = #expect(throws: JSONSyntaxError.self, "\(text)") { try JSONValue(parsing: text) }
            #expect(error?.message.contains("does not have at line \(text.contains("\n") ? 2 : 1)") == true)
        }
    }

    @Test(
        "quotes do not make JSON of what is none",
        arguments: [
            "{9007199254740993: 1}", "{9007199254740993 \n: 1}", "[9007199254740993 9007199254740993]",
            "\"a\"9007199254740993", "9007199254740993\"a\"", "{\"a\" 9007199254740993}", "\"open 9007199254740993",
            "\"escaped \\\" 9007199254740993", "9007199254740993,", "[9007199254740993",
        ])
    func nothingElseIsMended(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }

    /// By chance: what is read as a number is the double nearest to its text and below 2^53, and nothing else is lost.
    @Test("numbers by chance")
    func chance() throws {
        var generator = SeededGenerator(seed: TestSeed.choose("numbers"))
        func digits(_ range: ClosedRange<Int>) -> String {
            String(
                (0..<Int.random(in: range, using: &generator)).map { _ in
                    Character("\(Int.random(in: 0...9, using: &generator))")
                })
        }
        var kept = 0
        for _ in 0..<3000 {
            var literal = Bool.random(using: &generator) ? "-" : ""
            literal += "\(Int.random(in: 1...9, using: &generator))" + digits(0...20)
            if Bool.random(using: &generator) { literal += "." + digits(1...20) }
            if Int.random(in: 0...3, using: &generator) == 0 {
                literal += "e\(Int.random(in: -330...330, using: &generator))"
            }
            switch try JSONValue(parsing: "[\(literal)]")[0] {
            case .number(let number):
                kept += 1
                #expect(number == Double(literal) && abs(number) < 9_007_199_254_740_992, "\(literal)")
                if !literal.contains(where: { ".e".contains($0) }) {
                    #expect(JSONValue.number(number).identifier == literal)
                }
            case let value: #expect(value == .string(literal))
            }
        }
        #expect((500...2500).contains(kept))
    }

    @Test("a double from which the number cannot be told is no id")
    func doublesBeyond() {
        for number in [9_007_199_254_740_992.0, 9_007_199_254_740_994, 1e17, 1e300, -1e16, .infinity, .nan] {
            #expect(JSONValue.number(number).int == nil && JSONValue.number(number).identifier == nil)
        }
        #expect(JSONValue(9_007_199_254_740_993).identifier == "9007199254740993")
        #expect(JSONValue(Int.min).identifier == "-9223372036854775808")
        #expect(JSONValue(9_007_199_254_740_991).int == 9_007_199_254_740_991)
        let literal: JSONValue = [9_007_199_254_740_993]
        #expect(literal.text == #"["9007199254740993"]"#)
    }

    @Test("a marked number is written with its digits")
    func markedNumbers() throws {
        let value: JSONValue = [
            "id": ["$number": "9007199254740993"], "list": [["$number": "-1e400"], "9007199254740993", 7],
            "not": ["$number": "1", "other": 2], "text": "a\"b",
        ]
        #expect(
            try value.textWithMarkedNumbers
                == #"{"id":9007199254740993,"list":[-1e400,"9007199254740993",7],"not":{"$number":"1","other":2},"text":"a\"b"}"#
        )
        #expect(value.text.contains(#"{"$number":"9007199254740993"}"#))
    }

    @Test(
        "a mark at something else writes nothing",
        arguments: [
            .string("007"), .string(""), .string("1,\"admin\":true"), .string("1 "), .string("nan"), .string("0x1"),
            nil,
            true, [], .number(1e300), .number(.infinity),
        ] as [JSONValue])
    func marksAtSomethingElse(marked: JSONValue) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue.object(["a": ["$number": marked]]).textWithMarkedNumbers }
    }
}
