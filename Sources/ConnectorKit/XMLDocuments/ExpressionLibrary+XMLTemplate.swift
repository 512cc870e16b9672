// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Expressions
public import YAMLDocuments

extension ExpressionLibrary {
    /// The XML template that a YAML value holds, with all its programs.
    ///
    /// - Parameters:
    ///   - namespaces: what the writer declares around it, name by prefix; `c` is taken for `urn:certway:template`.
    /// - Returns: nil when it is refused; the collector knows why.
    public func xmlTemplate(
        _ node: YAMLNode, keyPath: String, namespaces: [(prefix: String, uri: String)], collector: DiagnosticCollector
    ) -> XMLTemplate? {
        guard let template = template(node, keyPath: keyPath, collector: collector) else { return nil }
        guard let (text, holes) = XMLTemplateReader.marked(template) else {
            collector.add(node, keyPath, "the characters U+E000 and U+E001 are not allowed")
            return nil
        }
        let reader = XMLTemplateReader(
            library: self, node: node, keyPath: keyPath, collector: collector, holes: holes)
        do {
            return XMLTemplate(content: reader.content(of: try document(text, namespaces).root), keyPath: keyPath)
        } catch {
            reader.note(error.message, line: error.line ?? 1)
            return nil
        }
    }

    /// The template inside of an element that declares its namespaces, on the same line.
    private func document(_ text: String, _ namespaces: [(prefix: String, uri: String)]) throws(XMLError) -> XMLDocument
    {
        let mark = "\u{E002}"
        let writer = XMLWriter(hasDeclaration: false)
        writer.start("c:template")
        writer.declare("c", XMLTemplate.namespace)
        for (prefix, uri) in namespaces { writer.declare(prefix, uri) }
        writer.text(mark)
        writer.end()
        let frame = String(decoding: try writer.finish(), as: UTF8.self)
        return try XMLDocument(parsing: frame.replacing(mark, with: text).utf8)
    }
}
