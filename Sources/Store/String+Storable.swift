// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text as every engine can store it, for what others have written: a name or an answer with U+0000 in it must not keep
    /// the rest from being stored. U+FFFD stands in its place.
    public var storable: String {
        guard utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
    }
}
