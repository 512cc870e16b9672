// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing
import YAMLDocuments

@Suite("Strict reading of mappings")
struct YAMLReadingTests {
    private enum Color: String, CaseIterable { case red, green }

    private func reader(_ text: String) throws -> MappingReader {
        MappingReader(try YAMLNode.parse(text, file: "x.yaml"), collector: DiagnosticCollector())
    }

    @Test("right values are read")
    func rightValues() throws {
        let reader = try reader(
            """
            text: hello
            count: 5
            flag: true
            wait: 15m
            color: green
            words: [a, b]
            inner: {key: value}
            rows: [{n: 1}, {n: 2}]
            free: {b: 1, a: 2}
            """)
        #expect(reader.requiredString("text") == "hello")
        #expect(reader.int("count", in: 1...5) == 5)
        #expect(reader.bool("flag") == true)
        #expect(reader.duration("wait", in: .rest) == .seconds(900))
        #expect(reader.choice("color", of: Color.self) == .green)
        #expect(reader.strings("words") == ["a", "b"])
        #expect(reader.mapping("inner")?.string("key") == "value")
        #expect(reader.mappings("rows").map { $0.int("n", in: 0...9) } == [1, 2])
        #expect(reader.dictionary("free")?.map(\.key) == ["b", "a"])
        #expect(reader.string("absent") == nil)
        reader.finish()
        #expect(reader.collector.isEmpty)
    }

    @Test("all wrong values are noted, with line, column and key path")
    func wrongValues() throws {
        let reader = try reader(
            """
            text: 5
            count: many
            flag: yes
            wait: 15 minutes
            color: gren
            words: [a, 7]
            inner: [1]
            rows: [{n: x}]
            colour: red
            """)
        _ = reader.string("text")
        _ = reader.int("count", in: 1...5)
        _ = reader.bool("flag")
        _ = reader.duration("wait", in: .rest)
        _ = reader.choice("color", of: Color.self)
        _ = reader.strings("words")
        _ = reader.mapping("inner")
        _ = reader.mappings("rows").map { $0.int("n", in: 0...9) }
        _ = reader.requiredString("missing")
        reader.finish()
        let lines = reader.collector.sorted.map(\.description)
        #expect(
            lines == [
                "x.yaml:1:1: missing: missing is missing",
                "x.yaml:1:7: text: expected text, found \"5\" (put it in quotes)",
                "x.yaml:2:8: count: expected a whole number from 1 to 5, found \"many\"",
                "x.yaml:3:7: flag: expected true or false, found \"yes\"",
                "x.yaml:4:7: wait: expected a duration from 1s to 30d, such as 5s, 15m, 2h or 3d, found \"15 minutes\"",
                "x.yaml:5:8: color: expected one of 2 words, found \"gren\" (did you mean green?)",
                "x.yaml:6:12: words[1]: expected text, found \"7\" (put it in quotes)",
                "x.yaml:7:8: inner: expected a mapping, found a list",
                "x.yaml:8:12: rows[0].n: expected a whole number from 0 to 9, found \"x\"",
                "x.yaml:9:1: colour: unknown key colour (did you mean color?)",
            ])
    }

    @Test(
        "the examples of a refused duration are in its range",
        arguments: [
            (.exchange, "5s or 15m"), (.lifetime, "5s, 15m, 2h or 3d"), (.settling, "5s, 15m, 2h or 3d"),
            (.patience, "5s, 15m, 2h or 3d"), (.seconds(60)...(.seconds(3600)), "15m"),
            (.seconds(1)...(.seconds(2)), "1s"),
        ] as [(ClosedRange<Duration>, String)])
    func durationExamples(range: ClosedRange<Duration>, examples: String) throws {
        let reader = try reader("wait: soon")
        _ = reader.duration("wait", in: range)
        #expect(reader.collector.sorted.first?.message.contains(", such as \(examples), found ") == true)
    }

    @Test("durations", arguments: [("5s", 5), ("15m", 900), ("2h", 7200), ("3d", 259_200), ("0s", 0)])
    func durations(text: String, seconds: Int) {
        #expect(Duration(text: text) == .seconds(seconds))
        #expect(Duration.seconds(seconds).text == text)
    }

    @Test("texts that are no durations", arguments: ["", "5", "s", "-5s", "1.5h", "5 s", "5S", "9999999d", "٣s"])
    func noDurations(text: String) { #expect(Duration(text: text) == nil) }

    @Test("key paths")
    func keyPaths() {
        #expect(DottedPath.join("", "a") == "a")
        #expect(DottedPath.join("a.b[1]", "c-d") == "a.b[1].c-d")
        #expect(DottedPath.join("headers", "X.Key") == "headers[\"X.Key\"]")
    }
}
