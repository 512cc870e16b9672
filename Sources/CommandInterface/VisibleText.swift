// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

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

    private typealias Scalars = [Unicode.Scalar]

    private static func rewritten(
        _ text: String, keeping isKept: (Unicode.Scalar) -> Bool, _ spelling: (Unicode.Scalar) -> String
    ) -> String {
        // Nearly all text is printable ASCII.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        for index in scalars.indices {
            let scalar = scalars[index]
            if !isKept(scalar), isHostile(scalar) || isJoiner(scalar) && !joins(scalars, index) {
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

    private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        guard !isJoiner(scalar) else { return false }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        default: break
        }
        // Format marks that show nothing: bidirectional marks, tags, fillers. Variation selectors belong to what they follow.
        if properties.isDefaultIgnorableCodePoint { return !properties.isVariationSelector }
        return properties.isNoncharacterCodePoint || (0xFFF9...0xFFFB).contains(scalar.value)
    }

    /// Zero width joiner and non-joiner, which scripts and emoji need.
    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool { scalar.value == 0x200C || scalar.value == 0x200D }

    /// Whether a joiner stands where it does something: between letters of a script that joins, or between emoji.
    private static func joins(_ scalars: Scalars, _ index: Int) -> Bool {
        guard index > 0, index + 1 < scalars.count else { return false }
        return [scalars[index - 1], scalars[index + 1]].allSatisfy { neighbour in
            let properties = neighbour.properties
            guard neighbour.value >= 0x600 else { return false }
            if properties.isVariationSelector { return true }
            guard !properties.isDefaultIgnorableCodePoint else { return false }
            return properties.isAlphabetic || properties.isEmoji || properties.canonicalCombiningClass == .virama
                || properties.isEmojiModifier
        }
    }
}
