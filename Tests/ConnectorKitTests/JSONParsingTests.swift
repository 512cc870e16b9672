// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

@Suite("JSON of strangers")
struct JSONParsingTests {
    @Test(
        "texts that are not one JSON value",
        arguments: [
            "", "   ", "{", "[1,", "{\"a\":1} {\"b\":2}", "[1] x", "{\"a\":1}}", "{'a':1}", "\"open", "{a:1}", "tru",
            "[1,,2]", "{\"a\" 1}",
        ])
    func brokenTextsAreRefused(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }

    @Test("a NUL is no part of JSON")
    func nul() {
        // Not a test argument: it would end the test report.
        for text in ["\u{0}", "[1\u{0}2]", "{}\u{0}"] {
            #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
        }
    }

    @Test("the error does not repeat the text")
    func errorsDoNotQuote() {
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSONValue(parsing: "{\"password\": \"planted-marker\", oops}")
        }
        #expect(error?.description.contains("planted-marker") == false)
        #expect(error?.description.contains("line 1") == true)
    }

    @Test("nesting is bounded")
    func nestingIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(200))
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nested(100_000)) }
    }

    @Test("a large list")
    func largeList() throws {
        let text = "[" + (0..<200_000).map(String.init).joined(separator: ",") + "]"
        #expect(try JSONValue(parsing: text).array?.count == 200_000)
    }

    @Test("bytes that are not UTF-8 become replacement characters")
    func invalidUTF8() throws {
        let bytes: [UInt8] = Array("{\"a\":\"x".utf8) + [0xC3, 0x28, 0xFF] + Array("\"}".utf8)
        let text = try #require(try JSONValue(parsing: bytes)["a"]?.string)
        #expect(text.hasPrefix("x\u{FFFD}"))
    }

    @Test("values survive writing and reading")
    func roundTrip() throws {
        let value: JSONValue = [
            "text": "ü \"quoted\" \\ \n \u{0} \u{1F511}", "nul\u{0}key": 1,
            "numbers": [0, -1.5, 9_007_199_254_740_991],
            "flags": [true, false, nil], "empty": [[:], []],
        ]
        #expect(try JSONValue(parsing: value.text) == value)
        #expect(try JSONValue(parsing: value.prettyText) == value)
    }
}
