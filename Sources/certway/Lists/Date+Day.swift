// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Date {
    /// The day in UTC, where a table has no room for more.
    var day: String { formatted(.iso8601.year().month().day()) }
}
