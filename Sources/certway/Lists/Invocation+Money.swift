// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import Ledger
import YAMLDocuments

extension Invocation {
    /// An amount with its currency; nil where the option is not given.
    func money(_ option: String) throws -> Money? {
        guard let text = value(option) else { return nil }
        if let money = Money(text) { return money }
        throw UsageError("--\(option): found \"\(text)\", expected \(Money.expectation)", path: path)
    }

    /// A day, at its beginning in UTC; nil where the option is not given.
    func day(_ option: String) throws -> Date? {
        guard let text = value(option) else { return nil }
        if let day = CalendarDay.date(text) { return day }
        throw UsageError("--\(option): found \"\(text)\", expected a day such as 2027-07-01", path: path)
    }

    /// A month of the calendar; nil where the option is not given.
    func month(_ option: String) throws -> CalendarMonth? {
        guard let text = value(option) else { return nil }
        if let month = CalendarMonth(text) { return month }
        throw UsageError("--\(option): found \"\(text)\", expected a month such as 2027-03", path: path)
    }
}
