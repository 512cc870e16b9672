// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing
import YAMLDocuments

@Suite("YAML with places")
struct YAMLParsingTests {
    @Test("every value knows its line and column")
    func places() throws {
        let text = """
            # a comment
            name: example
            list:
              - first
              - {key: "quoted", other: 5}
            block: |
              one
              two
            """
        let root = try YAMLNode.parse(text, file: "x.yaml")
        func place(_ node: YAMLNode?) -> [Int?] { [node?.line, node?.column] }
        #expect(place(root["name"]) == [2, 7])
        #expect(place(root["list"]?.elements?[0]) == [4, 5])
        #expect(place(root["list"]?.elements?[1]["other"]) == [5, 28])
        #expect(place(root["block"]) == [6, 8])
        #expect(root["block"]?.scalar == "one\ntwo")
        #expect(root["name"]?.file == "x.yaml")
    }

    @Test(
        "what hides the meaning of a file is refused, with its place",
        arguments: [
            ("a: &x 1\nb: 2", 1, "anchors"), ("a: 1\nb: *x", 2, "alias"), ("a: !!str 1", 1, "tag"),
            ("a: !local 1", 1, "tag"), ("a: 1\n---\nb: 2", 2, "second document"), ("a: 1\nb: 2\na: 3", 3, "twice"),
            ("? [1]\n: 2", 1, "key"), ("a: [1, 2", 2, "not valid YAML"), ("a: b: c", 1, "not valid YAML"),
            ("a:\n\t- 1", 2, "a tab"), ("a:\n  b: 1\n c: 2", 3, "block that begins on line 1"),
            ("a: \"\\q\"", 1, "not valid YAML"), ("a: 1\nb: x\u{7}y", 2, "control"),
        ])
    func refusals(text: String, line: Int, word: String) {
        let error = #expect(throws: Diagnostics.self) { try YAMLNode.parse(text, file: "x.yaml") }
        #expect(error?.all.first?.line == line)
        #expect(error?.all.first?.message.contains(word) == true, "\(error?.description ?? "")")
    }

    @Test(
        "what a program without quotes breaks most often is told with the way out",
        arguments: ["a: {when: .x | {b}", "a: b: c"])
    func theNextStepIsQuotes(text: String) {
        let error = #expect(throws: Diagnostics.self) { try YAMLNode.parse(text, file: "x.yaml") }
        #expect(error?.all.first?.hint?.contains("single quotes") == true, "\(error?.description ?? "")")
    }

    @Test("a key that is indented too deep below one that has a value is told by the line above")
    func aLineThatIsTooDeep() {
        let error = #expect(throws: Diagnostics.self) {
            try YAMLNode.parse("tenant:\n  id: contoso.example\n   clientID: x\n", file: "x.yaml")
        }
        #expect(error?.all.first?.message.contains("deeper than line 2") == true, "\(error?.description ?? "")")
        #expect(error?.all.first?.line == 3)
    }

    @Test("all refusals at once")
    func allAtOnce() {
        let error = #expect(throws: Diagnostics.self) {
            try YAMLNode.parse("a: &x 1\nb: *x\nc: !t 2\na: 4\n", file: "x.yaml")
        }
        #expect(error?.all.map(\.line) == [1, 2, 3, 4])
    }

    @Test("depth and size are bounded")
    func bounds() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try YAMLNode.parse(nested(64), file: "x.yaml")
        #expect(throws: Diagnostics.self) { try YAMLNode.parse(nested(65), file: "x.yaml") }
        #expect(throws: Diagnostics.self) { try YAMLNode.parse(nested(50_000), file: "x.yaml") }
        let long = "a: " + String(repeating: "x", count: YAMLNode.maximumBytes)
        #expect(throws: Diagnostics.self) { try YAMLNode.parse(long, file: "x.yaml") }
    }

    @Test("plain scalars follow the core schema and lose no digit")
    func scalars() throws {
        let text = """
            [~, null, true, False, yes, no, on, 5, -7, 0x1F, 0o17, 1.5, 1e3, .5, "5", 'true', 007, 1_000, .inf, .nan,
            12345678901234567890, 2025-07-10, 1.2.3, +, "", a b]
            """
        let expected: JSONValue = [
            nil, nil, true, false, "yes", "no", "on", 5, -7, 31, 15, 1.5, 1000, 0.5, "5", "true", "007", "1_000",
            ".inf",
            ".nan", "12345678901234567890", "2025-07-10", "1.2.3", "+", "", "a b",
        ]
        #expect(try YAMLNode.parse(text, file: "x.yaml").json == expected)
    }

    @Test("an empty file is an empty mapping", arguments: ["", "\n\n", "# nothing\n", "---\n"])
    func emptyFiles(text: String) throws {
        let node = try YAMLNode.parse(text, file: "x.yaml")
        #expect(node.json == [:] || node.json == nil)
        let collector = DiagnosticCollector()
        MappingReader(node, collector: collector).finish()
        #expect(collector.isEmpty)
    }
}
