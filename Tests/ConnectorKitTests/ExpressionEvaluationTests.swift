// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import JSONDocuments
import TestSupport
import Testing
import YAMLDocuments

@Suite("Programs give what jq gives", .timeLimit(.minutes(5)))
struct ExpressionEvaluationTests {
    private static let input: JSONValue = [
        "id": 900_100, "name": "Ada Müller", "status": "issued",
        "emails": ["ada@example.org", "a.mueller@example.org"],
        "chain": [["pem": "leaf"], ["pem": "issuer"]], "date": "2026-01-07T18:16:07Z", "env": "field", "none": nil,
        "flags": [true, false], "nested": ["a": ["b": [1, 2, ["c": "deep"]]]], "price": 12.5, "text": "a,b;c",
        "seconds": 1_767_809_767, "words": ["pear", "apple", "fig"],
    ]

    private static let sources = [
        ".", ".id", ".id | tostring", ".emails[0]", ".emails[]", ".missing", ".missing.deeper", ".chain | map(.pem)",
        "[.chain[].pem]", "\"\\(.id)-\\(.name)\"", "{emails, note: .name, csr: (.text // \"x\")}",
        ".status == \"issued\" and .chain",
        "if .id > 5 then \"big\" elif .id then \"small\" else null end", "[.emails[] | select(test(\"mueller\"))]",
        ".date | fromdate",
        ".seconds | todate", ".seconds | strftime(\"%Y-%m-%d\")", ".seconds | gmtime | mktime", ".text | split(\",\")",
        ".text | [splits(\"[,;]\")]",
        ".name | ascii_downcase", ".name | @uri", ".name | @base64", ".name | @html", ".name | @sh",
        "[.id, .name] | @csv", ".name | explode | implode",
        ".emails | join(\", \")", ".nested | [paths]", ".nested | [leaf_paths]", ".nested.a.b[2].c", "[..] | length",
        ".nested | tojson",
        ".nested | tojson | fromjson", "with_entries(select(.key | length < 4))", "to_entries | length", "keys",
        "[.flags[] | not]", ".words | sort", ".words | sort_by(length)",
        ".words | group_by(length)", ".words | unique_by(length)", ".words | min, max", "[range(0; 10; 3)]",
        "reduce .words[] as $w (\"\"; . + $w)",
        "[foreach .words[] as $w (0; . + ($w | length))]", "[limit(2; .words[])]", "first(.words[])",
        ".words | index(\"fig\")", ".text | indices(\",\")", ".text | index(\"b\"), rindex(\"c\")",
        ".id |= . + 1", ".emails[0] = \"x\"", ".nested.a.b[1] += 5", ".new.deep[2] = 1", "del(.chain, .emails[0])",
        "[.emails[] | capture(\"(?<user>[^@]+)@\")]", ".name | sub(\"ü\"; \"ue\")",
        ".name | gsub(\"[^A-Za-z]\"; \"-\")", ".name | length, utf8bytelength", "\"x\" * 3", "\"x\" * 0",
        ". * {a: 1} | .a", "{a: {b: 1}} * {a: {c: 2}}", "5 * 3, 7 / 2, 7 % 4, 1 - 5", "10 / 3", "1e3, 1.50, -0",
        "[.price | floor, sqrt]", "\"12\" | tonumber", ".env", "{env}", "{(.name): .id}", "[.[] | type]",
        "try error(\"x\") catch .", ".a?", "[.[]?]", "(.missing // \"d\")", "empty", "[empty]",
        ". as {id: $i, emails: [$e]} | [$i, $e]",
        "def f(x): x * 2; f(.id)", "def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; 10 | fac",
        "[.words[] | ltrimstr(\"p\") | rtrimstr(\"g\")]", "any(.flags[]; .)", "all(.flags[]; .)",
        "[1, [2, [3]]] | flatten",
        "walk(if type == \"string\" then ascii_upcase else . end) | .name", "[.words, .flags] | transpose",
        "input_like? // 1", "getpath([\"nested\", \"a\"])", "[.words[] | startswith(\"p\")]", "infinite > 1e300",
        "[1, 2, 3] | .[1:]",
        ".words | map(length) | add", "[.words[] as $a | .flags[] as $b | {$a, $b}] | length", "@text \"n: \\(.id)\"",
        "@json \"v: \\(.chain)\"", "tostream", "[splits(\"a\")?]", "ascii(65)?", "isvalid(.a)?", "env_like?",
        ". as [$a] ?// $a | [$a] | length", "label $out | 1, break $out, 2", "[.[] | numbers]",
        "[.[] | strings] | length", "[recurse(if type == \"object\" then .a? else empty end)] | length", "has(\"id\")",
        ".words | inside([\"pear\", \"apple\", \"fig\", \"x\"])",
        ".words | contains([\"app\"])", "[.words[] | ascii_downcase] | unique", "[10, 2] | sort | reverse",
        "tojson | length", "1, null, false", "\"\\u00fc\\n\\t\\\"\\\\\"", "[.words | combinations(2)?] | length",
    ]

    @Test("the jq command line tool agrees")
    func agreesWithTool() async throws {
        let library = ExpressionLibrary(limits: EvaluationLimits(time: .seconds(20), memory: 16 << 30))
        var checked = 0
        for source in Self.sources {
            let tool = try await Run.tool("jq", ["-c", source], input: Self.input.text)
            try #require(tool.status != 127, "there is no jq; run Scripts/bootstrap --tests")
            // A program that jq itself does not compile is not part of the comparison.
            if tool.status == 3 { continue }
            let node = YAMLNode(.scalar(source, isPlain: false), file: "x.yaml", line: 1, column: 1)
            let collector = DiagnosticCollector()
            let program = try #require(
                library.add(source, node: node, keyPath: "x", collector: collector), "\(source) \(collector.all)")
            let outputs = tool.output.split(separator: "\n").map { try? JSONValue(parsing: String($0)) }
            if tool.status == 0 {
                #expect(try program.evaluateAll(Self.input) == outputs, "\(source)")
            } else {
                #expect(throws: ExpressionError.self, "\(source)") { try program.evaluateAll(Self.input) }
            }
            checked += 1
        }
        #expect(checked > 100)
    }

    @Test("the first output counts, and none is an error")
    func firstOutput() throws {
        let programs = Programs()
        let (several, none) = (try #require(programs.add("1, 2")), try #require(programs.add("empty")))
        #expect(try several.evaluate(nil) == 1)
        let error = #expect(throws: ExpressionError.self) { try none.evaluate(nil) }
        #expect(error?.kind == .noOutput)
        #expect(try none.isTrue(nil) == false)
    }

    @Test(
        "truth is jq's own",
        arguments: [
            ("null", false), ("false", false), ("0", true), ("\"\"", true), ("[]", true), ("true", true),
            ("empty", false),
        ])
    func truth(source: String, isTrue: Bool) throws {
        #expect(try #require(Programs().add(source)).isTrue(nil) == isTrue)
    }

    @Test(
        "errors say what is wrong without the values",
        arguments: [
            (".secret | .a", "cannot index string with \"a\""), (".secret | .[0]", "cannot index string with number"),
            (".secret[]", "cannot iterate over string"), (".secret | tonumber", "the expression raised an error"),
            (".secret + 1", "string cannot be added"), ("error(.secret)", "the expression raised an error"),
            ("error(\"Cannot use \\(.secret)\")", "the expression raised an error"),
            ("error({code: .secret})", "the expression raised an error"), (".[.secret] | .x | .[.secret]?, error", ""),
            (".secret | fromjson", "the expression raised an error"),
            (".secret | test(\"(\")", "the expression raised an error"),
            (".secret | strptime(\"%Y\")", "the expression raised an error"), (".secret | @base64d", ""),
            ("{} | .[\"a\"] = .secret | .a.b", ""), (".secret | implode", "the expression raised an error"),
        ])
    func errorsQuoteNothing(source: String, message: String) throws {
        let program = try #require(Programs().add(source))
        let error = #expect(throws: ExpressionError.self) {
            _ = try program.evaluateAll(["secret": "plantedMarker(\")x"])
            // Programs that give outputs before they fail, or none at all, are not what is tested here.
            throw ExpressionError(.failed, keyPath: "", message: message)
        }
        #expect(error?.message.contains("planted") == false, "\(error?.message ?? "")")
        if !message.isEmpty { #expect(error?.message == message, "\(source): \(error?.detail ?? "")") }
        #expect((error?.detail?.contains("\n") ?? false) == false)
    }

    @Test("many tasks at once")
    func concurrency() async throws {
        let programs = Programs()
        let all = try (0..<40).map { index in try #require(programs.add("[.a + \(index), (.text | length)]")) }
        programs.library.compile(into: programs.collector)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for round in 0..<200 {
                        let index = (task * 7 + round) % all.count
                        let text = String(repeating: "ü", count: round)
                        let result = try all[index].evaluate(["a": JSONValue(round), "text": .string(text)])
                        #expect(result == [JSONValue(round + index), JSONValue(round)])
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
