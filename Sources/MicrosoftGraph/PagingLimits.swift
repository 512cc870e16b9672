// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// When a reading in pages counts as one that never ends. Graph has been seen to give the same link again, links in a
/// circle, ever new links with the same page behind them, and no last link at all.
public struct PagingLimits: Sendable, Hashable {
    /// Pages of one reading; at 999 objects each this is a directory of ten million.
    public var pages = 10_000
    /// Empty pages in a row: delta rounds have many of them before the link that ends them.
    public var emptyPages = 1_000
    /// Pages in a row with the same content, which is not empty.
    public var equalPages = 10

    public init() {}
}
