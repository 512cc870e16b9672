// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How far somebody has read an inventory, and the rule that ends a reading whose pages never do.
public struct InventoryProgress: Sendable {
    /// A list with more pages is no list that anybody can use.
    public static let maximumPages = 2000

    /// Where the next page begins; nil for the first.
    public private(set) var cursor: String?
    public private(set) var pages = 0
    /// Whether the last page has been read.
    public private(set) var isAtEnd = false
    private var seen: Set<String> = []

    public init() {}

    /// Goes on behind `page`.
    ///
    /// - Throws: `ConnectorError` of kind `configuration`: the CA's pages go round or are absurdly many, so what was read is
    ///   not the inventory; an operator looks at the profile's `next`.
    public mutating func note(_ page: InventoryPage) throws(ConnectorError) {
        pages += 1
        cursor = page.next
        isAtEnd = page.next == nil
        guard let cursor else { return }
        guard seen.insert(cursor).inserted else {
            throw ConnectorError(
                .configuration, "the inventory does not end: page \(pages) leads back to an earlier one")
        }
        guard pages < Self.maximumPages else {
            throw ConnectorError(.configuration, "the inventory does not end after \(pages) pages")
        }
    }
}
