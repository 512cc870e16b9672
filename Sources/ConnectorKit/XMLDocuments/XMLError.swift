// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A document that was refused, an expression that is not XPath, or text that XML cannot carry.
public struct XMLError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// Not well-formed, or not in the encoding it says.
        case malformed
        /// Well-formed so far, but it has a DOCTYPE, is too large or is nested too deeply.
        case refused
        /// An expression that does not compile or that needs a prefix, function or type it does not get.
        case expression
        /// Text or a name to be written that no XML document can hold.
        case unwritable
    }

    public let kind: Kind
    /// Lower case, no full stop; quotes nothing of the document but names.
    public let message: String
    /// 1-based line of the document; nil where none can be told.
    public let line: Int?

    public init(_ kind: Kind, _ message: String, line: Int? = nil) {
        self.kind = kind
        self.message = message
        self.line = line
    }

    public var description: String { message + (line.map { " (line \($0))" } ?? "") }
}
