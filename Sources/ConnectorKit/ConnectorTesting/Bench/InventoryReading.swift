// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// Reads an inventory to its end, and notices when it has none.
struct InventoryReading {
    struct Listing: Sendable {
        var entries: [InventoryEntry] = []
        var pages = 0
    }

    private static let maximumPages = 2000
    private let lister: any CertificateInventory
    private let run: CheckRun

    init(_ lister: any CertificateInventory, _ run: CheckRun) {
        self.lister = lister
        self.run = run
    }

    /// - Throws: `CheckStop` when a page comes twice.
    func read() async throws -> Listing {
        var listing = Listing()
        var cursor: String?
        var seen: Set<String> = []
        repeat {
            let page = try await run.repeating { [cursor] in try await lister.inventory(from: cursor) }
            listing.entries += page.entries
            listing.pages += 1
            cursor = page.next
            if let cursor, !seen.insert(cursor).inserted {
                throw CheckStop.failed("the inventory does not end: page \(listing.pages) leads back to an earlier one")
            }
            guard listing.pages < Self.maximumPages else {
                throw CheckStop.failed("the inventory does not end after \(listing.pages) pages")
            }
        } while cursor != nil
        return listing
    }
}
