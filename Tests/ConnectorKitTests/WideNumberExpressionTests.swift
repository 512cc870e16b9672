// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import JSONDocuments
import Testing
import YAMLDocuments

@Suite("Programs do not change the digits of a number")
struct WideNumberExpressionTests {
    private static let texts = [
        "9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551616", "1e400", "-1e400",
        "1e-400",
        "1.00000000000000000001", "nan",
    ]

    @Test("what a double does not keep goes through as it is", arguments: JSONNumberTests.wide)
    func wideNumbersPass(literal: String) throws {
        let input = try JSONValue(parsing: #"{"orders": [{"id": \#(literal)}, {"id": 1}]}"#)
        for source in [
            ".orders[0].id", "[.orders[].id][0]", ".orders[0].id | tostring", "\"\\(.orders[0].id)\"",
            "tojson | fromjson | .orders[0].id", ".orders | map(.id) | first", ".orders[0] | to_entries[0].value",
        ] {
            let output = try #require(Programs().add(source)).evaluate(input)
            #expect(output.identifier == literal, "\(source)")
        }
        let template = try Self.template("/orders/${ .orders[0].id }")
        #expect(try template.render(input) == "/orders/\(literal)")
    }

    @Test("no program makes a number of text that a double would change", arguments: texts)
    func textStaysText(text: String) throws {
        for source in ["tonumber", "[.] | map(tonumber)", "fromjson", "\"[\\(.)]\" | fromjson"] {
            // A fraction in a text that is parsed is the one thing that libjq rounds unseen.
            if source.contains("fromjson"), text.hasPrefix("1.") || text == "1e-400" { continue }
            let program = try #require(Programs().add(source))
            let error = #expect(throws: ExpressionError.self, "\(source)") { try program.evaluate(.string(text)) }
            #expect(error?.message.contains("more digits than are kept") == true, "\(source): \(error?.message ?? "")")
        }
    }

    @Test(
        "other text is a number as before",
        arguments: [
            ("12", 12.0), ("-0", -0.0), ("0", 0), ("1.50", 1.5), ("1e3", 1000), ("007", 7),
            ("0000000000000000000042", 42),
            ("9007199254740991", 9_007_199_254_740_991), ("-9007199254740991", -9_007_199_254_740_991),
            ("0.30000000000000004", 0.1 + 0.2), ("0.00", 0),
        ])
    func otherTextIsANumber(text: String, number: Double) throws {
        #expect(try #require(Programs().add("tonumber")).evaluate(.string(text)) == .number(number))
    }

    @Test("settings of an administrator keep their digits, too")
    func settings() throws {
        let node = try YAMLNode.parse(
            "{a: 9007199254740993, b: 9007199254740992, c: 0x20000000000000, d: 7}", file: "x")
        let value = try #require(node["a"]).json
        #expect(value == "9007199254740993")
        #expect(node["b"]?.json == "9007199254740992" && node["c"]?.json == "0x20000000000000" && node["d"]?.json == 7)
    }

    private static func template(_ text: String) throws -> Template {
        let programs = Programs()
        let node = YAMLNode(.scalar(text, isPlain: false), file: "x.yaml", line: 1, column: 1)
        return try #require(programs.library.template(node, keyPath: "x", collector: programs.collector))
    }
}
