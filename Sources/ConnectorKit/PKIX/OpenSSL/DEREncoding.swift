// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Refuses bytes that are not the one encoding that DER allows (X.690 §10 and §11): what reads BER sees the same object in other
/// bytes, and then fingerprint, signature and what is delivered are of different things.
///
/// Checked are the structure and the basic types: definite and shortest lengths, shortest tags, numbers and object identifiers,
/// truth values, unused bits, strings in one piece, times in UTC. Neither the order of sets nor left-out defaults are, because
/// certificates in use break those.
enum DEREncoding {
    private static let deepest = 40
    /// SEQUENCE, SET, and the types that are sequences in disguise: EXTERNAL, EMBEDDED PDV, CHARACTER STRING.
    private static let constructed: Set<Int> = [8, 11, 16, 17, 29]

    /// - Throws: `PKIXError.malformed` unless `bytes` are exactly one value in DER.
    static func require(_ bytes: UnsafeRawBufferPointer, as name: String) throws {
        guard element(bytes[...], depth: 0) == bytes.count else {
            throw PKIXError(.malformed, "the \(name) is not encoded by the rules of DER, or bytes follow it")
        }
    }

    static func isOne(_ der: [UInt8]) -> Bool { der.withUnsafeBytes { element($0[...], depth: 0) == $0.count } }

    /// The values inside a constructed one, each whole; nil where it is none. Only for what `isOne` has found to be DER.
    static func parts(of value: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard let first = value.first, first & 0x20 != 0 else { return nil }
        return value.withUnsafeBytes { bytes in
            let bytes = bytes[...]
            guard let (_, afterTag) = tag(bytes), let (start, end) = content(bytes[afterTag...]) else { return nil }
            var (parts, next): ([ArraySlice<UInt8>], Int) = ([], start)
            while next < end {
                guard let (_, inner) = tag(bytes[next..<end]), let (_, after) = content(bytes[inner..<end]) else {
                    return nil
                }
                parts.append(value[(value.startIndex + next)..<(value.startIndex + after)])
                next = after
            }
            return parts
        }
    }

    /// - Returns: the index after the first value; nil when it is not DER.
    private static func element(_ bytes: Slice<UnsafeRawBufferPointer>, depth: Int) -> Int? {
        guard depth < deepest, let first = bytes.first, let (number, afterTag) = tag(bytes),
            let (start, end) = content(bytes[afterTag...])
        else { return nil }
        let isConstructed = first & 0x20 != 0
        if first & 0xC0 == 0 {
            guard number != 0, isConstructed == constructed.contains(number) else { return nil }
            if !isConstructed, !isPrimitive(number, bytes[start..<end]) { return nil }
        }
        guard isConstructed else { return end }
        var next = start
        while next < end {
            guard let after = element(bytes[next..<end], depth: depth + 1) else { return nil }
            next = after
        }
        return end
    }

    private static func tag(_ bytes: Slice<UnsafeRawBufferPointer>) -> (number: Int, next: Int)? {
        guard let first = bytes.first else { return nil }
        guard first & 0x1F == 0x1F else { return (Int(first & 0x1F), bytes.startIndex + 1) }
        var (number, index) = (0, bytes.startIndex + 1)
        while index < bytes.endIndex, number < 1 << 20 {
            let octet = bytes[index]
            if number == 0, octet == 0x80 { return nil }
            number = number << 7 | Int(octet & 0x7F)
            index += 1
            if octet & 0x80 == 0 { return number < 0x1F ? nil : (number, index) }
        }
        return nil
    }

    private static func content(_ bytes: Slice<UnsafeRawBufferPointer>) -> (start: Int, end: Int)? {
        guard let first = bytes.first else { return nil }
        var (length, start) = (Int(first), bytes.startIndex + 1)
        if first >= 0x80 {
            // 0x80 is the indefinite length of BER.
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), bytes.endIndex - start >= count, bytes[start] != 0 else { return nil }
            length = bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
            guard length >= 0x80 else { return nil }
            start += count
        }
        return bytes.endIndex - start >= length ? (start, start + length) : nil
    }

    private static func isPrimitive(_ number: Int, _ value: Slice<UnsafeRawBufferPointer>) -> Bool {
        switch number {
        case 1: return value.count == 1 && [0, 0xFF].contains(value[value.startIndex])
        case 2, 10:
            guard value.count > 1 else { return value.count == 1 }
            let (first, second) = (value[value.startIndex], value[value.startIndex + 1])
            return !(first == 0 && second < 0x80) && !(first == 0xFF && second >= 0x80)
        case 3:
            guard let unused = value.first, unused < 8, let last = value.last else { return false }
            return value.count == 1 ? unused == 0 : last & (UInt8(1) << unused - 1) == 0
        case 5: return value.isEmpty
        case 6:
            guard let last = value.last, last < 0x80 else { return false }
            return zip([0] + value, value).allSatisfy { $0 >= 0x80 || $1 != 0x80 }
        case 23, 24: return value.last == UInt8(ascii: "Z")
        default: return true
        }
    }
}
