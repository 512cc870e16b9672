// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store

/// What nodes do with orders, but for the CA: the ledger's part of each stage, with values of the usual size.
struct StoreWork: Sendable {
    /// How many orders a node has in hand.
    private static let concurrency = 16
    private static let batch = 512

    let doors: [CountedDatabase]

    var roundTrips: Int { doors.reduce(0) { $0 + $1.roundTrips } }

    /// Orders that are done, as years have left them.
    func store(_ count: Int) async throws {
        for start in stride(from: 0, to: count, by: Self.batch) {
            _ = try await plan(start..<min(count, start + Self.batch), "done")
            try await doors[0].write { connection in
                _ = try connection.execute(
                    "UPDATE orders SET stage = 'superseded', due_at = NULL, open_key = reference WHERE stage = 'planned'"
                )
            }
        }
    }

    /// Plans orders and carries them to their end.
    func carry(_ count: Int) async throws {
        for start in stride(from: 0, to: count, by: Self.batch) {
            let made = try await plan(start..<min(count, start + Self.batch), "new")
            guard made == min(count, start + Self.batch) - start else {
                throw BenchmarkError("an order was not planned")
            }
        }
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for (number, door) in doors.enumerated() {
                group.addTask { try await work(OrderLedger(database: door), "node-\(number)") }
            }
            return try await group.reduce(0, +)
        }
        guard done == count else { throw BenchmarkError("\(done) orders were carried, expected \(count)") }
    }

    private func plan(_ numbers: Range<Int>, _ prefix: String) async throws -> Int {
        let ledger = OrderLedger(database: doors[0])
        return try await ledger.plan(
            batch: numbers.map { number in
                let name = "\(prefix)-\(number)"
                return NewOrder(
                    template: "smime", backendCA: "ca", product: "client_premium", subscriberID: name,
                    userPrincipalName: "\(name)@example.test", names: ["emails": [.string("\(name)@example.test")]],
                    request: ["keyType": "rsa2048", "validityDays": 365])
            }
        ).made.count
    }

    private func work(_ ledger: OrderLedger, _ owner: String) async throws -> Int {
        var done = 0
        var empty = 0
        while empty < 3 {
            let claims = try await ledger.claim(limit: Self.concurrency * 4, owner: owner, leaseFor: .seconds(300))
            // Rows that another node has locked for a moment are passed over.
            guard !claims.isEmpty else {
                empty += 1
                continue
            }
            empty = 0
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<Self.concurrency {
                    group.addTask {
                        for index in stride(from: lane, to: claims.count, by: Self.concurrency) {
                            try await Self.carry(claims[index], ledger)
                        }
                    }
                }
                try await group.waitForAll()
            }
            done += claims.count
        }
        return done
    }

    private static func carry(_ claim: Claim, _ ledger: OrderLedger) async throws {
        let filler = Array(repeating: UInt8(7), count: 1400)
        let number = "\(claim.orderID)"
        let certificate = NewCertificate(
            der: Array(number.utf8) + filler, chain: [filler, filler + [1]], serialNumber: number,
            issuer: "CN=Issuing CA",
            subject: "CN=\(number)", sha1Fingerprint: number, sha256Fingerprint: number, notBefore: Date(),
            notAfter: Date() + 365 * 86_400, emailAddresses: [claim.order.userPrincipalName])
        var order = claim.order
        for change in [
            OrderChange("keyed", "a key was made").stage(.keyed).sealedKey(filler, publicKey: filler, csr: filler),
            OrderChange("submitting", "about to leave").stage(.submitted).submission(at: Date()),
            OrderChange("issued", "issued").stage(.issued).certificate(certificate),
            OrderChange("delivered", "delivered").stage(.delivered), OrderChange("active", "active").stage(.active),
        ] {
            order = try await ledger.record(claim, change, from: order.stage, knowing: order)
        }
    }
}
