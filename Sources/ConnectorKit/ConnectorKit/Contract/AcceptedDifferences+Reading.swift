// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import PKIX
public import YAMLDocuments

extension AcceptedDifferences {
    /// Reads the mapping `accept` of a template or a product; what is wrong is noted.
    ///
    /// - Parameter reader: of the template or product; without the mapping nothing is accepted.
    public init(_ reader: MappingReader) {
        self.init()
        guard let reader = reader.mapping("accept") else { return }
        for (node, path) in reader.list("extendedKeyUsages") ?? [] {
            guard let text = node.string(at: path, reader.collector) else { continue }
            guard let purpose = KeyPurpose(name: text) else {
                reader.collector.add(
                    node, path, "expected a purpose such as clientAuth, or its object identifier, found \"\(text)\"")
                continue
            }
            // Whoever has such a key gets certificates in anybody's name.
            if purpose == .enrollmentAgent {
                reader.collector.add(node, path, "enrollmentAgent is never accepted in a subscriber's certificate")
                continue
            }
            extendedKeyUsages.insert(purpose)
        }
        for (key, node, path) in reader.dictionary("subject") ?? [] {
            if let rule = Self.rule(key, node, path, reader.collector) { subject[key] = rule }
        }
        reader.finish(known: ["extendedKeyUsages", "subject"])
    }

    private static func rule(
        _ key: String, _ node: YAMLNode, _ path: String, _ collector: DiagnosticCollector
    ) -> SubjectRule? {
        if ["emailAddress", "emails"].contains(key) {
            collector.add(node, path, "another address than asked for is never accepted")
            return nil
        }
        guard SubjectComparison.knows(key) else {
            collector.add(
                node, path, "unknown subject attribute \(key)",
                hint: "known: \(SubjectComparison.types.map(\.key).joined(separator: ", ")), or an object identifier")
            return nil
        }
        guard node.elements == nil else {
            return .values(node.list(at: path, collector).compactMap { $0.node.string(at: $0.path, collector) })
        }
        return node.word(at: path, of: ["hold", "remark"], collector) == "remark" ? .remark : nil
    }
}
