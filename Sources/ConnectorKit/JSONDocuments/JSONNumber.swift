// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A number as JSON writes it (RFC 8259 §6).
struct JSONNumber {
    private let literal: ArraySlice<UInt8>
    private let hasExponent: Bool

    /// - Returns: nil for anything that JSON does not call a number, such as `01`, `+1`, `.5` or `nan`.
    init?(_ literal: ArraySlice<UInt8>) {
        var index = literal.startIndex
        func digits() -> ArraySlice<UInt8> {
            let start = index
            while index < literal.endIndex, UInt8(ascii: "0")...UInt8(ascii: "9") ~= literal[index] { index += 1 }
            return literal[start..<index]
        }
        func skip(_ one: UInt8, or other: UInt8) -> Bool {
            guard index < literal.endIndex, literal[index] == one || literal[index] == other else { return false }
            index += 1
            return true
        }
        _ = skip(Self.minus, or: Self.minus)
        let whole = digits()
        guard let first = whole.first, first != UInt8(ascii: "0") || whole.count == 1 else { return nil }
        if skip(Self.point, or: Self.point), digits().isEmpty { return nil }
        hasExponent = skip(UInt8(ascii: "e"), or: UInt8(ascii: "E"))
        if hasExponent {
            _ = skip(Self.minus, or: UInt8(ascii: "+"))
            if digits().isEmpty { return nil }
        }
        guard index == literal.endIndex else { return nil }
        self.literal = literal
    }

    /// Whether a double keeps it: below 2^53, and written back as the shortest text that means the double it is the same
    /// number. From 2^53 on a double skips whole numbers, and nobody can tell any more which one was meant.
    var isKept: Bool {
        // Fifteen digits always come back.
        if literal.count <= 15, !hasExponent { return true }
        guard let double = Double(String(decoding: literal, as: UTF8.self)), abs(double) < JSONValue.exactBound,
            let back = JSONNumber(Array(double.description.utf8)[...])
        else { return false }
        return back.decimal == decimal
    }

    /// The value as digits without zeros at either end, and the power of ten of the last.
    private var decimal: Decimal {
        let parts = literal.split(maxSplits: 1) { $0 | 0x20 == UInt8(ascii: "e") }
        let mantissa = parts[0].drop { $0 == Self.minus }
        let fraction = mantissa.firstIndex(of: Self.point).map { mantissa.endIndex - $0 - 1 } ?? 0
        var digits = Array(mantissa.filter { $0 != Self.point }.drop { $0 == UInt8(ascii: "0") })
        // One beyond Int makes infinity or zero, which are told apart before or by the digits.
        var exponent = (parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0) &- fraction
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent &+= 1
        }
        return Decimal(
            isNegative: literal.first == Self.minus, digits: digits, exponent: digits.isEmpty ? 0 : exponent)
    }

    private struct Decimal: Equatable {
        let isNegative: Bool
        let digits: [UInt8]
        let exponent: Int
    }

    private static let minus = UInt8(ascii: "-")
    private static let point = UInt8(ascii: ".")
}
