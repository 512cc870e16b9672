// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import YAMLDocuments

/// One program as written, with its place.
struct JQSource {
    let text: String
    let node: YAMLNode
    let keyPath: String
    /// Unicode scalars of the node's text before the program, for a hole in a template.
    let start: Int
    /// Whether it is made of other programs of the library: it means nothing alone, and nobody wrote it.
    let isDerived: Bool
    /// The members of the input that it may read, once its words have been looked at, sorted; nil for any.
    var members: [String]?

    init(_ text: String, node: YAMLNode, keyPath: String, start: Int = 0) {
        self.text = text
        self.node = node
        self.keyPath = keyPath
        self.start = start
        isDerived = false
        members = nil
    }

    /// A program made of others of the library.
    ///
    /// - Parameter members: what those may read.
    init(derived text: String, node: YAMLNode, keyPath: String, members: [String]?) {
        (self.text, self.node, self.keyPath, start, isDerived) = (text, node, keyPath, 0, true)
        self.members = members
    }

    /// What the scanner refuses.
    var problems: [Diagnostic] {
        guard text.utf8.count <= 1 << 16 else {
            return [node.diagnostic("the expression is longer than 64 KiB", keyPath: keyPath)]
        }
        var scanner = JQScanner(Array(text.unicodeScalars))
        scanner.scan()
        return scanner.findings.map { finding in
            diagnostic(finding.message, after: String(text.unicodeScalars.prefix(finding.offset)))
        }
    }

    /// The paths the program certainly reads from its input, and those from a part of it.
    var paths: (root: [RootPath], part: [RootPath]) {
        var scanner = RootPathScanner(text)
        scanner.scan()
        func found(_ paths: [(names: [String], offset: Int)]) -> [RootPath] {
            paths.map { RootPath($0.names, in: self, offset: $0.offset) }
        }
        return (found(scanner.paths), found(scanner.partPaths))
    }

    /// Why it does not compile, at its place. Who means a fixed text rarely knows that a program has quotes of its own.
    func diagnostic(_ error: JQCompileError) -> Diagnostic {
        var hint: String?
        if text.wholeMatch(of: /\s*\p{L}[\p{L}\p{N} &+,-]*\s*/) != nil {
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            hint = "a fixed text has quotes of its own: '\"\(words)\"'"
        }
        return diagnostic(error.message, line: error.line, hint: hint)
    }

    /// A diagnostic at a 0-based line of the program.
    func diagnostic(_ message: String, line: Int, hint: String? = nil) -> Diagnostic {
        let before = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(line)
        return diagnostic(message, after: before.map { $0 + "\n" }.joined(), hint: hint)
    }

    /// A diagnostic at the place after `before`, which the program begins with.
    func diagnostic(_ message: String, after before: String, hint: String? = nil) -> Diagnostic {
        let whole = String((node.scalar ?? "").unicodeScalars.prefix(start)) + before
        let breaks = whole.count { $0 == "\n" }
        guard case .scalar(let scalar, let isPlain) = node.content, scalar.contains("\n") else {
            let quote = if case .scalar(_, false) = node.content { 1 } else { 0 }
            return Diagnostic(
                file: node.file, line: node.line, column: node.column + quote + whole.count, keyPath: keyPath,
                message: message, hint: hint)
        }
        // Block text begins on the line after its indicator, at an indentation that the parser does not tell.
        return Diagnostic(
            file: node.file, line: node.line + breaks + (isPlain ? 0 : 1), keyPath: keyPath, message: message,
            hint: hint)
    }
}
