// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import YAMLDocuments

extension ExpressionLibrary {
    /// Takes in the programs in the holes of a text.
    ///
    /// - Parameters:
    ///   - text: text with `${ jq }` holes; braces and quotes inside a hole follow jq's rules.
    ///   - node: the value that holds the text, for the place of diagnostics.
    /// - Returns: nil when a hole is refused; the collector knows why.
    public func template(
        _ text: String, node: YAMLNode, keyPath: String, collector: DiagnosticCollector
    ) -> Template? {
        let scalars = Array(text.unicodeScalars)
        func slice(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
        var parts: [Template.Part] = []
        var literal = ""
        var position = 0
        var isGood = true
        while position < scalars.count {
            guard scalars[position] == "$", position + 1 < scalars.count else {
                literal.unicodeScalars.append(scalars[position])
                position += 1
                continue
            }
            if scalars[position...].starts(with: "$${".unicodeScalars) {
                literal += "${"
                position += 3
            } else if scalars[position + 1] == "{" {
                let start = position + 2
                var scanner = JQScanner(scalars, from: start, stopsAtBrace: true)
                // Where its end cannot be told, the rest of the text is the hole, and adding it tells why.
                let end = scanner.end()
                let source = JQSource(slice(start..<(end ?? scalars.count)), node: node, keyPath: keyPath, start: start)
                if end == nil {
                    collector.add(source.diagnostic("the hole ${ is never closed, or its brackets do not fit", line: 0))
                    return nil
                }
                if let program = add(source, collector) {
                    if !literal.isEmpty { parts.append(.text(literal)) }
                    literal = ""
                    parts.append(.hole(program))
                } else {
                    isGood = false
                }
                position = (end ?? scalars.count) + 1
            } else {
                literal += "$"
                position += 1
            }
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        return isGood ? Template(parts: parts, source: text, keyPath: keyPath) : nil
    }

    /// The template that a YAML value holds.
    public func template(_ node: YAMLNode, keyPath: String, collector: DiagnosticCollector) -> Template? {
        guard let text = node.string(at: keyPath, collector) else { return nil }
        return template(text, node: node, keyPath: keyPath, collector: collector)
    }
}
