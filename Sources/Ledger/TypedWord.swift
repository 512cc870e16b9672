// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The beginning of an id, as a person types it.
enum TypedWord {
    /// Characters of an id that may stand for it, beside its `cw-`.
    static let shortest = 4

    /// Text that a table has cut short is as good as its beginning.
    static func withoutEllipsis(_ text: String) -> String {
        for end in ["…", "..."] where text.hasSuffix(end) { return String(text.dropLast(end.count)) }
        return text
    }

    /// The parameters of `column >= ? AND column < ?` for what begins with `text`, so that an index is read.
    static func range(_ text: String) -> [String] { [text, text + "\u{7F}"] }
}
