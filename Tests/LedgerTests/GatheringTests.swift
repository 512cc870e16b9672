// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Store
import StoreSQLite
import Testing

@testable import Ledger

/// Steps that come at the same time are committed together, and nobody's fails for a neighbour's.
@Suite struct GatheringTests {
    private let temporary: TemporaryLedger
    private let counted: CountedDatabase
    private let ledger: OrderLedger

    init() async throws {
        temporary = try await TemporaryLedger()
        (counted, ledger) = temporary.counting()
    }

    private func claims(_ count: Int) async throws -> [Claim] {
        _ = try await ledger.plan(batch: (0..<count).map { .sample("user-\($0)") })
        return try await ledger.claim(limit: count, owner: "node", leaseFor: .seconds(600)).sorted {
            $0.orderID < $1.orderID
        }
    }

    /// The steps of all of them, at once.
    private func together(
        _ claims: [Claim], _ orders: [Order], _ change: @escaping @Sendable (Int) -> OrderChange
    ) async -> [Result<Order, any Error>] {
        await withTaskGroup(of: (Int, Result<Order, any Error>).self) { group in
            for (index, claim) in claims.enumerated() {
                let (ledger, known) = (ledger, orders[index])
                group.addTask {
                    do {
                        return (
                            index,
                            .success(try await ledger.record(claim, change(index), from: known.stage, knowing: known))
                        )
                    } catch { return (index, .failure(error)) }
                }
            }
            var results: [(Int, Result<Order, any Error>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static let keyed: @Sendable (Int) -> OrderChange = {
        OrderChange("keyed", "").stage(.keyed).sealedKey([UInt8($0 % 256), 1], publicKey: [2], csr: [3])
    }

    /// With the address that was asked for.
    private static func certificate(_ number: Int, of order: Order) -> NewCertificate {
        NewCertificate(
            der: Array("certificate \(number)".utf8), chain: [[1, 2, 3]], serialNumber: "0A\(number)",
            issuer: "CN=Issuing CA", subject: "CN=\(number)", sha1Fingerprint: "1\(number)",
            sha256Fingerprint: "2\(number)", notBefore: Date(timeIntervalSince1970: 1_700_000_000),
            notAfter: Date(timeIntervalSince1970: 1_731_536_000),
            emailAddresses: [order.userPrincipalName])
    }

    private func countDifferences() async throws -> Int {
        try await temporary.database.read { try LedgerCountTable(connection: $0).differences().count }
    }

    /// What each order is in the database, its history, its key, and the numbers.
    private func expectWhole(_ orders: [Order], kinds: [String]) async throws {
        for (index, order) in orders.enumerated() {
            let events = try await ledger.events(order.id)
            #expect(try await ledger.order(order.id) == order)
            #expect(events.map(\.kind) == ["planned"] + kinds && events.map(\.sequence) == Array(1...events.count))
            #expect(events.dropFirst().allSatisfy { $0.node == "node" && $0.fence == order.fence })
            if kinds.contains("keyed") {
                #expect(try await ledger.key(orderID: order.id)?.sealed == [UInt8(index % 256), 1])
            }
        }
        #expect(try await countDifferences() == 0)
    }

    @Test func wholeLivesTogetherCostAtMostEightRoundTripsEach() async throws {
        let number = 128
        let before = counted.roundTrips
        let claims = try await claims(number)
        // As many as wait for each other on a busy node: how they gather is the machine's matter, and the fewer there are, the more it is.
        let (ledger, lanes) = (ledger, 32)
        let done = try await withThrowingTaskGroup(of: [Order].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var done: [Order] = []
                    for index in stride(from: lane, to: number, by: lanes) {
                        var order = claims[index].order
                        for change in [
                            Self.keyed(index),
                            OrderChange("submitting", "").stage(.submitted).submission(
                                at: Date(timeIntervalSince1970: 1_700_000_000 + Double(index))),
                            OrderChange("issued", "").stage(.issued).certificate(Self.certificate(index, of: order))
                                .caOrder("\(index)"),
                            OrderChange("delivered", "", data: ["key": .string("\(index)")]).stage(.delivered),
                            OrderChange("active", "").stage(.active),
                        ] { order = try await ledger.record(claims[index], change, from: order.stage, knowing: order) }
                        done.append(order)
                    }
                    return done
                }
            }
            var all: [Order] = []
            for try await some in group { all += some }
            return all.sorted { $0.id < $1.id }
        }
        let spent = counted.roundTrips - before
        print("\(Double(spent) / Double(number)) round trips for each order, with planning and claims")
        let isOnce = !SQLiteDatabase.Options().runsBodiesTwice
        #expect(!isOnce || spent <= 8 * number, "\(Double(spent) / Double(number)) round trips for each order")
        #expect(done.count == number && done.allSatisfy { $0.stage == .active && $0.certificateID != nil })
        try await expectWhole(done, kinds: ["keyed", "submitting", "issued", "delivered", "active"])
        #expect(Set(done.compactMap(\.certificateID)).count == number)
        #expect(try await ledger.submissionCount() == number)
        #expect(try await ledger.news(limit: 1000).count == number)
    }

    /// Somebody holds one of the orders meanwhile: its step is taken from what it is now, and the others' as they are.
    @Test func whatWasChangedMeanwhileIsReadAndTheOthersGoOn() async throws {
        let claims = try await claims(16)
        _ = try await ledger.hold(claims[5].orderID, reason: "look at it", by: "ada")
        let results = await together(claims, claims.map(\.order), Self.keyed)
        let orders = try results.map { try $0.get() }
        #expect(orders.allSatisfy { $0.stage == .keyed } && orders.map(\.isHeld) == (0..<16).map { $0 == 5 })
        #expect(try await countDifferences() == 0)
        for (index, order) in orders.enumerated() {
            #expect(try await ledger.key(orderID: order.id)?.sealed == [UInt8(index), 1])
            #expect(try await ledger.events(order.id).map(\.kind).filter { $0 == "keyed" }.count == 1)
        }
    }

    /// One brings the certificate of another order: that one is refused, nobody else.
    @Test func whatIsRefusedIsRefusedAlone() async throws {
        let claims = try await claims(16)
        let keyed = try await together(claims, claims.map(\.order), Self.keyed).map { try $0.get() }
        let results = await together(claims, keyed) { index in
            OrderChange("issued", "").stage(.issued).certificate(.sample(index == 9 ? 3 : index))
        }
        let failed = results.indices.filter { (try? results[$0].get()) == nil }
        // Which of the two came first is chance.
        #expect(failed.count == 1 && [3, 9].contains(failed[0]), "\(failed)")
        #expect(throws: LedgerError.self) { try results[failed[0]].get() }
        #expect(try await ledger.order(claims[failed[0]].orderID)?.stage == .keyed)
        #expect(try await countDifferences() == 0)
    }

    /// A lease that somebody else has by now is lost for its owner, and for nobody else.
    @Test func whoHasLostTheLeaseIsToldAlone() async throws {
        let claims = try await claims(8)
        let lost = claims[2].orderID
        try await temporary.database.write { connection in
            _ = try connection.execute(
                "UPDATE orders SET lease_owner = 'other', fence = fence + 1 WHERE id = ?", [.integer(lost)])
        }
        let results = await together(claims, claims.map(\.order), Self.keyed)
        #expect(results.indices.filter { (try? results[$0].get()) == nil } == [2])
        #expect(throws: LedgerError.self) { try results[2].get() }
        #expect(try await ledger.key(orderID: lost) == nil)
        #expect(try await countDifferences() == 0)
    }
}
