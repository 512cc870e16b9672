// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Header lines of an answer, in order; names compare without case (RFC 9110 §5.1).
public struct HTTPHeaders: Sendable {
    public private(set) var lines: [(name: String, value: String)]

    public init(_ lines: [(name: String, value: String)] = []) { self.lines = lines }

    /// The first value of a header.
    public subscript(_ name: String) -> String? {
        lines.first { $0.name.equalsIgnoringCase(name) }?.value
    }

    /// Every value of a header, in order.
    public func values(of name: String) -> [String] {
        lines.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
    }

    /// How long `Retry-After` asks to wait (RFC 9110 §10.2.3), given in seconds or as a date; nil without a usable one. It may
    /// be nothing at all or three hundred years: see `Duration.init(asked:)`.
    ///
    /// - Parameter now: the clock the date is compared with; a date that has passed gives zero.
    public func retryAfter(now: Date) -> Duration? {
        guard let value = self["Retry-After"], let first = value.utf8.first else { return nil }
        if value.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
            return Double(value).flatMap(Duration.init(asked:))
        }
        // Dates begin with the day of the week; libcurl would also make one of other things.
        guard UInt8(ascii: "a")...UInt8(ascii: "z") ~= first | 0x20 else { return nil }
        return HTTPDate.parse(value).flatMap { Duration(asked: max(0, $0.timeIntervalSince(now).rounded(.up))) }
    }
}

extension String {
    /// ASCII comparison without case, as header names need it; makes no copies.
    func equalsIgnoringCase(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).allSatisfy { left, right in
            left == right || (left | 0x20 == right | 0x20 && UInt8(ascii: "a")...UInt8(ascii: "z") ~= left | 0x20)
        }
    }
}
