// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing
import YAMLDocuments

@testable import Expressions

/// What is not handed to a program must be what it cannot read.
@Suite struct ReadMembersTests {
    @Test(arguments: [
        (".a == 1", ["a"]), (".a.b[.c].d // .e", ["a", "c", "e"]), (".a | .b | length", ["a"]),
        (".a as $x | .b | . == $x", ["a", "b"]),
        ("if .a then .b elif .c | not then .d else {e: .f} end", ["a", "b", "c", "d", "f"]),
        ("\"x\\(.a)\\(\"\\(.b)\")\"", ["a", "b"]), ("[.a | .b, .c]", ["a"]), ("{a: .b | .c, d: .e, $x}", ["b", "e"]),
        ("@uri \"\\(.a)\"", ["a"]), ("(.a | arrays | any(.b)) and .c", ["a", "c"]),
        (".a[1:.b] + 1.5e3 - 2", ["a", "b"]),
        ("1 # .a\n + .b", ["b"]), (".if and .end", ["if", "end"]), ("\"(.a\" + .b", ["b"]), ("true", []),
        (".a?", ["a"]),
        ("(.a as $x | .b) , .c", ["a", "b", "c"]), (".a | {b} | .c", ["a"]), (".a | .b = 1", ["a"]),
    ]) func aProgramThatNamesWhatItReads(program: String, names: [String]) {
        #expect(ReadMembers.names(in: program) == Set(names), "\(program)")
    }

    @Test(arguments: [
        ".", ". as $all | $all.a", "..", ".[]", ".[\"a\"]", ".\"a\"", "keys", "length > 3", "tostring", "{a}",
        "{\"a\"}",
        "{\"a\": 1}", ".a = 1", ".a |= 1", ".a += 1", ".a //= 1", "del(.a)", "getpath([\"a\"])", "map_values(.a)",
        "select(.a) | .b",
        "to_entries", "with_entries(.)", "@json", "first(.a)", "reduce .a as $x (0; .)", "def f: .; f",
        "try .a catch .",
        "if .a then . else .b end", "[.a, .]", "\"\\(.)\"", ".a as [$b] | $b", ".a as {b: $c} | .d", "input", "(.)",
        "-(.)",
        "label $x | .a", "has(\"a\")", ".a, .", ".a[.]", "{a: .b, c}", "error", "not",
    ]) func aProgramThatMayReadAnything(program: String) {
        #expect(ReadMembers.names(in: program) == nil, "\(program)")
    }

    /// Judged by jq: no program gives another result for an input from which everything else was taken.
    @Test(arguments: [
        ".a.b", ".a | .b, .c", ".a as $x | .b | [., $x]", "if .a.b == 1 then .c else .d end", "{a: .a | .b, d: .d}",
        "[.d[] | . + 1]", "\"\\(.c)-\\(.a | keys)\"", ".e // .d[.a.b]", "@json \"\\(.a)\"", "[.a | .. | numbers]",
        ".d[.a.b:]",
    ]) func whatIsLeftOutChangesNothing(program: String) throws {
        let input: JSONValue = ["a": ["b": 1, "c": "x"], "c": "text", "d": [1, 2, 3], "e": nil, "a.b": 7]
        let names = try #require(ReadMembers.names(in: program))
        let part = JSONValue.object((input.object ?? [:]).filter { names.contains($0.key) })
        // In brackets with a bare dot behind it, the whole input is handed over.
        let whole = try Self.outputs("(\(program)), (. | empty)", input)
        #expect(try Self.outputs(program, input) == whole && Self.outputs(program, part) == whole, "\(program)")
        #expect(!whole.isEmpty)
    }

    /// What is written is looked at before anything is read out of it: a text that never ends is said, in a hole too.
    @Test(arguments: ["\"a\\", "\"", "\"a\\(\"b\\", "\"\\"]) func aTextThatNeverEndsIsRefused(program: String) throws {
        let (library, collector) = (ExpressionLibrary(), DiagnosticCollector())
        let node = try YAMLNode.parse("x: y", file: "f.yaml")
        #expect(library.add(program, node: node, keyPath: "x", collector: collector) == nil)
        #expect(library.template("${ \(program)", node: node, keyPath: "x", collector: collector) == nil)
        #expect(collector.all.count >= 2)
    }

    private static func outputs(_ program: String, _ input: JSONValue) throws -> [JSONValue] {
        let library = ExpressionLibrary()
        let collector = DiagnosticCollector()
        let node = try YAMLNode.parse("x: y", file: "f.yaml")
        let compiled = try #require(library.add(program, node: node, keyPath: "x", collector: collector))
        library.compile(into: collector)
        try collector.check()
        return try compiled.evaluateAll(input)
    }
}
