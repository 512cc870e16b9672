// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import Foundation
import YAMLDocuments

/// Reads one rule file strictly: every mistake is noted with line and key path.
struct RuleReader {
    private let root: MappingReader
    private let collector: DiagnosticCollector
    private let scratch = ExpressionLibrary()
    private static let keys = [
        "finding", "source", "severity", "from", "until", "types", "generations", "target", "checked", "find", "note",
        "pkilint",
    ]

    /// What a file says.
    struct Reading {
        var rules: [CertificationRule] = []
        /// jq definitions for the programs of the file.
        var functions = ""
        /// The value of `functions`, and of each rule's `find`, by id.
        var nodes: [String: YAMLNode] = [:]
    }

    init(_ node: YAMLNode, _ collector: DiagnosticCollector) {
        root = MappingReader(node, collector: collector)
        self.collector = collector
    }

    func read() -> Reading {
        var reading = Reading()
        reading.functions = root.string("functions") ?? ""
        reading.nodes[""] = root.node("functions")
        for (id, node, path) in root.dictionary("rules") ?? [] {
            let reader = MappingReader(node, path: path, collector: collector)
            if id.wholeMatch(of: /[a-z0-9][A-Za-z0-9.\-]*/) == nil {
                collector.add(node, path, "expected an id of letters, digits, dots and hyphens, found \"\(id)\"")
            }
            reading.rules.append(rule(id, reader))
            reading.nodes[id] = reader.node("find")
        }
        if !root.has("rules") { root.add("rules", "rules is missing") }
        root.finish(known: ["title", "functions", "rules"])
        return reading
    }

    private func rule(_ id: String, _ reader: MappingReader) -> CertificationRule {
        defer { reader.finish(known: Self.keys) }
        let from = reader.day("from")
        let last = reader.day("until")
        if let from, let last, last < from {
            reader.add("until", "expected \(reader.node("from")?.scalar ?? "") or later")
        }
        let stages = Set<RuleStage>(words(reader, "checked") ?? [])
        let program = reader.string("find") ?? ""
        // Words and brackets of each by itself: together with others, what one lacks the next could have too much of.
        if let node = reader.node("find"), !program.isEmpty {
            _ = scratch.add(program, node: node, keyPath: reader.path(of: "find"), collector: collector)
        }
        // A word that is none is told by itself, and means that the rule was to be asked.
        let isAsked = reader.node("checked")?.elements?.isEmpty == false
        if !isAsked, reader.string("note")?.isEmpty != false {
            reader.add("checked", "a rule that is checked in no stage says in note who looks at it")
        }
        if isAsked, program.isEmpty { reader.add("find", "find is missing") }
        if !isAsked, !program.isEmpty { reader.add("checked", "find is never asked: checked names no stage") }
        return CertificationRule(
            id: id, finding: reader.requiredString("finding"), source: reader.requiredString("source"),
            severity: required(reader, "severity") ?? .stop, from: from ?? CertificationRule.beginning,
            until: last.map { $0 + 86_400 } ?? .distantFuture, subjects: Set(words(reader, "types") ?? []),
            generations: Set(words(reader, "generations") ?? []),
            target: reader.choice("target", of: RuleTarget.self), stages: stages,
            note: reader.string("note") ?? "", pkilint: reader.strings("pkilint") ?? [], program: program,
            file: reader.node.file)
    }

    private func words<Word: RawRepresentable<String> & CaseIterable>(_ reader: MappingReader, _ key: String) -> [Word]?
    {
        reader.list(key)?.compactMap { $0.node.choice(at: $0.path, reader.collector) }
    }

    private func required<Word: RawRepresentable<String> & CaseIterable>(_ reader: MappingReader, _ key: String)
        -> Word?
    {
        reader.requiredNode(key)?.choice(at: reader.path(of: key), reader.collector)
    }
}
