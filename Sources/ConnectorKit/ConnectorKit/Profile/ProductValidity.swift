// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Which lengths of validity a product has, in days.
public enum ProductValidity: Sendable, Hashable {
    case range(ClosedRange<Int>)
    case list([Int])

    public func allows(_ days: Int) -> Bool {
        switch self {
        case .range(let range): range.contains(days)
        case .list(let list): list.contains(days)
        }
    }
}
