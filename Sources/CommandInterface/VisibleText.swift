// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// Makes the scalars visible that steer a terminal or hide and reorder what a person reads: `\u{202E}`, as in Swift. The spelling
/// is for people; JSON output says the same exactly.
public enum VisibleText {
    /// One line: line breaks and tabs become visible, too.
    public static func line(_ text: String) -> String { cleaned(text) { _ in false } }

    /// Several lines that the program itself has put together: line breaks and tabs stay.
    public static func lines(_ text: String) -> String { cleaned(text) { $0 == "\n" || $0 == "\t" } }

    /// JSON of the same value, with such scalars escaped as JSON does. Line breaks stay: outside of strings they are layout, and
    /// inside JSON has none.
    public static func json(_ text: String) -> String {
        rewritten(text, keeping: { $0 == "\n" }) { String($0).utf16.map { "\\u" + padded($0) }.joined() }
    }

    private static func cleaned(_ text: String, keeping isKept: (Unicode.Scalar) -> Bool) -> String {
        rewritten(text, keeping: isKept) { "\\u{\(String($0.value, radix: 16, uppercase: true))}" }
    }

    private static func rewritten(
        _ text: String, keeping isKept: (Unicode.Scalar) -> Bool, _ spelling: (Unicode.Scalar) -> String
    ) -> String {
        // Nearly all text is printable ASCII.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        for index in scalars.indices {
            let scalar = scalars[index]
            if !isKept(scalar), HiddenScalar.isHidden(scalars, index) {
                result.append(contentsOf: spelling(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func padded(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
