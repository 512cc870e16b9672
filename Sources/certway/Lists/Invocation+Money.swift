// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Ledger

extension Invocation {
    /// An amount with its currency; nil where the option is not given.
    func money(_ option: String) throws -> Money? {
        guard let text = value(option) else { return nil }
        if let money = Money(text) { return money }
        throw UsageError("--\(option): found \"\(text)\", expected \(Money.expectation)", path: path)
    }

    /// A month of the calendar; nil where the option is not given.
    func month(_ option: String) throws -> CalendarMonth? {
        guard let text = value(option) else { return nil }
        if let month = CalendarMonth(text) { return month }
        throw UsageError("--\(option): found \"\(text)\", expected a month such as 2027-03", path: path)
    }
}
