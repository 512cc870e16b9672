// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Gateway
import JSONDocuments
import Ledger
import Store

/// What a database says of itself, whichever version of certway made it; by this a copy is told from another one.
public struct StoreFacts: Sendable, Equatable {
    public var orders: Int64
    public var certificates: Int64
    /// Requests that had left for CAs.
    public var submissions: Int64
    /// When an order last changed; nil without any.
    public var newestChange: Date?
    /// Which sealing key opens what is sealed in it; nil for a database of an old version.
    public var sealingKeyIdentifier: String?
    /// Steps of the schema that this program does not know.
    public var unknownMigrations: [String]

    /// - Throws: `StoreError`, with code `corrupt` for a database that has none of our tables.
    init(of database: some SQLDatabase) async throws {
        let status = try await Migrator(GatewayStore.migrations).status(of: database)
        guard !status.applied.isEmpty else {
            throw StoreError(.corrupt, "the database is empty: no gateway has worked with it")
        }
        unknownMigrations = status.unknown
        let ledger = OrderLedger(database: database)
        submissions = try await ledger.submissionCount()
        sealingKeyIdentifier = try await GatewayStore.sealingKeyIdentifier(ledger)
        (orders, certificates, newestChange) = try await database.read { connection in
            (
                try connection.value("SELECT COUNT(*) FROM orders") ?? 0,
                try connection.value("SELECT COUNT(*) FROM certificates") ?? 0,
                try connection.value("SELECT MAX(updated_at) FROM orders", as: Date?.self) ?? nil
            )
        }
    }

    public var json: JSONValue {
        [
            "orders": JSONValue(Int(orders)), "certificates": JSONValue(Int(certificates)),
            "submissions": JSONValue(Int(submissions)), "newestChange": JSONValue(newestChange?.ISO8601Format()),
            "sealingKey": JSONValue(sealingKeyIdentifier),
        ]
    }

    /// For a sentence.
    public var text: String {
        "\(Plural(Int(orders), "order")), \(Plural(Int(certificates), "certificate")), "
            + "\(Plural(Int(submissions), "request")) to CAs"
            + (newestChange.map { ", last changed \($0.ISO8601Format())" } ?? "")
    }
}
