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
    public let isRequired: Bool
    /// What it is for, in one or two sentences.
    public let help: String
    /// The value as YAML; a top-level key needs one, for new profiles begin with it.
    public let example: String?

    public init(
        _ path: String, _ type: String, isRequired: Bool = false, _ help: String, words: [String] = [],
        example: String? = nil
    ) {
        self.path = path
        self.type = type
        self.isRequired = isRequired
        self.help = help
        self.words = words
        self.example = example
    }

    /// The kind of value with the words that fit, for people.
    public var value: String { words.isEmpty ? type : "\(type): \(words.joined(separator: ", "))" }

    /// Whether it stands at the top of the file.
    public var isTopLevel: Bool { !path.contains { ".[*".contains($0) } }
}

extension Collection<ProfileKey> {
    /// The keys of the mapping at `path`; of the file for an empty path.
    public func names(in path: String) -> [String] {
        compactMap { key in
            guard let dot = key.path.lastIndex(of: ".") else { return path.isEmpty ? key.path : nil }
            return key.path[..<dot] == path ? String(key.path[key.path.index(after: dot)...]) : nil
        }
    }
}
