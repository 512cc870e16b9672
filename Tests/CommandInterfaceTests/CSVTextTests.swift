// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CommandInterface

/// Comma-separated values as RFC 4180 has them, which a spreadsheet shows and never computes.
@Suite struct CSVTextTests {
    @Test func whatHasCommasOrQuotesIsQuoted() {
        #expect(CSVText.record(["a", "", "b c"]) == "a,,b c\r\n")
        #expect(CSVText.record(["a,b", "say \"no\""]) == "\"a,b\",\"say \"\"no\"\"\"\r\n")
        // To every reader, a quote is one whatever combines with it.
        #expect(CSVText.record(["z\"\u{308},=1", "\"\u{FE0F}"]) == "\"z\"\"\u{308},=1\",\"\"\"\u{FE0F}\"\r\n")
        // A record stays one line, whatever came from outside.
        #expect(CSVText.record(["a\r\nb\nc"]) == "a\\u{D}\\u{A}b\\u{A}c\r\n")
    }

    @Test(arguments: [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\",\"y\")", "＝1", "=\u{308}1",
    ])
    func aFormulaIsText(_ formula: String) {
        let record = CSVText.record(["x", formula])
        #expect(record.hasPrefix("x,'") || record.hasPrefix("x,\"'"), "\(record)")
    }

    @Test func whatIsNoFormulaStaysAsItIs() {
        for text in ["a=b", "ada@example.org", "1-2", "'quoted'", "Jörg"] {
            #expect(CSVText.record([text]) == text + "\r\n")
        }
    }
}
