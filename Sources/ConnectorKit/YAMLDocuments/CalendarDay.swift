// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Days as files, command lines and reports write them, such as `2027-07-01`: midnight, UTC.
public enum CalendarDay {
    private static let style = Date.ISO8601FormatStyle().year().month().day()

    /// - Returns: nil for anything else than a day that there is.
    public static func date(_ text: String) -> Date? {
        guard text.utf8.count == 10, let date = try? style.parse(text), date.formatted(style) == text else {
            return nil
        }
        return date
    }

    public static func text(_ date: Date) -> String { date.formatted(style) }
}
