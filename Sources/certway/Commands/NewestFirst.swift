// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface

/// The newest of a list that may be longer.
struct NewestFirst<Item> {
    let items: [Item]
    private let hasMore: Bool

    /// - Parameter find: gives at most so many, newest first.
    /// - Throws: a usage error for a limit that is none, and what `find` throws.
    init(_ invocation: Invocation, _ find: (Int) async throws -> [Item]) async throws {
        let limit = try invocation.int("limit", in: 1...10_000_000) ?? Self.defaultLimit
        let found = try await find(limit + 1)
        items = Array(found.prefix(limit))
        hasMore = found.count > limit
    }

    /// Says that there are more, if there are: below a table, and beside JSON.
    func tellOfMore(_ invocation: Invocation) {
        guard hasMore else { return }
        if invocation.wantsJSON {
            Terminal.complain("certway: the newest \(items.count); --limit N shows more")
        } else {
            Terminal.print("\nthe newest \(items.count); --limit N shows more")
        }
    }

    private static var defaultLimit: Int { 50 }
}

extension Option {
    /// How much of a list `NewestFirst` shows.
    static let newest = Option.value("limit", "N", "at most so many", default: "50")
}
