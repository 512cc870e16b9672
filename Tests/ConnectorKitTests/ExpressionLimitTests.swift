// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import JSONDocuments
import Testing

@Suite("What does not end is stopped")
struct ExpressionLimitTests {
    private static let limits = EvaluationLimits(time: .milliseconds(300), memory: 192 << 20)

    @Test(
        "endless programs",
        arguments: [
            "def f: f; f", "[range(1e12)]", "until(false; .)", "last(repeat(1))", "def f: [f]; f", "def f: [.] | f; f",
            "[recurse([.])]", "last(recurse([.]))", "reduce range(1e12) as $i (0; [.])", "[range(0; infinite)]",
            "\"a\" | gsub(\"\"; \"b\")", "reduce range(60) as $i (\"x\"; . + .)", "reduce range(60) as $i ([0]; . + .)",
            "[limit(1e12; repeat(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"))]", "while(true; .) | empty",
            "label $out | foreach range(1e12) as $i (0; . + 1; empty)", "def f(x): f(x | x); f(.)",
        ])
    func endlessProgramsAreStopped(source: String) throws {
        let programs = Programs(limits: Self.limits)
        let endless = try #require(programs.add(source))
        let harmless = try #require(programs.add(".a + 1"))
        let error = #expect(throws: ExpressionError.self) { try endless.evaluate(1) }
        #expect([.timeLimit, .memoryLimit].contains(error?.kind))
        // The library goes on with a new interpreter.
        #expect(try harmless.evaluate(["a": 1]) == 2)
    }

    @Test("an endless stream of outputs")
    func endlessOutputsAreStopped() throws {
        let programs = Programs(limits: Self.limits)
        let endless = try #require(programs.add("repeat(1)"))
        let error = #expect(throws: ExpressionError.self) { try endless.evaluateAll(1) }
        #expect([.timeLimit, .memoryLimit, .outputLimit].contains(error?.kind))
        #expect(try endless.evaluate(7) == 1)
    }

    @Test(
        "outputs too large or too deep",
        arguments: [
            "[range(1000000)]", "\"x\" * 9000000 | [., ., .]", "reduce range(60) as $i ([0]; [., .])",
            "reduce range(300) as $i (0; [.])", "reduce range(400000) as $i (0; [.])",
        ])
    func hugeOutputsAreRefused(source: String) throws {
        // The memory limit sees the whole process, and other tests run beside this one.
        let programs = Programs(limits: EvaluationLimits(time: .seconds(20), memory: 16 << 30))
        let program = try #require(programs.add(source))
        let error = #expect(throws: ExpressionError.self) { try program.evaluate(nil) }
        #expect(error?.kind == .outputLimit)
    }

    @Test(
        "deep values that do not leave the program", arguments: ["1", "tojson | length", ". == 1", "flatten | length"])
    func deepValuesAreFreed(source: String) throws {
        let programs = Programs(limits: EvaluationLimits(time: .seconds(20), memory: 16 << 30))
        let program = try #require(programs.add("reduce range(400000) as $i (0; [.]) | \(source)"))
        _ = try program.evaluate(nil)
    }

    @Test(
        "values that would end or block the process in jq 1.6",
        arguments: [
            "\"x\" * 1e9", ".[1000000000] = 1", ".[1000000000] |= 1", "setpath([1000000000]; 1)", "1e300 | todate",
            "1e18 | strftime(\"%Y\")", "\"nan\" | tonumber",
        ])
    func dangerousValuesGiveAnError(source: String) throws {
        let programs = Programs(limits: Self.limits)
        let program = try #require(programs.add(source))
        let error = #expect(throws: ExpressionError.self) { try program.evaluate(nil) }
        #expect(error?.kind == .failed)
    }

    @Test("searching for empty text ends")
    func searchingForEmptyText() throws {
        let program = try #require(Programs().add("[indices(\"\"), index(\"\"), rindex(\"\")]"))
        #expect(try program.evaluate("abc") == [nil, nil, nil])
    }
}
