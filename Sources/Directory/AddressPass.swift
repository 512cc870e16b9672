// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import MicrosoftGraph
import Store

/// Keeps the mirror of who claims which mail address, for the whole tenant: users, groups and contacts.
///
/// Listed once, 999 objects a page, then followed by delta queries: an unchanged tenant costs one request for the groups
/// and one for the contacts. What users changed comes with the pass of the enrollment group (`UserChanges`).
struct AddressPass {
    let source: DirectorySource
    let database: any SQLDatabase
    let now: Date
    /// How long changes alone are trusted.
    let listingInterval: Duration
    /// When the first listing of a collection is made once more.
    let confirmation: Date

    /// - Throws: `GraphError`, `StoreError`; the claims that were known stay known then.
    func run() async throws {
        for collection in ClaimantCollection.allCases {
            do {
                try await run(collection)
            } catch let error as GraphError where error.kind == .permission {
                throw GraphError(
                    .permission,
                    "whether an address is somebody else's, too, cannot be seen: the application lacks the permission "
                        + "\(collection.permission.name), grant it in Entra ID with admin consent (\(error.message))",
                    status: error.status, code: error.code)
            }
        }
    }

    private func run(_ collection: ClaimantCollection) async throws {
        let cursor = CollectionCursor(source: source, database: database, collection: collection)
        var epoch = try await cursor.epoch()
        if try await isListed(collection, epoch) {
            guard collection != .users else { return }
            do {
                return try await cursor.follow { try await apply($0, of: collection) }
            } catch let error as GraphError where error.kind == .restart {
                epoch = try await cursor.epoch()
            }
        }
        try await list(collection, epoch)
    }

    /// Whether the collection was listed since its delta link was taken, and lately.
    private func isListed(_ collection: ClaimantCollection, _ epoch: Int64) async throws -> Bool {
        let oldest = now - TimeInterval(listingInterval.components.seconds)
        return try await database.read { connection in
            try connection.value(
                """
                SELECT 1 FROM directory_listings WHERE collection = ? AND epoch = ? AND listed_at > ?
                AND (confirm_at IS NULL OR confirm_at > ?)
                """, [SQLValue(collection.rawValue), SQLValue(epoch), SQLValue(oldest), SQLValue(now)], as: Int.self)
                != nil
        }
    }

    /// Reads all objects. Those it did not meet are forgotten when every page has come, and only then, and the tenant does not show
    /// them when it is asked for each: what a listing that lags behind has left out would look like nobody's address.
    private func list(_ collection: ClaimantCollection, _ epoch: Int64) async throws {
        let generation = try await database.write { try DirectorySchema.generations.take(on: $0) }
        for try await page in source.claimants(collection) {
            let items = page.items
            try await database.write { connection in
                let writer = MirrorWriter(connection, root: "")
                for item in items {
                    guard let claimant = Claimant(item, kind: collection.kind) else { continue }
                    try writer.storeClaims(of: claimant, item.object ?? [:], generation: generation)
                }
                _ = try writer.finish()
            }
        }
        let missing = try await database.read { connection in
            try MirrorWriter(connection, root: "").claimants(of: collection.kind, before: generation)
        }
        for start in stride(from: 0, to: missing.count, by: 200) {
            let found = try await source.claimants(missing[start...].prefix(200), in: collection, atOnce: 8)
            try await database.write { connection in
                let writer = MirrorWriter(connection, root: "")
                for (id, item) in found {
                    if let item, let claimant = Claimant(item, kind: collection.kind) {
                        try writer.storeClaims(of: claimant, item.object ?? [:], generation: generation)
                    } else {
                        try writer.removeClaims(of: id)
                    }
                }
                _ = try writer.finish()
            }
        }
        let (now, confirmation) = (now, confirmation)
        try await database.write { connection in
            let isKnown =
                try connection.value(
                    "SELECT 1 FROM directory_listings WHERE collection = ?", [SQLValue(collection.rawValue)],
                    as: Int.self) != nil
            try connection.put(
                into: "directory_listings", key: ["collection": SQLValue(collection.rawValue)],
                values: [
                    "epoch": SQLValue(epoch), "listed_at": SQLValue(now),
                    "confirm_at": SQLValue(isKnown ? nil : confirmation),
                ])
        }
    }

    private func apply(_ page: GraphPage, of collection: ClaimantCollection) async throws {
        var items: [(id: String, item: JSONValue?)] = []
        for item in page.items {
            guard let id = item["id"]?.string?.lowercased() else { continue }
            let isRemoved = item["@removed"].map { !$0.isNull } ?? false
            // A round may tell of a deletion that was undone since.
            items.append((id, isRemoved ? try await source.claimant(id, in: collection) : item))
        }
        let changes = items
        try await database.write { connection in
            let writer = MirrorWriter(connection, root: "")
            for (id, item) in changes {
                if let item, let claimant = Claimant(item, kind: collection.kind) {
                    try writer.storeClaims(of: claimant, item.object ?? [:])
                } else {
                    try writer.removeClaims(of: id)
                }
            }
            _ = try writer.finish()
        }
    }
}
