// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store
import Testing

/// On an engine with many writers, what is read in order to be changed is locked: an operator's word between the two must not
/// keep an answer of a CA from being written.
@Suite struct LockTests {
    private let temporary: TemporaryLedger
    private let database: WatchedDatabase
    private let ledger: OrderLedger

    init() async throws {
        temporary = try await TemporaryLedger()
        var dialect = temporary.database.dialect
        // Comments, so that every engine reads them.
        dialect.rowLock.hint += " /* hint */"
        dialect.rowLock.clause += " /* locked */"
        dialect.skippingLock.hint += " /* hint */"
        dialect.skippingLock.clause += " /* locked, skipping */"
        database = WatchedDatabase(temporary.database, dialect: dialect)
        ledger = OrderLedger(database: database, clock: temporary.clock)
    }

    private func claimed(_ name: String) async throws -> Claim {
        _ = try await ledger.plan(.sample(name))
        return try #require(try await ledger.claim(limit: 1, owner: "node-1", leaseFor: .seconds(60)).first)
    }

    /// Every way in which the ledger changes an order.
    private func useEverything() async throws {
        var claim = try await claimed("ada")
        claim = try await ledger.renewLease(claim, for: .seconds(60))
        try await ledger.record(claim, OrderChange("keyed", "").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]))
        try await ledger.record(claim, OrderChange("submitting", "").stage(.submitted).submission(at: Date()))
        try await ledger.record(
            claim, OrderChange("issued", "").stage(.issued).certificate(.sample(1)))
        try await ledger.record(claim, OrderChange("active", "").stage(.active))
        try await ledger.noteHolds(
            begun: [RevokedCertificate(serialNumber: "0A1", issuer: "CN=Issuing CA", reason: "onHold", at: Date())],
            ended: [], backendCA: "digicert")
        try await ledger.record(KeyRecoveryAttempt(certificate: "0A1", actor: "eve", purpose: "test").of(claim.orderID))
        let next = try await ledger.plan(.sample("ada", replaces: claim.orderID))
        let second = try #require(try await ledger.claim(limit: 1, owner: "node-1", leaseFor: .seconds(60)).first)
        #expect(second.orderID == next.id)
        try await ledger.record(second, OrderChange("issued", "").stage(.issued).certificate(.sample(2)))
        try await ledger.record(second, OrderChange("active", "").stage(.active))
        try await ledger.noteRevocations(
            [RevokedCertificate(serialNumber: "0A2", issuer: "CN=Issuing CA", reason: "superseded", at: Date())],
            backendCA: "digicert")
        let other = try await claimed("bob")
        try await ledger.hold(other.orderID, reason: "look", by: "eve")
        try await ledger.releaseHold(other.orderID, by: "eve")
        try await ledger.release(other)
        try await ledger.retry(other.orderID, by: "eve")
        _ = try await ledger.claim(limit: 1, owner: "node-1", leaseFor: .seconds(60))
        try await ledger.releaseLeases(of: "node-1")
        temporary.clock.advance(86_400)
        let late = try await claimed("cyd")
        try await ledger.record(
            late, OrderChange("failed", "").failure("transient", nextAction: temporary.clock.now() + 60))
        try await ledger.release(late)
        temporary.clock.advance(-86_400)
        try await ledger.undoFuture(backendCAs: ["digicert"])
        try await ledger.requestCancel(late.orderID, by: "eve")
    }

    @Test func anOrderThatIsChangedWasLockedWhenItWasRead() async throws {
        try await useEverything()
        var changes = 0
        for transaction in database.transactions {
            var locked: Set<Int64> = []
            for statement in transaction {
                if statement.sql.contains("FROM orders"), statement.sql.contains("/* hint */"),
                    statement.sql.hasSuffix("locked */")
                        || statement.sql.hasSuffix("locked, skipping */")
                {
                    locked.formUnion(statement.ids)
                }
                guard statement.sql.hasPrefix("UPDATE orders") else { continue }
                changes += 1
                // Its last parameters are id, fence and count of events of each order.
                let orders = statement.sql.matches(of: /id = \? AND fence = \? AND event_count = \?/).count
                for parameter in statement.parameters.suffix(orders * 3).enumerated() where parameter.offset % 3 == 0 {
                    let id = try #require(Int64(sqlValue: parameter.element))
                    #expect(locked.contains(id), "\(statement.sql)")
                }
            }
        }
        #expect(changes > 15)
    }

    @Test func onlyClaimingPassesOverWhatOthersHaveLocked() async throws {
        try await useEverything()
        let skipping = database.transactions.filter { $0.contains { $0.sql.hasSuffix("locked, skipping */") } }
        #expect(!skipping.isEmpty)
        for transaction in skipping { #expect(transaction.contains { $0.sql.contains("due_at <= ?") }) }
    }

    @Test func aBatchLosesOnlyWhatAnotherNodeWasFasterWith() async throws {
        let orders = try await ledger.plan(batch: ["ada", "bob", "cyd"].map { .sample($0) }).made
        // Between the reading and the writing of a claim, on an engine that locks nothing, another node takes one.
        let racing = RacingDatabase(temporary.database) { connection in
            try connection.execute("UPDATE orders SET fence = fence + 1 WHERE id = ?", [.integer(orders[1].id)])
        }
        let claims = try await OrderLedger(database: racing, clock: temporary.clock)
            .claim(limit: 9, owner: "node-1", leaseFor: .seconds(60))
        #expect(claims.map(\.orderID) == [orders[0].id, orders[2].id])
    }
}

extension KeyRecoveryAttempt {
    fileprivate func of(_ orderID: Int64) -> KeyRecoveryAttempt {
        var attempt = self
        attempt.orderID = orderID
        return attempt
    }
}
