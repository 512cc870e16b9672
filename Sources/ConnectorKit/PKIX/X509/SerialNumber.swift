// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Number of a certificate at its CA (RFC 5280 §4.1.2.2), without the sign byte of its encoding.
public struct SerialNumber: Sendable, Hashable, CustomStringConvertible {
    /// Big-endian, no leading zero bytes; one zero byte for zero.
    public let bytes: [UInt8]

    public init(_ bytes: some Collection<UInt8>) {
        let significant = Array(bytes.drop { $0 == 0 })
        self.bytes = significant.isEmpty ? [0] : significant
    }

    /// Hex digits of any case; colons and blanks as tools print them, and an odd number of digits, are accepted.
    public init?(hex: String) {
        let digits = hex.filter { $0 != ":" && $0 != " " }
        guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit), digits.utf8.count == digits.count else { return nil }
        let padded = Array((digits.count.isMultiple(of: 2) ? "" : "0") + digits)
        self.init(stride(from: 0, to: padded.count, by: 2).compactMap { UInt8(String(padded[$0...$0 + 1]), radix: 16) })
    }

    /// 16 random bytes, positive and without a leading zero: 126 bits that nobody can foresee.
    public static func random() -> SerialNumber {
        var bytes = SecureRandom.bytes(16)
        bytes[0] = bytes[0] & 0x7F | 0x40
        return SerialNumber(bytes)
    }

    /// Upper-case hex, two digits a byte.
    public var hex: String { bytes.hex.uppercased() }
    public var description: String { hex }
}

extension Collection<UInt8> {
    /// Lower-case hex, two digits a byte.
    public var hex: String {
        String(decoding: flatMap { [hexDigits[Int($0 >> 4)], hexDigits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)
