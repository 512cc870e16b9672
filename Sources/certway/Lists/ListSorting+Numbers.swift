// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension ListSorting {
    /// A number as text that sorts as the number does; none counts as 0.
    static func padded(_ number: Int?) -> String {
        let digits = String(number ?? 0)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}
