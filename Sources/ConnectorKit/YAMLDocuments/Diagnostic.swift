// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One thing wrong with a file a person wrote: where, what was found, what was expected.
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
    /// File name as the person gave it.
    public let file: String
    /// 1-based line and column; nil where the whole file is meant.
    public let line: Int?
    public let column: Int?
    /// Dotted path of the value, such as `operations.enroll.outcomes[1].when`; empty for the document.
    public let keyPath: String
    /// What was found and what was expected; lower case, no full stop.
    public let message: String
    /// The next step, such as the nearest known key.
    public let hint: String?

    public init(
        file: String, line: Int? = nil, column: Int? = nil, keyPath: String = "", message: String, hint: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.keyPath = keyPath
        self.message = message
        self.hint = hint
    }

    /// `file:line:column: key.path: message (hint)`, the form editors can jump to.
    public var description: String {
        var place = file
        if let line { place += ":\(line)" }
        if let column { place += ":\(column)" }
        return place + ": " + (keyPath.isEmpty ? "" : keyPath + ": ") + message + (hint.map { " (\($0))" } ?? "")
    }
}
