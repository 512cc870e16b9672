// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Follows one reading in pages and ends it when it has no end of its own: every reading of Graph goes through here.
struct PagingWatch {
    private let reading: String
    private let limits: PagingLimits
    private var pages = 0
    /// Hash values, because links are long and a reading may have thousands.
    private var links: Set<Int>
    private var content: Int?
    private var equalPages = 0

    init(_ first: GraphRequest, _ limits: PagingLimits) {
        reading = first.name
        links = Set([first.link].compactMap { $0?.hashValue })
        self.limits = limits
    }

    /// - Throws: `GraphError` of kind `endless`.
    mutating func note(_ page: GraphPage) throws(GraphError) {
        pages += 1
        let hash = page.items.hashValue
        equalPages = hash == content ? equalPages + 1 : 1
        content = hash
        guard let link = page.nextLink else { return }
        guard links.insert(link.hashValue).inserted else { throw endless("page \(pages) leads back to an earlier one") }
        guard equalPages < (page.items.isEmpty ? limits.emptyPages : limits.equalPages) else {
            throw endless("\(equalPages) pages in a row are \(page.items.isEmpty ? "empty" : "the same")")
        }
        guard pages < limits.pages else { throw endless("there are more than \(pages)") }
    }

    private func endless(_ what: String) -> GraphError {
        GraphError(
            .endless,
            "the pages of \(reading) never end: \(what); nothing of this reading counts (look for a proxy that changes "
                + "answers, and if there is none, ask Microsoft's support)")
    }
}
