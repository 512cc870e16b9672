// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Which part of a list is wanted, and in which order.
public struct ListRequest: Sendable {
    /// One of the list's sort keys; nil for its own order.
    public var sort: ListSort?
    /// Behind what a page begins; it carries the order of the page before.
    public var after: ListCursor?
    public var limit: Int
    /// Where counting the whole list stops; `Int.max` counts all of it, which grows with the list.
    public var countingTo: Int

    /// - Parameter limit: items at most; `Int.max` for all.
    public init(
        sort: ListSort? = nil, after: ListCursor? = nil, limit: Int = 50, countingTo: Int = ListMatches.usualLimit
    ) {
        self.countingTo = countingTo
        self.sort = sort
        self.after = after
        self.limit = limit
    }
}
