// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A value on its way into or out of the database. Engines differ in richer types; these five are the same on all.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringInterpolation {
    public init(nilLiteral: ()) { self = .null }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .text(value) }

    /// The database's form of a Swift value.
    public init(_ value: some SQLRepresentable) { self = value.sqlValue }

    /// Engines differ in what they make of U+0000 in text: one cuts there, another refuses. So no door lets it in.
    ///
    /// - Throws: `StoreError` with code `constraint`.
    public func requireStorable() throws(StoreError) {
        guard case .text(let text) = self, text.utf8.contains(0) else { return }
        throw StoreError(.constraint, "a text with the character U+0000 in it cannot be stored")
    }

    /// The word an error uses for this kind of value.
    var kindName: String {
        switch self {
        case .null: "null"
        case .integer: "an integer"
        case .real: "a real number"
        case .text: "text"
        case .blob: "bytes"
        }
    }
}
