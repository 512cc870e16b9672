// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import YAMLDocuments

extension Invocation {
    /// The option as a time; a day is its beginning in UTC.
    ///
    /// - Throws: `UsageError` for other text.
    func moment(_ option: String) throws(UsageError) -> Date? {
        guard let text = value(option) else { return nil }
        if let day = CalendarDay.date(text) { return day }
        if let time = try? Date(text, strategy: .iso8601) { return time }
        throw UsageError(
            "--\(option): found \"\(text)\", expected a day such as 2026-07-01, or a time such as 2026-07-01T12:00:00Z",
            path: path)
    }
}
