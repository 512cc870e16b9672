// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How a page of a list misleads who follows it.
enum PageTrouble: String, Sendable, CaseIterable {
    /// What follows is the beginning of the list again: A, B, A, B.
    case circling = "circling-page"
    /// There is always another page, whatever was read already.
    case endless = "endless-page"

    /// The rows of a page that is chosen by an offset, and how many rows the list claims to have.
    func page<Row>(_ rows: [Row], offset: Int, size: Int) -> (rows: [Row], total: Int) {
        switch self {
        case .circling: return (Array(rows.prefix(size)), max(rows.count, offset + size + 1))
        case .endless:
            guard !rows.isEmpty else { return ([], offset + size + 1) }
            return ((0..<size).map { rows[(offset + $0) % rows.count] }, offset + 2 * size)
        }
    }
}
