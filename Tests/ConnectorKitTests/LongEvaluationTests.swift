// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import Foundation
import JSONDocuments
import Synchronization
import Testing
import XMLDocuments

@Suite("What takes long keeps nobody else from his work")
struct LongEvaluationTests {
    private final class Counter: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .sequentiallyConsistent) }
        func raise() { count.add(1, ordering: .sequentiallyConsistent) }
    }

    /// More endless evaluations than Swift's pool has threads, and hundreds of others of the same library beside them.
    @Test func endlessExpressionsDoNotHoldThePool() async throws {
        let programs = Programs(limits: EvaluationLimits(time: .seconds(5), memory: 16 << 30))
        let endless = try #require(programs.add("def f: f; f"))
        let harmless = try #require(programs.add(".a + 1"))
        let (begun, done) = (Counter(), Counter())
        let count = ProcessInfo.processInfo.activeProcessorCount + 1
        let doneAtEnd = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<count {
                group.addTask {
                    let error = await #expect(throws: ExpressionError.self) {
                        try await LongEvaluation.run {
                            begun.raise()
                            return try endless.evaluate(1)
                        }
                    }
                    #expect(error?.kind == .timeLimit)
                    #expect(error?.message.contains("5.0 seconds") == true, "\(error?.message ?? "")")
                    return done.value
                }
            }
            for index in 0..<300 {
                group.addTask {
                    let result = try await LongEvaluation.run { try harmless.evaluate(["a": JSONValue(index)]) }
                    #expect(result == JSONValue(index + 1))
                    done.raise()
                    return nil
                }
            }
            return try await group.reduce(into: [Int]()) { if let value = $1 { $0.append(value) } }
        }
        #expect(doneAtEnd == Array(repeating: 300, count: count), "others were done when an endless one was stopped")
        #expect(begun.value == 2 * count)
    }

    @Test func whatIsQuickRunsOnceAndOnTheSpot() async throws {
        let program = try #require(Programs().add(".a + 1"))
        let runs = Counter()
        let result = try await LongEvaluation.run {
            runs.raise()
            return try program.evaluate(["a": 1])
        }
        #expect(result == 2)
        #expect(runs.value == 1)
    }

    @Test func whatIsSlowGivesItsResultAllTheSame() async throws {
        let programs = Programs(limits: EvaluationLimits(time: .seconds(60), memory: 16 << 30))
        let slow = try #require(programs.add("last(range(1000000))"))
        let runs = Counter()
        let result = try await LongEvaluation.run {
            runs.raise()
            return try slow.evaluate(nil)
        }
        #expect(result == 999_999)
        #expect(runs.value == 2)
    }

    /// What the first try gave up is not a result, even where the work takes no notice of errors.
    @Test func anErrorThatIsSwallowedDoesNotBecomeTheResult() async throws {
        let programs = Programs(limits: EvaluationLimits(time: .seconds(60), memory: 16 << 30))
        let slow = try #require(programs.add("last(range(1000000))"))
        let quick = try #require(programs.add("7"))
        let result = await LongEvaluation.run { [try? slow.evaluate(nil), try? quick.evaluate(nil)] }
        #expect(result == [999_999, 7])
    }

    /// Handing much to jq takes long by itself, without any evaluation to be stopped.
    @Test func aLargeInputIsHandedOver() async throws {
        let program = try #require(Programs().add("length"))
        for (length, expected) in [(1000, 1), (1 << 20, 2)] {
            let runs = Counter()
            let text = JSONValue.string(String(repeating: "x", count: length))
            let result = try await LongEvaluation.run {
                runs.raise()
                return try program.evaluate(text)
            }
            #expect(result == JSONValue(length))
            #expect(runs.value == expected)
        }
    }

    @Test func errorsComeThroughAsTheyAre() async throws {
        let program = try #require(Programs().add("error(\"no\")"))
        let error = await #expect(throws: ExpressionError.self) {
            try await LongEvaluation.run { try program.evaluate(nil) }
        }
        #expect(error?.kind == .failed)
    }

    @Test func aSlowXPathIsHandedOverToo() async throws {
        let text = "<a>" + String(repeating: "<b/>", count: 600) + "</a>"
        let root = try XMLDocument(parsing: text.utf8).root
        let slow = try XPathExpression("count(//b[count(preceding::b) > count(following::b)])")
        let runs = Counter()
        let result = try await LongEvaluation.run { () throws(XMLError) in
            runs.raise()
            return try slow.number(in: root)
        }
        #expect(result == 300)
        #expect(runs.value == 2)
    }

    /// An interpreter must be gone after it was stopped, and those of a library that grew know all its programs.
    @Test func aLibraryThatGrowsForgetsItsInterpreters() async throws {
        let programs = Programs()
        for (source, expected) in [(".a", 1), (".a + 1", 2)] as [(String, JSONValue)] {
            let program = try #require(programs.add(source))
            try await withThrowingTaskGroup(of: JSONValue.self) { group in
                for _ in 0..<16 { group.addTask { try program.evaluate(["a": 1]) } }
                for try await result in group { #expect(result == expected) }
            }
        }
    }
}
