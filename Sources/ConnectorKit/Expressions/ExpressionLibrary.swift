// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import JSONDocuments
internal import Synchronization
public import YAMLDocuments

/// All jq programs of one file, compiled together.
///
/// libjq needs 26 to 29 ms for its own definitions each time it compiles, so all programs of a profile become functions
/// of one program that chooses by number. Only when that does not compile is each compiled alone, to tell which is wrong.
///
/// A program sees its input and nothing else: names that reach files, environment, further input or the host's own
/// streams are refused when it is added. A time limit, a memory limit and a limit on the output stop what does not end.
/// Evaluations take microseconds, and each has an interpreter for itself. Those that may take long belong into
/// `LongEvaluation`.
public final class ExpressionLibrary: Sendable {
    private let programs = Mutex<[JQSource]>([])
    /// Filled when first needed.
    private let interpreters = InterpreterPool()
    private let limits: EvaluationLimits

    /// Words that a program may not use, for documents.
    public static var refusedWords: [String] { JQScanner.refused.sorted() + ["$ENV"] }

    /// - Parameter limits: how long and how much one evaluation may take.
    public init(limits: EvaluationLimits = EvaluationLimits()) {
        self.limits = limits
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
        guard node.scalar != nil else {
            collector.add(
                node, keyPath, "expected a jq program, found \(node.kindName)",
                hint: "put the program in quotes, such as '{id: .request.reference}'")
            return nil
        }
        guard let source = node.string(at: keyPath, collector) else { return nil }
        return add(source, node: node, keyPath: keyPath, collector: collector)
    }

    func add(_ source: JQSource, _ collector: DiagnosticCollector) -> JQProgram? {
        let problems = source.problems
        for problem in problems { collector.add(problem) }
        guard problems.isEmpty else { return nil }
        var source = source
        source.members = ReadMembers.names(in: source.text)?.sorted()
        return append(source)
    }

    /// Takes in a program that needs no look at its words.
    func append(_ source: JQSource) -> JQProgram {
        let index = programs.withLock { programs in
            programs.append(source)
            return programs.count - 1
        }
        interpreters.reset()
        return JQProgram(library: self, index: index, source: source.text, keyPath: source.keyPath)
    }

    /// Compiles everything added so far and notes what jq says about each program that does not compile. Costs about
    /// 30 ms, and as much again for each program when one is wrong.
    public func compile(into collector: DiagnosticCollector) {
        let sources = programs.withLock { $0 }
        guard let first = sources.first else { return }
        if let engine = JQEngine(sources) { return interpreters.reset(to: engine) }
        let problems = sources.filter { !$0.isDerived }.compactMap { source in
            JQEngine.compileError(of: source).map { source.diagnostic($0) }
        }
        for problem in problems { collector.add(problem) }
        if problems.isEmpty {
            collector.add(first.diagnostic("the expressions of this file do not compile together", line: 0))
        }
    }

    /// What any of these programs may read of its input, sorted; nil for all.
    func members(of chosen: [JQProgram]) -> [String]? {
        let sources = programs.withLock { $0 }
        let names = chosen.map { sources[$0.index].members }
        return names.contains(nil) ? nil : Set(names.flatMap { $0 ?? [] }).sorted()
    }

    /// The paths that the programs certainly read from their input; of those the library made itself, none.
    public var rootPaths: [RootPath] {
        programs.withLock { $0 }.filter { !$0.isDerived }.flatMap(\.paths.root)
    }

    /// The paths that the programs certainly read from a part of their input, behind a pipe.
    public var partPaths: [RootPath] {
        programs.withLock { $0 }.filter { !$0.isDerived }.flatMap(\.paths.part)
    }

    /// Whether a program below a key path has one of these words in it.
    public func mentions(_ words: [String], below keyPath: String) -> Bool {
        programs.withLock { $0 }.contains { source in
            source.keyPath.hasPrefix(keyPath) && words.contains { source.text.contains($0) }
        }
    }

    /// The program of a key path, as written, and a diagnostic that points at it; the first where a text has several holes.
    public func place(of keyPath: String) -> (source: String, diagnostic: Diagnostic)? {
        programs.withLock { $0 }.first { $0.keyPath == keyPath && !$0.isDerived }.map {
            ($0.text, $0.diagnostic("", line: 0))
        }
    }

    func evaluate(_ index: Int, _ input: JSONValue, firstOnly: Bool) throws(ExpressionError) -> [JSONValue] {
        let sources = programs.withLock { $0 }
        var limits = limits
        let attempt = EvaluationAttempt.current
        if let attempt {
            if input.isLarger(than: EvaluationAttempt.size) { attempt.giveUp() }
            guard !attempt.wasGivenUp else {
                throw JQFailure.timeLimit.error(
                    keyPath: sources[index].keyPath, limits: limits, program: sources[index].text)
            }
            limits.time = min(limits.time, EvaluationAttempt.time)
        }
        let result = interpreters.withInterpreter(make: { JQEngine(sources) }) { engine in
            engine.evaluate(index, input, members: sources[index].members, firstOnly: firstOnly, limits: limits)
        }
        switch result ?? .failure(.notCompiled) {
        case .success(let outputs): return outputs
        case .failure(let failure):
            if case .timeLimit = failure { attempt?.giveUp() }
            throw failure.error(keyPath: sources[index].keyPath, limits: limits, program: sources[index].text)
        }
    }
}
