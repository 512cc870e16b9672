// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Part of a list: its items, and where it goes on.
public struct ListPage<Item: Sendable>: Sendable {
    public let items: [Item]
    /// Items of the whole list.
    public let matches: ListMatches
    /// Items of the pages before.
    public let skipped: Int
    /// Nil on the last page.
    public let next: ListCursor?

    init(_ items: [Item], matches: ListMatches, skipped: Int, next: ListCursor?) {
        self.items = items
        self.matches = matches
        self.skipped = skipped
        self.next = next
    }

    /// A list that has one page alone.
    public init(whole items: [Item]) { self.init(items, matches: ListMatches(items.count), skipped: 0, next: nil) }

    public func map<Other: Sendable>(_ change: (Item) throws -> Other) rethrows -> ListPage<Other> {
        ListPage<Other>(try items.map(change), matches: matches, skipped: skipped, next: next)
    }
}

extension ListPage {
    /// A page of items that are all at hand, such as what a configuration names.
    ///
    /// - Parameters:
    ///   - text: what an item sorts by, under each key of `sorting`; numbers padded.
    /// - Throws: `ListError` for an order that the list does not have.
    public init(
        of all: [Item], _ sorting: ListSorting, _ request: ListRequest, _ text: (Item, _ key: String) -> String
    ) throws(ListError) {
        let sort = request.after?.sort ?? request.sort ?? sorting.standard
        guard sorting.keys.contains(sort.key) else { throw ListError.unknownKey(sort.key, known: sorting.keys) }
        let sorted = all.enumerated().map { (text: text($1, sort.key), place: $0, item: $1) }.sorted {
            sort.isDescending ? ($1.text, $1.place) < ($0.text, $0.place) : ($0.text, $0.place) < ($1.text, $1.place)
        }
        let skipped = request.after?.shown ?? 0
        let items = sorted.dropFirst(skipped).prefix(request.limit).map(\.item)
        let shown = skipped + items.count
        self.init(
            items, matches: ListMatches(all.count), skipped: skipped,
            next: shown < all.count
                ? ListCursor(sort: sort, shown: shown, matches: ListMatches(all.count), values: [SQLValue(shown)])
                : nil)
    }
}
