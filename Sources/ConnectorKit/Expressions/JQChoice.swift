// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import YAMLDocuments

/// Rules over one input: the first whose condition holds gives its values. One evaluation in all, because handing the
/// input to jq costs more than most programs do.
public struct JQChoice: Sendable {
    public struct Rule: Sendable {
        public let when: JQProgram
        public let values: [JQProgram]

        public init(when: JQProgram, values: [JQProgram]) {
            self.when = when
            self.values = values
        }
    }

    private let rules: [Rule]
    private let program: JQProgram

    /// - Parameters:
    ///   - library: the one that all programs of `rules` are from; compile it afterwards.
    ///   - node: the value that holds the rules, with `keyPath`.
    public init(_ rules: [Rule], in library: ExpressionLibrary, node: YAMLNode, keyPath: String) {
        self.rules = rules
        // Every value in a list of its own, so that a program without output is seen.
        let branches = rules.enumerated().map { index, rule in
            let values = rule.values.map { ", [first(__\($0.index))]" }.joined()
            return "if [first(__\(rule.when.index))][0] then [\(index)\(values)] else "
        }
        let text = branches.joined() + "null" + String(repeating: " end", count: rules.count)
        let programs = rules.flatMap { [$0.when] + $0.values }
        program = library.append(
            JQSource(derived: text, node: node, keyPath: keyPath, members: library.members(of: programs)))
    }

    /// The first rule that applies, by its position, and what its programs give; nil when none does.
    ///
    /// - Throws: `ExpressionError` of the very program that failed.
    public func evaluate(_ input: JSONValue) throws(ExpressionError) -> (rule: Int, values: [JSONValue])? {
        guard let output = try? program.evaluate(input) else { return try evaluateEach(input) }
        guard let found = output.array, let index = found.first?.int else { return nil }
        let values = found.dropFirst().compactMap { $0[0] }
        return values.count == found.count - 1 ? (index, values) : try evaluateEach(input)
    }

    /// The same one by one: slower, and tells which program failed.
    private func evaluateEach(_ input: JSONValue) throws(ExpressionError) -> (rule: Int, values: [JSONValue])? {
        for (index, rule) in rules.enumerated() where try rule.when.isTrue(input) {
            var values: [JSONValue] = []
            for program in rule.values { values.append(try program.evaluate(input)) }
            return (index, values)
        }
        return nil
    }
}
