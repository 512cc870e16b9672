// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Testing

@testable import Ledger

/// The record of who has asked for archived keys.
@Suite struct RecoveryAttemptTests {
    @Test func anAttemptIsOnRecordAndInTheTimelineAndStays() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let order = try await temporary.plan("ada")
        var attempt = KeyRecoveryAttempt(certificate: "0C0FFE", actor: "eve", purpose: "ticket 4711")
        attempt.orderID = order.id
        attempt.subscriber = "ada@example.org"
        attempt.agentFingerprint = "ab12"
        attempt.outcome = .recovered
        try await ledger.record(attempt)
        var unknown = KeyRecoveryAttempt(certificate: "no such", actor: "mallory", purpose: "curious")
        unknown.outcome = .refused
        unknown.detail = "there is none"
        try await ledger.record(unknown)
        let all = try await ledger.recoveryAttempts().items
        #expect(all.map(\.actor) == ["mallory", "eve"] && all.map(\.outcome) == [.refused, .recovered])
        #expect(
            all[1].at == temporary.clock.now() && all[1].agentFingerprint == "ab12" && all[1].purpose == "ticket 4711")
        #expect(try await ledger.recoveryAttempts(orderID: order.id).map(\.certificate) == ["0C0FFE"])
        let event = try #require(try await ledger.events(order.id).last)
        #expect(event.kind == "keyRecovered" && event.data["purpose"] == "ticket 4711" && event.data["by"] == "eve")
        #expect(event.message.contains("ab12") && event.message.contains("ticket 4711"))
        // What the order waits for or did last is another matter.
        #expect(try await ledger.order(order.id)?.detail == order.detail)
        for change in ["UPDATE key_recoveries SET actor = 'nobody'", "DELETE FROM key_recoveries"] {
            await #expect(throws: StoreError.self) {
                try await ledger.database.write { _ = try $0.execute(change) }
            }
        }
    }

    /// An attempt on an order that there is not leaves nothing half written.
    @Test func aRecordIsWholeOrNotThere() async throws {
        let temporary = try await TemporaryLedger()
        var attempt = KeyRecoveryAttempt(certificate: "0C0FFE", actor: "eve", purpose: "ticket")
        attempt.orderID = 99
        let made = attempt
        await #expect(throws: (any Error).self) { try await temporary.ledger.record(made) }
        #expect(try await temporary.ledger.recoveryAttempts().items.isEmpty)
    }
}
