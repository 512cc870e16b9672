// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One key of a connector profile: the strict reader, the key reference and the skeleton of a new profile all come from
/// such descriptions, so they cannot differ.
public struct ProfileKey: Sendable {
    /// Dotted path; `[]` stands for each element of a list, `*` for a key the author chooses: `products[].names.required`.
    public let path: String
    /// The kind of value, in words: `text`, `duration`, `list of mappings`.
    public let type: String
    /// What fits where the kind is a word, or a list of words; empty where the table cannot know.
    public let words: [String]
    /// What a whole number, or each of a list, may be.
    public let range: ClosedRange<Int>?
    public let isRequired: Bool
    /// What it is for, in one or two sentences.
    public let help: String
    /// The value as YAML; a top-level key needs one, for new profiles begin with it.
    public let example: String?

    public init(
        _ path: String, _ type: String, isRequired: Bool = false, _ help: String, words: [String] = [],
        in range: ClosedRange<Int>? = nil, example: String? = nil
    ) {
        self.path = path
        self.type = type
        self.isRequired = isRequired
        self.help = help
        self.words = words
        self.range = range
        self.example = example
    }

    /// The kind of value with the words or numbers that fit, for people.
    public var value: String {
        if let range { return "\(type), \(range.lowerBound) to \(range.upperBound)" }
        return words.isEmpty ? type : "\(type): \(words.joined(separator: ", "))"
    }

    /// Whether it stands at the top of the file.
    public var isTopLevel: Bool { !path.contains { ".[*".contains($0) } }
}

extension Collection<ProfileKey> {
    /// What the whole number at `path` may be: nothing where the table names no range, for every count has one.
    public func range(of path: String) -> ClosedRange<Int> { first { $0.path == path }?.range ?? 0...0 }

    /// The keys of the mapping at `path`; of the file for an empty path.
    public func names(in path: String) -> [String] {
        compactMap { key in
            guard let dot = key.path.lastIndex(of: ".") else { return path.isEmpty ? key.path : nil }
            return key.path[..<dot] == path ? String(key.path[key.path.index(after: dot)...]) : nil
        }
    }
}
