// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Finds the scalars that steer a terminal or hide and reorder what a person reads: controls, bidirectional marks, fillers,
/// tags, joiners that join nothing. No name, address or certificate needs one.
public enum HiddenScalar {
    /// - Parameter index: a place in `scalars`; whether a joiner does something depends on its neighbours.
    public static func isHidden(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        let scalar = scalars[index]
        return isHostile(scalar) || isJoiner(scalar) && !joins(scalars, index)
    }

    /// The first one of `text`, as messages spell it: `U+202E`; nil for none.
    public static func first(in text: String) -> String? {
        // Nearly all text is printable ASCII.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return nil }
        let scalars = Array(text.unicodeScalars)
        guard let index = scalars.indices.first(where: { isHidden(scalars, $0) }) else { return nil }
        let digits = String(scalars[index].value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
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
    private static func joins(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
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
