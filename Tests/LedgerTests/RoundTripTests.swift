// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store
import StoreSQLite
import Testing

/// What a server is asked for the life of an order; on a network that is most of the time it takes.
@Suite(.enabled(if: !SQLiteDatabase.Options().runsBodiesTwice)) struct RoundTripTests {
    private let temporary: TemporaryLedger
    private let counted: CountedDatabase
    private let ledger: OrderLedger

    init() async throws {
        temporary = try await TemporaryLedger()
        (counted, ledger) = temporary.counting()
    }

    /// Round trips of a body.
    private func cost(_ body: () async throws -> Void) async throws -> Int {
        let before = counted.roundTrips
        try await body()
        return counted.roundTrips - before
    }

    /// People are planned for and claimed by the hundred, and nobody costs a question of his own.
    @Test func manyArePlannedAndClaimedWithFewQuestions() async throws {
        let planned = try await cost {
            let (made, skipped, _) = try await ledger.plan(batch: (0..<512).map { .sample("user-\($0)") })
            #expect(made.count == 512 && skipped == 0)
        }
        // Beside the orders and their events: what they are found by, and the numbers.
        #expect(planned <= 44)
        // Everybody has one now.
        let refused = try await cost {
            let (made, skipped, _) = try await ledger.plan(batch: (0..<512).map { .sample("user-\($0)") })
            #expect(made.isEmpty && skipped == 512)
        }
        #expect(refused <= 5)
        let claimed = try await cost {
            let claims = try await ledger.claim(limit: 512, owner: "node", leaseFor: .seconds(60))
            #expect(claims.count == 512)
        }
        #expect(claimed <= 12)
    }

    /// Each step changes its order and the numbers kept, says so and is confirmed; what it brings comes on top, such as another address
    /// than was asked for.
    @Test func aStepCostsWhatItBrings() async throws {
        _ = try await ledger.plan(batch: (0..<16).map { .sample("user-\($0)") })
        let claims = try await ledger.claim(limit: 16, owner: "node", leaseFor: .seconds(60))
        let steps: [(most: Int, change: @Sendable (Int) -> OrderChange)] = [
            (7, { _ in OrderChange("keyed", "").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]) }),
            (6, { _ in OrderChange("submitting", "").stage(.submitted).submission(at: Date()) }),
            (9, { OrderChange("issued", "").stage(.issued).certificate(.sample($0)) }),
            (5, { _ in OrderChange("delivered", "").stage(.delivered) }),
            (7, { _ in OrderChange("active", "").stage(.active) }),
        ]
        var orders = claims.map(\.order)
        for (number, step) in steps.enumerated() {
            let spent = try await cost {
                for (index, claim) in claims.enumerated() {
                    let known = orders[index]
                    orders[index] = try await ledger.record(
                        claim, step.change(index), from: known.stage, knowing: known)
                }
            }
            // Of CA certificates the first order brings new ones, and the second meets them; ids are taken many at once.
            #expect(spent <= 16 * step.most + 16, "step \(number): \(Double(spent) / 16)")
        }
    }

    /// Whoever compares everything asks by the hundred: 50,000 certificates are some thousand questions and not several for each.
    @Test func manyAreReadWithFewQuestions() async throws {
        _ = try await ledger.plan(batch: (0..<512).map { .sample("user-\($0)") })
        let claims = try await ledger.claim(limit: 512, owner: "node", leaseFor: .seconds(60))
        for (index, claim) in claims.enumerated() where index % 100 == 0 {
            try await ledger.record(
                claim, OrderChange("keyed", "").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]))
            let change = OrderChange("issued", "").stage(.issued).certificate(.sample(index))
            let issued = try await ledger.record(claim, change)
            guard index < 300 else { continue }
            _ = try await ledger.record(
                claim, OrderChange("delivered", "", data: ["connectorKey": "k1"]).stage(.delivered))
            _ = try await ledger.record(claim, OrderChange("delivered", "", data: ["connectorKey": "k2"]))
            if index == 200 {
                _ = try await ledger.record(claim, OrderChange("active", "").stage(.active).eraseSealedKey())
            }
            #expect(issued.certificateID != nil)
        }
        let ids = claims.map(\.orderID)
        let spent = try await cost {
            let events = try await ledger.lastEvents(of: ["delivered", "adopted"], orderIDs: ids)
            #expect(events.count == 3 && events.values.allSatisfy { $0.data["connectorKey"] == "k2" })
            let first = try await ledger.lastEvents(of: ["delivered"], orderIDs: ids) {
                $0.data["connectorKey"] == "k1"
            }
            #expect(first.count == 3 && first.values.allSatisfy { $0.data["connectorKey"] == "k1" })
            #expect(try await ledger.ordersWithKey(among: ids).count == 5)
            let numbers = try await ledger.certificates(CertificateFilter()).map(\.id)
            let shuffled = [numbers[3], numbers[0], 999_999, numbers[5], numbers[3]]
            #expect(try await ledger.certificates(ids: shuffled).map(\.id) == [numbers[3], numbers[0], numbers[5]])
        }
        #expect(spent <= 16)
    }
}
