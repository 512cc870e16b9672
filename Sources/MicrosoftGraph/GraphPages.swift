// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The pages of a listing, fetched one at a time as the consumer asks, so memory holds one page.
///
/// Ends normally only after the last page; a listing that breaks throws, and what came before is not the whole.
public struct GraphPages: AsyncSequence, Sendable {
    public typealias Element = GraphPage

    let client: GraphClient
    let first: GraphRequest

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(client: client, next: first, watch: PagingWatch(first, client.paging))
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        let client: GraphClient
        var next: GraphRequest?
        var watch: PagingWatch

        /// - Throws: `GraphError`; kind `restart` when the page token is no longer valid, `endless` when the pages go round
        ///   or are absurdly many.
        public mutating func next() async throws -> GraphPage? {
            guard let request = next else { return nil }
            next = nil
            let page = try GraphPage(try await client.send(request), of: request)
            try watch.note(page)
            // It is kept for the next round, so it is judged before it is.
            if let link = page.deltaLink { try client.requireOwn(link) }
            next = page.nextLink.map { GraphRequest(link: $0, isAdvancedQuery: request.isAdvancedQuery) }
            return page
        }
    }
}
