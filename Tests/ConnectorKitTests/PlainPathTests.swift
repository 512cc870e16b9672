// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import JSONDocuments
import Testing
import YAMLDocuments

@Suite("Programs that are nothing but a path")
struct PlainPathTests {
    private static let input: JSONValue = [
        "a": [
            "b": ["c": "deep"], "text": "t", "number": 9_007_199_254_740_991, "none": nil, "no": false, "list": [1, 2],
        ],
        "and": "keyword", "long": .string(String(repeating: "x", count: 1 << 17)),
    ]

    /// In brackets it is another program, which jq itself evaluates.
    @Test(
        "give what jq gives",
        arguments: [
            ".a.b.c", ".a.b", " .a.text\n", ".a.number", ".a.none", ".a.none.further.on", ".a.no", ".a.list",
            ".missing",
            ".missing.further", ".and", ".long", ".a.text.x", ".a.number.x", ".a.list.x", ".a.no.x",
        ], [input, nil, [1], "text", ["a": 1]])
    func sameAsJQ(path: String, input: JSONValue) throws {
        let collector = DiagnosticCollector()
        let library = ExpressionLibrary()
        let node = YAMLNode(.scalar(path, isPlain: true), file: "x.yaml", line: 1, column: 1)
        let plain = try #require(library.add(path, node: node, keyPath: "k", collector: collector))
        let whole = try #require(library.add("(\(path))", node: node, keyPath: "k", collector: collector))
        library.compile(into: collector)
        try #require(collector.all.isEmpty)
        func result(_ program: JQProgram) -> Result<JSONValue, ExpressionError> {
            Result { () throws(ExpressionError) in try program.evaluate(input) }
        }
        func truth(_ program: JQProgram) -> Result<Bool, ExpressionError> {
            Result { () throws(ExpressionError) in try program.isTrue(input) }
        }
        #expect("\(result(plain))" == "\(result(whole))")
        #expect("\(truth(plain))" == "\(truth(whole))")
    }
}
