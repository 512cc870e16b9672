// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Advice with commands in it, as a table has it and as somebody reads it.
public enum Remedy {
    /// The advice with names in place of the words for them, so that its commands run as they stand.
    ///
    /// - Parameter names: by the word of the table, such as `SERIAL`. A name that would not be one word of a command is left out.
    public static func filled(_ text: String, _ names: [(word: String, name: String?)]) -> String {
        names.reduce(text) { text, one in
            guard let name = one.name, !name.isEmpty, !name.contains(where: { $0 == "'" || $0.isWhitespace }) else {
                return text
            }
            return text.replacing(one.word, with: name)
        }
    }
}
