// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import JSONDocuments
import Testing
import YAMLDocuments

@Suite("Which programs are taken")
struct ExpressionScannerTests {
    @Test(
        "names that reach outside are refused, with the word",
        arguments: [
            ("env", "env"), ("env.HOME", "env"), (".a | env", "env"), ("$ENV", "$ENV"), ("$ENV.PATH", "$ENV"),
            ("$ ENV", "$ENV"), ("{$ENV}", "$ENV"), ("input", "input"), ("[inputs]", "inputs"),
            ("input_line_number", "input_line_number"), ("input_filename", "input_filename"),
            ("import \"a\" as a; .", "import"), ("include \"a\"; .", "include"), ("module {}; .", "module"),
            ("\"a\" | modulemeta", "modulemeta"), ("debug", "debug"), (".a|stderr", "stderr"), ("halt", "halt"),
            ("\"x\" | halt_error", "halt_error"), ("halt_error(0)", "halt_error"),
            ("get_search_list", "get_search_list"), ("now", "now"), ("0 | localtime", "localtime"),
            ("0 | strflocaltime(\"%c\")", "strflocaltime"),
            ("$__prog_args", "$__prog_args"), ("$__loc__", "$__loc__"), ("get_prog_origin", "get_prog_origin"),
            ("\"text \\(env)\"", "env"), ("\"a \\(\"b \\(env.X)\")\"", "env"), ("@json \"\\($ENV)\"", "$ENV"),
            ("{a: env}", "env"), ("{(env): 1}", "env"), ("{a: 1, (env): 1}", "env"), ("{\"\\(env)\": 1}", "env"),
            ("[1, env]", "env"), (".[env]", "env"), ("f(env)", "env"), ("1env", "env"), ("1e5env", "env"),
            (".5env", "env"),
            ("5.env", "env"), ("1.5e+3env", "env"), ("..env", "env"), (". env", "env"), ("# c\nenv", "env"),
            ("\"#\" | env", "env"), ("\"\\\"\" | env", "env"), ("\"\\\\\" | env", "env"), ("{a: (1 | env)}", "env"),
            ("{a: [1, env]}", "env"), ("{a: if . then 1, env else 2 end}", "env"), ("if env then 1 else 2 end", "env"),
            ("def env: 1; .", "env"), ("def f: env; f", "env"), ("_plus(1; 2)", "_plus"),
            ("__multiply(1; 2)", "__multiply"),
            ("__0", "__0"), ("$__p", "$__p"), ("nan", "nan"), ("fromstream(1)", "fromstream"), ("env as $x | 1", "env"),
            (". as {a: $x} | env", "env"), (".a//env", "env"), ("-env", "env"), ("reduce env as $x (0; 1)", "env"),
            ("try env", "env"), ("label $f | env", "env"), ("limit(1; env)", "env"), ("{a: 1} + {b: env}", "env"),
        ])
    func refusedNames(source: String, word: String) {
        let programs = Programs()
        #expect(programs.add(source) == nil)
        #expect(programs.collector.all.first?.message.hasPrefix("\(word) is not allowed") == true, "\(source)")
    }

    @Test(
        "the same words as fields, keys, text, comments and variables are taken",
        arguments: [
            ".env", ".a.env", ".env.input", "..|.env?", ".[\"env\"]", ".\"env\"", "\"env\"", "\"a env \\(.env)\"",
            "{env: 1}",
            "{env}", "{a: 1, env: 2}", "{a: 1, env}", "{\"env\": 1}", "{env : .input, input, debug: 1}", "1 # env\n",
            "# env\n1",
            ". as $env | $env", ". as {env: $e} | $e", ". as {$env} | 1", "{if: 1, end: 2}", ".if", ".end",
            "environment",
            "@text", "{a: {env: 1}}", "{\n  # env\n  env: 1}", "{env # c\n: 1}", "\"$ENV\"",
        ].map { $0.replacing("environment", with: "def environment: 1; environment") })
    func harmlessNames(source: String) throws {
        let programs = Programs()
        let program = programs.add(source)
        programs.library.compile(into: programs.collector)
        #expect(programs.collector.all.map(\.message) == [], "\(source)")
        #expect(program != nil)
    }

    @Test(
        "programs that would leave their place are refused",
        arguments: [
            "1) else (env", ".a) | (.b", ") ; def x: (1", "1); env; (1", "1 end", "end", "if . then 1",
            "if . then 1 else 2 end end",
            "(1", "[1", "{a: 1", "(1]", "[1)", "{a: 1)", "1]", "1}", "\"open", "\"\\(1", "\"\\(1]\"", "\"a\" \"", "",
            "  ", "# only",
            "#", "1 # c\\", "1\r2", "1\u{1}", "{a: (1}", "1 # \r\n)", "\"\\(\")\"",
        ])
    func breakOuts(source: String) {
        let programs = Programs()
        #expect(programs.add(source) == nil, "\(source)")
        #expect(!programs.collector.isEmpty)
    }

    @Test(
        "programs that end where their neighbour begins are errors of their own",
        arguments: [
            "1 elif 2 then 3", "then", "else 1", "1; 2", "def f: 1;", "1 as $x", "1 |", ", 1", "1 : 2", "| 1",
            "def f: (1); ;",
            "reduce .[] as $x", "label $x", "break $out", "$x", "f", "1 2", ".a..b", "try", "?",
            "catch 1", "$p",
        ])
    func compileErrors(source: String) throws {
        let programs = Programs()
        let before = try #require(programs.add(".a | .", keyPath: "before"))
        if programs.add(source, keyPath: "wrong") != nil {
            _ = programs.add(".b", keyPath: "after")
            programs.library.compile(into: programs.collector)
        }
        #expect(programs.collector.all.map(\.keyPath) == ["wrong"], "\(source): \(programs.collector.all)")
        #expect(throws: ExpressionError.self) { try before.evaluate(["a": 1]) }
    }

    @Test("definitions, comments and variables stay in their program")
    func programsDoNotSeeEachOther() throws {
        let programs = Programs()
        let sources = [
            "def f: 1; f # ) end", "def f: 2; . as $x | f", "def tojson: 3; tojson", "tojson # \"", "[.,1] | length",
        ]
        let all = try sources.map { try #require(programs.add($0)) }
        programs.library.compile(into: programs.collector)
        #expect(programs.collector.isEmpty)
        #expect(try all.map { try $0.evaluate([:]) } == [1, 2, 3, "{}", 2])
    }

    @Test("every place is told: block text, plain text, quoted text")
    func places() throws {
        let text = """
            block: |
              .a
              | env
            plain: .a | env
            quoted: '.a | env'
            syntax: |
              .a
              | .b c
            """
        let collector = DiagnosticCollector()
        let library = ExpressionLibrary()
        for member in try YAMLNode.parse(text, file: "x.yaml").members ?? [] {
            _ = library.add(member.value, keyPath: member.key.scalar ?? "", collector: collector)
        }
        library.compile(into: collector)
        let refusal = "env is not allowed: an expression sees its input and nothing else"
        #expect(
            collector.sorted.map(\.description) == [
                "x.yaml:3: block: \(refusal)", "x.yaml:4:13: plain: \(refusal)", "x.yaml:5:15: quoted: \(refusal)",
                "x.yaml:8: syntax: not a valid jq program: syntax error, unexpected IDENT",
            ])
    }
}
