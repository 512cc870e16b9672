// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Forms of text that JSON Schema has a name for.
public enum APITextForm: String, Sendable {
    /// RFC 3339 in UTC; parts of a second, which browsers write, are taken and count for nothing.
    case time = "date-time"
    /// A day, such as `2026-11-28`.
    case day = "date"

    /// What is expected, for a sentence.
    var expectation: String {
        switch self {
        case .time: "a time such as 2026-11-28T09:40:00Z"
        case .day: "a day such as 2026-11-28"
        }
    }

    /// What the document holds text to besides: tools that make values by `format` alone make years that no calendar has.
    var pattern: String {
        switch self {
        case .time: "^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?Z$"
        case .day: "^2[0-9]{3}-[0-9]{2}-[0-9]{2}$"
        }
    }

    /// The moment that a text means; a day means its beginning in UTC.
    func date(_ text: String) -> Date? {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        switch self {
        case .time:
            var whole = text
            if let fraction = text.firstMatch(of: /[.][0-9]{1,9}Z$/) {
                whole.replaceSubrange(fraction.range, with: "Z")
            }
            return (try? Date(whole, strategy: .iso8601)).flatMap { $0.ISO8601Format() == whole ? $0 : nil }
        case .day:
            guard text.utf8.count == 10, let date = try? Date("\(text)T00:00:00Z", strategy: .iso8601) else {
                return nil
            }
            return date.ISO8601Format().hasPrefix(text) ? date : nil
        }
    }
}
