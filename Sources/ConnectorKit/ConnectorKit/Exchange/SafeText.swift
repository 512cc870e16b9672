// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Text from outside, made fit for messages and logs.
public enum SafeText {
    /// One bounded line without control characters.
    public static func sentence(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let clean = String(
            String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        return clean.count <= 300 ? clean : clean.prefix(300) + "…"
    }

    /// The beginning, for a log.
    public static func excerpt(_ text: String) -> String { text.count <= 2000 ? text : text.prefix(2000) + "…" }
}
