// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Expressions
internal import YAMLDocuments

/// Reads the outcome rules of one operation.
struct OutcomeReader {
    let library: ExpressionLibrary
    let operations: [String]

    /// - Returns: the rules, and all their programs as one; nil without rules, which the collector then knows.
    func read(_ operation: MappingReader, allowed: [OutcomeKind]) -> (rules: [OutcomeRule], choice: JQChoice?) {
        guard let node = operation.requiredNode("outcomes") else { return ([], nil) }
        let found = operation.mappings("outcomes").compactMap { rule($0, allowed: allowed) }
        if node.elements?.isEmpty == true { operation.add("outcomes", "at least one outcome is needed") }
        guard !found.isEmpty else { return ([], nil) }
        let path = operation.path(of: "outcomes")
        return (found.map(\.rule), JQChoice(found.map(\.programs), in: library, node: node, keyPath: path))
    }

    private func rule(_ reader: MappingReader, allowed: [OutcomeKind]) -> (rule: OutcomeRule, programs: JQChoice.Rule)?
    {
        let when = reader.requiredProgram("when", library)
        let names = allowed.map(\.rawValue)
        let found = OutcomeKind.allCases.filter { reader.has($0.rawValue) }
        for kind in found where !allowed.contains(kind) {
            reader.add(
                kind.rawValue, "the outcome \(kind.rawValue) is not possible here",
                hint: "possible: \(names.joined(separator: ", "))")
        }
        defer { reader.finish(known: ["when"] + names + found.map(\.rawValue)) }
        guard let kind = found.first else {
            if reader.keys.allSatisfy({ $0 == "when" }) {
                reader.collector.add(
                    reader.node, reader.path, "the rule has no outcome", hint: "known: \(names.joined(separator: ", "))"
                )
            }
            return nil
        }
        for other in found.dropFirst() {
            reader.add(other.rawValue, "one outcome a rule: \(kind.rawValue) stands here already")
        }
        guard allowed.contains(kind) || kind == .then, let members = reader.mapping(kind.rawValue) else { return nil }
        return rule(kind, when, members)
    }

    private func rule(
        _ kind: OutcomeKind, _ when: JQProgram?, _ reader: MappingReader
    ) -> (rule: OutcomeRule, programs: JQChoice.Rule)? {
        var programs: [(key: String, program: JQProgram)] = []
        var words: [String: String] = [:]
        var durations: [String: Duration] = [:]
        for member in kind.members {
            guard let node = member.isRequired ? reader.requiredNode(member.key) : reader.node(member.key) else {
                continue
            }
            let path = reader.path(of: member.key)
            switch member.type {
            case .program:
                if let program = library.add(node, keyPath: path, collector: reader.collector) {
                    programs.append((member.key, program))
                }
            case .duration: durations[member.key] = node.duration(at: path, in: .rest, reader.collector)
            case .word(let choices): words[member.key] = node.word(at: path, of: choices, reader.collector)
            case .operation: words[member.key] = node.word(at: path, of: operations, reader.collector)
            }
        }
        reader.finish(known: kind.members.map(\.key))
        return when.map { when in
            let rule = OutcomeRule(
                when: when, kind: kind, members: programs.map(\.key), words: words, durations: durations)
            return (rule, JQChoice.Rule(when: when, values: programs.map(\.program)))
        }
    }
}
