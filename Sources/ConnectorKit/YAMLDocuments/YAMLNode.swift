// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// One value of a YAML document with the place where it stands, so that whatever is wrong with it can be pointed at.
///
/// Only what a settings file needs: scalars, lists and mappings with text keys. Anchors, aliases, tags and further
/// documents are refused, because they let a file say something else than what its lines show, or grow without bound.
public final class YAMLNode: Sendable {
    public enum Content: Sendable {
        /// `isPlain` when the scalar stands without quotes and is not block text, so that `true` and `5` are not text.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// In the order of the file; keys are scalars and differ from each other.
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    public let content: Content
    /// File name as the person gave it.
    public let file: String
    /// 1-based place of the value's first character, the column counted in characters.
    public let line: Int
    public let column: Int

    public init(_ content: Content, file: String, line: Int, column: Int) {
        self.content = content
        self.file = file
        self.line = line
        self.column = column
    }
}

extension YAMLNode {
    /// A longer text or a deeper nesting is refused.
    public static let maximumBytes = 1 << 20
    public static let maximumDepth = 64

    /// Parses one document with libyaml.
    ///
    /// - Parameters:
    ///   - text: at most `maximumBytes` of UTF-8, with or without its mark. An empty document is an empty mapping.
    ///   - file: the name that diagnostics show; nothing is opened.
    /// - Throws: every problem up to the first syntax error, for whoever wrote the file.
    public static func parse(_ text: String, file: String) throws(Diagnostics) -> YAMLNode {
        // libyaml takes the mark of an editor for text.
        let isMarked = text.unicodeScalars.first == "\u{FEFF}"
        let parser = YAMLParser(isMarked ? String(text.unicodeScalars.dropFirst()) : text, file: file)
        let root = parser.parseDocument()
        guard parser.problems.isEmpty else { throw Diagnostics(parser.problems) }
        return root
    }

    /// A diagnostic that points at this value.
    public func diagnostic(_ message: String, keyPath: String, hint: String? = nil) -> Diagnostic {
        Diagnostic(file: file, line: line, column: column, keyPath: keyPath, message: message, hint: hint)
    }

    /// The text of a scalar, whatever it would mean.
    public var scalar: String? { if case .scalar(let text, _) = content { text } else { nil } }
    public var elements: [YAMLNode]? { if case .sequence(let elements) = content { elements } else { nil } }
    public var members: [(key: YAMLNode, value: YAMLNode)]? {
        if case .mapping(let members) = content { members } else { nil }
    }

    /// The member of a mapping; nil for another kind of value or a missing key.
    public subscript(_ key: String) -> YAMLNode? { members?.first { $0.key.scalar == key }?.value }

    /// The value without places. Plain scalars follow the core schema of YAML 1.2 (§10.3.2), so `no` and `on` are text;
    /// a number that a double cannot hold exactly stays text, because ids must not change.
    public var json: JSONValue {
        switch content {
        case .scalar(let text, let isPlain): isPlain ? CoreSchema.resolve(text) : .string(text)
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let members):
            .object(Dictionary(members.map { ($0.key.scalar ?? "", $0.value.json) }, uniquingKeysWith: { $1 }))
        }
    }
}
