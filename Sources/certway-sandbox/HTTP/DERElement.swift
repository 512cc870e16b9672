// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One element of a DER encoding (X.690): just enough to look into values that no library knows.
struct DERElement: Sendable {
    let tag: UInt8
    let content: [UInt8]

    var isConstructed: Bool { tag & 0x20 != 0 }

    /// The elements that stand one after the other in `bytes`; nil when they are not DER with definite lengths.
    static func sequence(_ bytes: some Collection<UInt8>) -> [DERElement]? {
        var rest = Array(bytes)[...]
        var found: [DERElement] = []
        while let tag = rest.popFirst() {
            guard let first = rest.popFirst() else { return nil }
            var length = Int(first)
            if first >= 0x80 {
                let count = Int(first & 0x7F)
                guard (1...4).contains(count), rest.count >= count else { return nil }
                length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
                rest = rest.dropFirst(count)
            }
            guard rest.count >= length else { return nil }
            found.append(DERElement(tag: tag, content: Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return found
    }

    /// What is inside; nil for a primitive element and for broken content.
    var children: [DERElement]? { isConstructed ? Self.sequence(content) : nil }

    /// The text of a BMPString (UTF-16, big-endian).
    var bmpString: String? {
        guard tag == 0x1E, content.count.isMultiple(of: 2) else { return nil }
        let units = stride(from: 0, to: content.count, by: 2).map { UInt16(content[$0]) << 8 | UInt16(content[$0 + 1]) }
        return String(decoding: units, as: UTF16.self)
    }
}

extension DERElement {
    var der: [UInt8] {
        let count = content.count
        guard count >= 0x80 else { return [tag, UInt8(count)] + content }
        let length = withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0.drop { $0 == 0 }) }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }
}
