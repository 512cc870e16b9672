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

    public var longest: Int? {
        switch self {
        case .range(let range): range.upperBound
        case .list(let list): list.max()
        }
    }

    /// nil where a list names none, or a range begins with a day, which is no limit at all.
    public var shortest: Int? {
        switch self {
        case .range(let range): range.lowerBound > 1 ? range.lowerBound : nil
        case .list(let list): list.min()
        }
    }

    /// The one length the product has, whatever is asked for; nil when it has several.
    public var only: Int? {
        switch self {
        case .range(let range): range.count == 1 ? range.lowerBound : nil
        case .list(let list): list.count == 1 ? list[0] : nil
        }
    }
}
