// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Ledger
import PKIX

/// What came of each of many certificates, or would come.
public struct ManyOutcomes: Sendable {
    public struct Item: Sendable {
        public let record: CertificateRecord
        /// Nil for what was done, or would be.
        public let obstacle: Obstacle?
        /// The new one.
        public let order: Order?
    }

    public let isDryRun: Bool
    public private(set) var items: [Item] = []
    /// What the new orders cost together.
    public private(set) var cost = MoneySum()
    /// What follows for the people, one sentence; nil where nothing is revoked.
    public internal(set) var follows: String?

    init(isDryRun: Bool) { self.isDryRun = isDryRun }

    public var refused: [Item] { items.filter { $0.obstacle != nil } }

    mutating func refuse(_ record: CertificateRecord, _ obstacle: Obstacle) {
        items.append(Item(record: record, obstacle: obstacle, order: nil))
    }

    mutating func accept(_ record: CertificateRecord, order: Order? = nil, price: Money? = nil) {
        items.append(Item(record: record, obstacle: nil, order: order))
        cost.add(price)
    }

    /// Changes with each certificate that is meant and with what would come of it.
    public var fingerprint: String {
        let text = items.map { "\($0.record.id)\($0.obstacle == nil ? "+" : "-")" }.joined(separator: ",")
        return String(DigestAlgorithm.sha256.digest(Array(text.utf8)).hex.prefix(16))
    }

    public var json: JSONValue {
        [
            "dryRun": .bool(isDryRun), "count": JSONValue(items.count), "refused": JSONValue(refused.count),
            "people": JSONValue(Set(items.map(\.record.subscriberID)).count), "cost": cost.json,
            "fingerprint": .string(fingerprint), "follows": JSONValue(follows),
            "items": .array(
                items.sorted { $0.record.id < $1.record.id }.map { item in
                    [
                        "number": JSONValue(Int(item.record.id)), "serialNumber": .string(item.record.serialNumber),
                        "userPrincipalName": .string(item.record.userPrincipalName),
                        "outcome": .string(item.obstacle != nil ? "refused" : isDryRun ? "possible" : "done"),
                        "reason": JSONValue(item.obstacle?.reason), "instead": JSONValue(item.obstacle?.instead),
                        "order": JSONValue(item.order?.reference),
                    ]
                }),
        ]
    }
}
