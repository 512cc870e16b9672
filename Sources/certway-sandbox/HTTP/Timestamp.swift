// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Dates as the services write them.
enum Timestamp {
    /// `2026-01-05T10:11:12Z`
    static func utc(_ date: Date) -> String { date.formatted(.iso8601) }

    /// `2026-01-05T10:11:12+00:00`, DigiCert's form.
    static func offset(_ date: Date) -> String { utc(date).dropLast() + "+00:00" }

    /// `2026-01-05`
    static func day(_ date: Date) -> String { String(utc(date).prefix(10)) }

    /// `Sat, 21 Nov 2026 02:00:00 GMT` (RFC 9110 section 5.6.7)
    static func http(_ date: Date) -> String {
        date.formatted(
            Date.VerbatimFormatStyle(
                format:
                    "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
                locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
    }

    /// Reads a time with `Z` or an offset, fractions of a second allowed.
    static func read(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: .iso8601.time(includingFractionalSeconds: true)))
    }

    static func readDay(_ text: String) -> Date? {
        guard text.utf8.count == 10 else { return nil }
        return read(text + "T00:00:00Z")
    }
}
