// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import YAMLDocuments

extension Date {
    /// The day in UTC, where a table has no room for more.
    var day: String { CalendarDay.text(self) }
}
