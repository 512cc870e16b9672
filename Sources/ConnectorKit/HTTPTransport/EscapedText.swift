// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A text in which any character may be escaped, in one way or in one way inside another: percent-encoding and the form's
/// `+` (RFC 3986 §2.1), JSON (RFC 8259 §7), references of XML and HTML by name or number (XML 1.0 §4.1).
///
/// It finds given bytes however they are escaped. It does not decode: what a text really is cannot be told from its middle.
struct EscapedText {
    let bytes: UnsafeBufferPointer<UInt8>

    /// What an escape begins with.
    static let leads: [UInt8] = Array("%\\&+".utf8)
    /// An escape inside an escape, such as `\&quot;` or `%26amp%3B`.
    private static let depth = 2

    /// One way to read the next character.
    private struct Reading {
        /// One byte, or a character as UTF-8, the first in the lowest place.
        let packed: UInt32
        let count: Int
        let end: Int

        init(_ byte: UInt8, end: Int) { (packed, count, self.end) = (UInt32(byte), 1, end) }

        init(_ scalar: Unicode.Scalar, end: Int) {
            var (packed, count): (UInt32, Int) = (0, 0)
            for byte in String(scalar).utf8 {
                packed |= UInt32(byte) << (8 * UInt32(count))
                count += 1
            }
            (self.packed, self.count, self.end) = (packed, count, end)
        }

        func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: packed >> (8 * UInt32(index))) }
        /// The byte, where there is just one.
        var byte: UInt8? { count == 1 ? byte(0) : nil }
    }

    private struct State: Hashable {
        /// How much of the spelling is found.
        let matched: Int
        let position: Int
    }

    /// Where a spelling that begins at `position` ends, the farthest if it can be read in several ways.
    func end(of spelling: SecretSpelling, at position: Int) -> Int? {
        let wanted = spelling.bytes
        var open = [State(matched: 0, position: position)]
        // Two ways that meet go on as one, so that no text makes this take longer than its length allows.
        var seen: Set<State> = []
        var farthest: Int?
        while let state = open.popLast() {
            if state.matched == wanted.count {
                farthest = max(farthest ?? 0, state.position)
                continue
            }
            guard state.position < bytes.count, open.isEmpty || seen.insert(state).inserted else { continue }
            eachReading(state.position, Self.depth) { reading in
                var matched = state.matched
                for index in 0..<reading.count where matched >= 0 {
                    matched =
                        matched < wanted.count && wanted[matched] == reading.byte(index) ? matched + 1 : -1
                }
                if matched < 0, spelling.isWrapped, state.matched > 0, let byte = reading.byte, Self.isLineBreak(byte) {
                    matched = state.matched
                }
                if matched >= 0 { open.append(State(matched: matched, position: reading.end)) }
            }
        }
        return farthest
    }

    private static func isLineBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// Every way to read what stands at `position`, the plainest first.
    private func eachReading(_ position: Int, _ depth: Int, _ body: (Reading) -> Void) {
        guard position < bytes.count else { return }
        let byte = bytes[position]
        guard depth > 0, Self.leads.contains(byte) else { return body(Reading(byte, end: position + 1)) }
        eachReading(position, depth - 1) { plainer in
            body(plainer)
            if let lead = plainer.byte, let read = escape(lead, plainer.end, depth - 1) { body(read) }
        }
    }

    private func escape(_ lead: UInt8, _ position: Int, _ depth: Int) -> Reading? {
        switch lead {
        case UInt8(ascii: "+"): Reading(0x20, end: position)
        case UInt8(ascii: "%"):
            hexadecimal(position, depth, digits: 2).map {
                Reading(UInt8(truncatingIfNeeded: $0.value), end: $0.end)
            }
        case UInt8(ascii: "\\"): afterBackslash(position, depth)
        case UInt8(ascii: "&"): afterAmpersand(position, depth)
        default: nil
        }
    }

    private func afterBackslash(_ position: Int, _ depth: Int) -> Reading? {
        guard let (letter, end) = character(position, depth, where: { "\"\\/'bfnrtu".unicodeScalars.contains($0) })
        else { return nil }
        switch letter {
        case "\"", "\\", "/", "'": return Reading(letter, end: end)
        case "b": return Reading(0x08, end: end)
        case "f": return Reading(0x0C, end: end)
        case "n": return Reading(0x0A, end: end)
        case "r": return Reading(0x0D, end: end)
        case "t": return Reading(0x09, end: end)
        case "u":
            guard let first = hexadecimal(end, depth, digits: 4) else { return nil }
            if let scalar = Unicode.Scalar(first.value) { return Reading(scalar, end: first.end) }
            // The other half of a surrogate pair.
            var second: (value: UInt32, end: Int)?
            eachReading(first.end, depth) { reading in
                guard second == nil, reading.byte == UInt8(ascii: "\\"),
                    let letter = character(reading.end, depth, where: { $0 == "u" })
                else { return }
                second = hexadecimal(letter.end, depth, digits: 4)
            }
            guard let second else { return nil }
            let pair = [first.value, second.value].map { UInt16(truncatingIfNeeded: $0) }
            guard let scalar = String(validating: pair, as: UTF16.self)?.unicodeScalars.first else { return nil }
            return Reading(scalar, end: second.end)
        default: return nil
        }
    }

    private func afterAmpersand(_ position: Int, _ depth: Int) -> Reading? {
        var name = ""
        var next = position
        while name.utf8.count < 12,
            let found = character(next, depth, where: { $0 == "#" || $0.properties.isAlphabetic || "0"..."9" ~= $0 })
        {
            name.unicodeScalars.append(found.letter)
            next = found.end
        }
        guard let semicolon = character(next, depth, where: { $0 == ";" }) else { return nil }
        switch name {
        case "amp": return Reading("&", end: semicolon.end)
        case "lt": return Reading("<", end: semicolon.end)
        case "gt": return Reading(">", end: semicolon.end)
        case "quot": return Reading("\"", end: semicolon.end)
        case "apos": return Reading("'", end: semicolon.end)
        default:
            let isHexadecimal = name.hasPrefix("#x") || name.hasPrefix("#X")
            guard name.hasPrefix("#"),
                let value = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
                let scalar = Unicode.Scalar(value)
            else { return nil }
            return Reading(scalar, end: semicolon.end)
        }
    }

    private func hexadecimal(_ position: Int, _ depth: Int, digits: Int) -> (value: UInt32, end: Int)? {
        var (value, next): (UInt32, Int) = (0, position)
        for _ in 0..<digits {
            guard let found = character(next, depth, where: \.properties.isASCIIHexDigit),
                let digit = UInt32(String(found.letter), radix: 16)
            else { return nil }
            (value, next) = (value << 4 | digit, found.end)
        }
        return (value, next)
    }

    /// The next ASCII character, in the plainest reading that is wanted.
    private func character(
        _ position: Int, _ depth: Int, where isWanted: (Unicode.Scalar) -> Bool
    ) -> (letter: Unicode.Scalar, end: Int)? {
        var found: (Unicode.Scalar, Int)?
        eachReading(position, depth) { reading in
            guard found == nil, let byte = reading.byte, byte < 0x80 else { return }
            let letter = Unicode.Scalar(byte)
            if isWanted(letter) { found = (letter, reading.end) }
        }
        return found
    }
}
