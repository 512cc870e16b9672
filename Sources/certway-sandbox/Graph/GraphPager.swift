// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Cuts listings into pages and makes the links between them (wire/graph-directory.md section 3).
struct GraphPager: Sendable {
    /// `http://127.0.0.1:…` of the tenant.
    let url: String
    let hostility: Hostility?

    /// One page of a listing: which elements, and the link to what follows.
    func page(of query: GraphQuery, pageSize: Int, count: Int) throws(Reply) -> (range: Range<Int>, nextLink: String?) {
        var position = (offset: 0, page: 0)
        if let token = query["skiptoken"] {
            guard let found = Self.position(in: token, for: query.base), found.offset <= count else {
                throw GraphError.expiredPageToken()
            }
            position = found
        }
        let end = min(count, position.offset + size(pageSize, position.page, of: query))
        guard let next = Self.next(end, position, count, query.pageTrouble) else { return (position.offset..<end, nil) }
        let separator = query.base.last == "&" || query.base.last == "?" ? "" : query.base.contains("?") ? "&" : "?"
        let token = Self.token(next, for: query.base)
        return (position.offset..<end, query.origin(url) + query.base + separator + "$skiptoken=" + token)
    }

    /// Where the page after this one begins; nil at the end.
    private static func next(
        _ end: Int, _ position: (offset: Int, page: Int), _ count: Int, _ trouble: PageTrouble?
    ) -> (offset: Int, page: Int)? {
        switch trouble {
        // Whoever is past the first page finds the very link that led from it.
        case .circling where position.offset > 0 || end == count: (0, 0)
        case .endless: (end < count ? end : 0, position.page + 1)
        default: end < count ? (end, position.page + 1) : nil
        }
    }

    /// In hostile mode pages are shorter than asked; now and then one is empty and still has a next one.
    private func size(_ wanted: Int, _ page: Int, of query: GraphQuery) -> Int {
        guard let hostility else { return wanted }
        var generator = SeededGenerator(hostility.seed, "page", query.base, String(page))
        let isEmpty = page % 2 == 1 && Int.random(in: 0..<4, using: &generator) == 0
        return isEmpty ? 0 : Int.random(in: max(1, wanted / 3)...wanted, using: &generator)
    }

    /// The token holds the place and which listing it belongs to. Its padding is percent-encoded in lower case: a client
    /// that encodes the link again breaks it.
    private static func token(_ position: (offset: Int, page: Int), for base: String) -> String {
        let content: JSONValue = [
            "o": JSONValue(position.offset), "p": JSONValue(position.page), "l": .string(fingerprint(base)),
        ]
        return Data(content.text.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "=", with: "%3d")
    }

    private static func position(in token: String, for base: String) -> (offset: Int, page: Int)? {
        let text = token.replacingOccurrences(of: "-", with: "+")
        guard let data = Data(base64Encoded: text), let content = try? JSONValue(parsing: Array(data)),
            content["l"]?.string == fingerprint(base), let offset = content["o"]?.int, let page = content["p"]?.int,
            offset >= 0
        else { return nil }
        return (offset, page)
    }

    /// A link is `base` plus a separator and the token, so the separator does not count.
    private static func fingerprint(_ base: String) -> String {
        var trimmed = Substring(base)
        while let last = trimmed.last, last == "&" || last == "?" { trimmed.removeLast() }
        var generator = SeededGenerator(0, String(trimmed))
        return GUID.hex(generator.next())
    }
}
