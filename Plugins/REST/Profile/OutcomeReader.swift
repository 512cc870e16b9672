// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import YAMLDocuments

/// Reads the outcome rules of one operation.
struct OutcomeReader {
    let library: ExpressionLibrary
    let operations: [String]

    func read(_ operation: MappingReader, allowed: [OutcomeKind]) -> [OutcomeRule] {
        guard operation.requiredNode("outcomes") != nil else { return [] }
        let rules = operation.mappings("outcomes").compactMap { rule($0, allowed: allowed) }
        if operation.list("outcomes")?.isEmpty == true { operation.add("outcomes", "at least one outcome is needed") }
        return rules
    }

    private func rule(_ reader: MappingReader, allowed: [OutcomeKind]) -> OutcomeRule? {
        let when = reader.requiredProgram("when", library)
        let names = allowed.map(\.rawValue)
        let found = allowed.filter { reader.has($0.rawValue) }
        defer { reader.finish(known: ["when"] + names) }
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
        guard let members = reader.mapping(kind.rawValue) else { return nil }
        return rule(when, kind, members)
    }

    private func rule(_ when: JQProgram?, _ kind: OutcomeKind, _ reader: MappingReader) -> OutcomeRule {
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
            case .duration: durations[member.key] = node.duration(at: path, reader.collector)
            case .word(let choices): words[member.key] = node.word(at: path, of: choices, reader.collector)
            case .operation: words[member.key] = node.word(at: path, of: operations, reader.collector)
            }
        }
        reader.finish(known: kind.members.map(\.key))
        return OutcomeRule(when: when, kind: kind, programs: programs, words: words, durations: durations)
    }
}
