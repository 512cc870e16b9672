// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import JSONDocuments

/// The rows of a list's pages so far. Whoever leaves the page out of what he keeps answers by gives one page for another: rows that come
/// again stand in the place of others that nobody has seen, whatever the total says.
struct SeenRows {
    private var ids: Set<String> = []
    private var pages: Set<[UInt8]> = []
    private(set) var areRepeated = false

    /// - Parameter page: of a search; its `rows`, else its `list`, are looked at, and where nothing has an id the whole body.
    mutating func see(_ page: OutcomeValues) {
        let rows = (page.rule.members.contains("rows") ? page["rows"] : page["list"]).array ?? []
        for id in rows.compactMap({ OperationEngine.order($0)?.caRequestID }) where !ids.insert(id).inserted {
            areRepeated = true
        }
        // The last page of a list that ends without a word is empty, as is the only page of an empty one.
        if !rows.isEmpty, !pages.insert(page.answer.response.body).inserted { areRepeated = true }
    }

    static let repeated = ConnectorError(
        .transient,
        "the CA's list has a row twice: somebody on the way mixes its pages up, or it has changed while it was read; so it proves nothing, "
            + "and is read again")
}
