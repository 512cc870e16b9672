// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// Reads an inventory to its end, and notices when it has none.
struct InventoryReading {
    struct Listing: Sendable {
        var entries: [InventoryEntry] = []
        var pages = 0
    }

    private let lister: any CertificateInventory
    private let run: CheckRun

    init(_ lister: any CertificateInventory, _ run: CheckRun) {
        self.lister = lister
        self.run = run
    }

    /// - Throws: `CheckStop` when a page comes twice.
    func read() async throws -> Listing {
        var listing = Listing()
        var progress = InventoryProgress()
        while !progress.isAtEnd {
            let page = try await run.repeating { [cursor = progress.cursor] in try await lister.inventory(from: cursor)
            }
            listing.entries += page.entries
            do {
                try progress.note(page)
            } catch {
                throw CheckStop.failed(error.message)
            }
        }
        listing.pages = progress.pages
        return listing
    }
}
