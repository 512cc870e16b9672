// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ProfileOperations
import XMLDocuments
import YAMLDocuments

/// Reads the mapping `read`: what to take from an answer, by name.
struct ReadRuleReader {
    private let namespaces: [String: String]
    private let collector: DiagnosticCollector

    init(_ namespaces: [(prefix: String, name: String)], _ collector: DiagnosticCollector) {
        self.namespaces = Dictionary(namespaces.map { ($0.prefix, $0.name) }, uniquingKeysWith: { $1 })
        self.collector = collector
    }

    func rules(_ members: [(key: String, node: YAMLNode, path: String)]) -> [ReadRule] {
        members.compactMap { rule($0.key, $0.node, $0.path) }
    }

    private func rule(_ name: String, _ node: YAMLNode, _ path: String) -> ReadRule? {
        guard node.members != nil else {
            return expression(node, path).map { ReadRule(name: name, path: $0) }
        }
        let reader = MappingReader(node, path: path, collector: collector)
        let found = reader.requiredNode("path").flatMap { self.expression($0, reader.path(of: "path")) }
        let isList = reader.bool("list") ?? false
        let decodings = (reader.list("decode") ?? []).compactMap { item in
            item.node.choice(at: item.path, of: Decoding.self, collector)
        }
        let members = reader.dictionary("read").map { rules($0) } ?? []
        if !members.isEmpty, !decodings.isEmpty { reader.add("decode", "either decode or read") }
        reader.finish()
        return found.map {
            ReadRule(name: name, path: $0, isList: isList, decodings: decodings, members: members)
        }
    }

    private func expression(_ node: YAMLNode, _ path: String) -> XPathExpression? {
        guard let source = node.string(at: path, collector) else { return nil }
        do { return try XPathExpression(source, namespaces: namespaces) } catch {
            collector.add(node, path, error.message, hint: "prefixes are declared in soap.namespaces")
            return nil
        }
    }
}
