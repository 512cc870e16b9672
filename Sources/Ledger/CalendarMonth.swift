// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import YAMLDocuments

/// A month of the calendar in UTC, as budgets and reports count it: `2027-03`.
public struct CalendarMonth: Sendable, Hashable, Comparable {
    public let text: String
    /// Its first moment.
    public let start: Date

    /// The month in which `date` lies.
    public init(of date: Date) {
        text = String(CalendarDay.text(date).prefix(7))
        start = CalendarDay.date(text + "-01") ?? date
    }

    /// - Returns: nil for what is no month.
    public init?(_ text: String) {
        guard let start = CalendarDay.date(text + "-01") else { return nil }
        self.text = text
        self.start = start
    }

    public var next: CalendarMonth { CalendarMonth(of: start.addingTimeInterval(32 * 86_400)) }

    /// So many months before.
    public func back(_ months: Int) -> CalendarMonth {
        (0..<months).reduce(self) { month, _ in CalendarMonth(of: month.start.addingTimeInterval(-86_400)) }
    }

    /// The first moment behind it.
    public var end: Date { next.start }

    public static func < (one: CalendarMonth, other: CalendarMonth) -> Bool { one.start < other.start }
}
