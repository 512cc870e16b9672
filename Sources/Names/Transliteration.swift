// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes names in ASCII letters for CA products that take no others.
public enum Transliteration {
    /// What ICU's general table gets wrong for names: German and Scandinavian letters have spellings of their own.
    private static let spellings: [Character: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS", "ø": "oe", "Ø": "Oe",
        "å": "aa", "Å": "Aa", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D",
        "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i",
        "’": "'", "‘": "'", "ʼ": "'", "‐": "-", "–": "-",
    ]

    /// - Returns: `name` in ASCII; characters without any spelling are dropped.
    public static func ascii(_ name: String) -> String {
        let composed = name.precomposedStringWithCanonicalMapping
        let spelled = composed.map { spellings[$0] ?? String($0) }.joined()
        let latin = spelled.applyingTransform(.toLatin, reverse: false) ?? spelled
        let plain = latin.applyingTransform(.stripDiacritics, reverse: false) ?? latin
        return String(String.UnicodeScalarView(plain.unicodeScalars.filter(\.isASCII)))
    }
}
