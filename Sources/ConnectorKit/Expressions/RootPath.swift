// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import YAMLDocuments

/// A path such as `.settings.label` that a program reads from its input.
public struct RootPath: Sendable {
    /// The members, outermost first.
    public let names: [String]
    /// Key path of the program in its file.
    public let keyPath: String
    private let place: Diagnostic

    init(_ names: [String], in source: JQSource, offset: Int) {
        self.names = names
        keyPath = source.keyPath
        place = source.diagnostic("", after: String(source.text.unicodeScalars.prefix(offset)))
    }

    /// A diagnostic that points at the path.
    public func diagnostic(_ message: String, hint: String?) -> Diagnostic {
        Diagnostic(
            file: place.file, line: place.line, column: place.column, keyPath: keyPath, message: message, hint: hint)
    }
}
