// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What an engine counts when it bounds a text. Swift's characters are none of these: one of them may be many.
public enum SQLLengthUnit: Sendable {
    /// Unicode scalars, as MySQL, MariaDB, PostgreSQL and SQLite do.
    case scalars
    /// Two bytes, as SQL Server does.
    case utf16

    /// The beginning of a text, never half a scalar.
    func cut(_ text: String, to length: Int) -> String {
        // No text has more of either than bytes.
        guard text.utf8.count > length else { return text }
        var rest = length
        let kept = text.unicodeScalars.prefix { scalar in
            rest -= self == .utf16 ? UTF16.width(scalar) : 1
            return rest >= 0
        }
        return String(String.UnicodeScalarView(kept))
    }
}
