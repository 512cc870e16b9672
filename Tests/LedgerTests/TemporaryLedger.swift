// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store
import StoreSQLite
import TestSupport

/// A migrated database of its own, which goes away with it.
final class TemporaryLedger: Sendable {
    let clock = TestClock()
    let database: TestDatabase
    let ledger: OrderLedger
    /// Of SQLite alone.
    var folder: TemporaryFolder { database.folder }
    var path: String { database.path }

    init(options: SQLiteDatabase.Options = .init()) async throws {
        database = try await TestDatabase(OrderLedger.migrations, options: options)
        ledger = OrderLedger(database: database, clock: clock)
    }

    /// The same ledger by a door that counts what a server would be asked.
    func counting() -> (CountedDatabase, OrderLedger) {
        let counted = CountedDatabase(database)
        return (counted, OrderLedger(database: counted, clock: clock))
    }

    func plan(_ subscriber: String, template: String = "smime", backendCA: String = "digicert") async throws -> Order {
        try await ledger.plan(.sample(subscriber, template: template, backendCA: backendCA))
    }

    func claim(_ owner: String = "node-1", limit: Int = 1) async throws -> [Claim] {
        try await ledger.claim(limit: limit, owner: owner, leaseFor: .seconds(60))
    }

    /// Plans and claims.
    func claimed(_ subscriber: String, template: String = "smime") async throws -> Claim {
        let order = try await plan(subscriber, template: template)
        let claims = try await claim(limit: 1000)
        guard let claim = claims.first(where: { $0.orderID == order.id }) else {
            throw LedgerError.noSuchOrder("claim")
        }
        return claim
    }

    /// An order with its certificate.
    func certified(
        _ number: Int, _ stage: OrderStage, isArchived: Bool = false
    ) async throws -> Order {
        let claim = try await claimed("person\(number)")
        _ = try await ledger.record(
            claim,
            OrderChange("keyed", "made").stage(.keyed).sealedKey([1, 2], publicKey: [3], csr: [4]))
        var change = OrderChange("issued", "here").stage(.issued).certificate(.sample(number))
        if isArchived { change = change.archivedKey(cms: [5], recipients: ["agent"]) }
        let issued = try await ledger.record(claim, change)
        if stage == .issued { return issued }
        return try await ledger.record(claim, OrderChange("on", "on").stage(stage))
    }
}

extension NewOrder {
    static func sample(
        _ subscriber: String, template: String = "smime", backendCA: String = "digicert", replaces: Int64? = nil
    ) -> NewOrder {
        NewOrder(
            template: template, backendCA: backendCA, product: "client_premium", subscriberID: subscriber,
            userPrincipalName: "\(subscriber)@example.test", names: ["emails": ["\(subscriber)@example.test"]],
            request: ["keyType": "rsa2048", "validityDays": 365], replaces: replaces)
    }
}

extension NewCertificate {
    static func sample(_ number: Int, chain: [[UInt8]] = [[1, 2, 3], [4, 5]]) -> NewCertificate {
        NewCertificate(
            der: Array("certificate \(number)".utf8), chain: chain, serialNumber: "0A\(number)",
            issuer: "CN=Issuing CA", subject: "CN=\(number)", sha1Fingerprint: "1\(number)",
            sha256Fingerprint: "2\(number)", notBefore: Date(timeIntervalSince1970: 1_700_000_000),
            notAfter: Date(timeIntervalSince1970: 1_731_536_000), emailAddresses: ["\(number)@example.test"])
    }
}
