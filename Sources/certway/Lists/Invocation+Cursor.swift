// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import PKIX
import Store

extension Invocation {
    /// Options that say how much of a list is shown and how, or where the gateway is; not which list it is.
    private static let ofPresentation = Set(
        ["limit", "all", "page", "sort", "output"] + GlobalOptions.all.map(\.name))

    /// What tells this list, with its filters, from every other one.
    private var listMark: String {
        let words = words(without: Self.ofPresentation).joined(separator: "\0")
        return DigestAlgorithm.sha256.digest(Array(words.utf8)).prefix(3).hex
    }

    /// A cursor as people see it: with the mark of its list, because another list may be sorted by the same.
    func text(of cursor: ListCursor) -> String { "\(listMark),\(cursor.text)" }

    /// - Parameter text: as `text(of:)` gave it.
    /// - Returns: nil for anything else, and for the cursor of another list.
    func cursor(_ text: String) -> ListCursor? {
        let mark = listMark + ","
        return text.hasPrefix(mark) ? ListCursor(String(text.dropFirst(mark.count))) : nil
    }
}
