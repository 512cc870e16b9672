// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Store

/// A list with its filter, to be read to its end page by page: memory for one page, however long it is.
public struct ListExport: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        /// Comma-separated values for spreadsheets (RFC 4180).
        case csv
        /// One array of the items as the API has them.
        case json
    }

    /// Items that are read together.
    static let pageLength = 500

    public let list: ExportedList
    let sort: ListSort?
    let read: @Sendable (ListRequest) async throws -> ListPage<JSONValue>

    /// - Parameter read: gives a page of the list; its items as programs see them.
    public init(
        _ list: ExportedList, sort: ListSort?,
        _ read: @escaping @Sendable (ListRequest) async throws -> ListPage<JSONValue>
    ) {
        (self.list, self.sort, self.read) = (list, sort, read)
    }

    /// How many items there are now. Counts all of them.
    public func count() async throws -> Int {
        try await read(ListRequest(sort: sort, limit: 1, countingTo: .max)).matches.count
    }

    /// Gives all items, page by page.
    ///
    /// - Throws: `ListError`, `StoreError`, and what `body` throws, which ends it.
    public func forEachPage(_ body: ([JSONValue]) async throws -> Void) async throws {
        var request = ListRequest(sort: sort, limit: Self.pageLength, countingTo: 1)
        while true {
            let page = try await read(request)
            try await body(page.items)
            guard let next = page.next else { return }
            request.sort = nil
            request.after = next
        }
    }
}
