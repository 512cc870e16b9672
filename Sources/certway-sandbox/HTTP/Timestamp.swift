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
