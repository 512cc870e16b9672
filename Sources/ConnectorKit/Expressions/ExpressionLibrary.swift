// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import JSONDocuments
internal import Synchronization
public import YAMLDocuments

/// All jq programs of one file, compiled together.
///
/// libjq needs about 12 ms for its own definitions each time it compiles, so all programs of a profile become functions
/// of one program that chooses by number. Only when that does not compile is each compiled alone, to tell which is wrong.
///
/// A program sees its input and nothing else: names that reach files, environment, further input or the host's own
/// streams are refused when it is added. A time limit, a memory limit and a limit on the output stop what does not end.
/// One library is one jq interpreter behind one lock; evaluations take microseconds.
public final class ExpressionLibrary: Sendable {
    private struct State {
        var programs: [JQSource] = []
        /// Made when first needed, discarded when the programs change or one had to be stopped.
        var engine: JQEngine?
    }

    private let state = Mutex(State())
    private let watch = EvaluationWatch()
    private let limits: EvaluationLimits

    /// - Parameter limits: how long and how much one evaluation may take.
    public init(limits: EvaluationLimits = EvaluationLimits()) {
        self.limits = limits
        EvaluationWatchdog.shared.observe(watch)
    }

    /// Takes a program in, after looking at its words and brackets.
    ///
    /// - Parameters:
    ///   - source: a jq program, at most 64 KiB.
    ///   - node: the value that holds the program, for the place of diagnostics.
    /// - Returns: nil for a program that is refused; the collector knows why.
    public func add(
        _ source: String, node: YAMLNode, keyPath: String, collector: DiagnosticCollector
    ) -> JQProgram? {
        add(JQSource(source, node: node, keyPath: keyPath), collector)
    }

    /// The program that a YAML value holds.
    public func add(_ node: YAMLNode, keyPath: String, collector: DiagnosticCollector) -> JQProgram? {
        guard let source = node.string(at: keyPath, collector) else { return nil }
        return add(source, node: node, keyPath: keyPath, collector: collector)
    }

    func add(_ source: JQSource, _ collector: DiagnosticCollector) -> JQProgram? {
        let problems = source.problems
        for problem in problems { collector.add(problem) }
        guard problems.isEmpty else { return nil }
        return append(source)
    }

    /// Takes in a program that needs no look at its words.
    func append(_ source: JQSource) -> JQProgram {
        let index = state.withLock { state in
            state.programs.append(source)
            state.engine = nil
            return state.programs.count - 1
        }
        return JQProgram(library: self, index: index, source: source.text, keyPath: source.keyPath)
    }

    /// Compiles everything added so far and notes what jq says about each program that does not compile. Costs about
    /// 15 ms, and as much again for each program when one is wrong.
    public func compile(into collector: DiagnosticCollector) {
        state.withLock { state in
            if state.programs.isEmpty { return }
            state.engine = JQEngine(state.programs)
            guard state.engine == nil else { return }
            let problems = state.programs.filter { !$0.isDerived }.compactMap { source in
                JQEngine.compileError(of: source).map { source.diagnostic($0.message, line: $0.line) }
            }
            for problem in problems { collector.add(problem) }
            if problems.isEmpty, let first = state.programs.first {
                collector.add(first.diagnostic("the expressions of this file do not compile together", line: 0))
            }
        }
    }

    func evaluate(_ index: Int, _ input: JSONValue, firstOnly: Bool) throws(ExpressionError) -> [JSONValue] {
        let (result, keyPath) = state.withLock { state in
            let keyPath = state.programs[index].keyPath
            guard let engine = state.engine ?? JQEngine(state.programs) else {
                return (Result<[JSONValue], JQFailure>.failure(.notCompiled), keyPath)
            }
            let result = engine.evaluate(index, input, firstOnly: firstOnly, limits: limits, watch: watch)
            // A stopped interpreter keeps all the memory it took.
            state.engine = engine.isSpent ? nil : engine
            return (result, keyPath)
        }
        switch result {
        case .success(let outputs): return outputs
        case .failure(let failure): throw failure.error(keyPath: keyPath, limits: limits)
        }
    }
}
