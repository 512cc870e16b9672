// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import TestSupport
import Testing

/// What the passing of time does to certificates. Those of these tests ended in November 2024, and the clock says June 2025.
@Suite struct ExpiryTests {
    @Test func whatIsOverHasExpiredAndEndsItsOrderOnce() async throws {
        let temporary = try await TemporaryLedger()
        let order = try await temporary.certified(1, .active)
        let number = try await temporary.ledger.lastStandingChange()
        #expect(try await temporary.ledger.noteExpiries() == 1)
        let ended = try #require(try await temporary.ledger.order(order.id))
        #expect(ended.stage == .expired && ended.detail == "the time of its certificate is over")
        #expect(try await temporary.ledger.certificate(1)?.status == .expired)
        // Whoever plans looks at the person again, and another order may follow.
        #expect(try await temporary.ledger.lastStandingChange() == number + 1)
        #expect(try await temporary.ledger.noteExpiries() == 0)
        #expect(try await temporary.ledger.certificates(CertificateFilter(statuses: [.expired])).count == 1)
        _ = try await temporary.plan("person1")
        try await temporary.database.judge()
    }

    /// An order in work, a certificate that was replaced, and one that was revoked: each stays what it is.
    @Test func onlyWhatWasInUseEndsAnOrder() async throws {
        let temporary = try await TemporaryLedger()
        let open = try await temporary.certified(1, .issued)
        let replaced = try await temporary.certified(2, .superseded)
        let revoked = try await temporary.certified(3, .revoked)
        #expect(try await temporary.ledger.noteExpiries() == 1)
        for order in [open, replaced, revoked] {
            #expect(try await temporary.ledger.order(order.id)?.stage == order.stage)
        }
        var statuses: [CertificateStatus?] = []
        for id: Int64 in 1...3 { statuses.append(try await temporary.ledger.certificate(id)?.status) }
        #expect(statuses == [.active, .expired, .revoked])
    }

    /// What a clock that had run ahead has ended is in use again, unless another order has taken its place.
    @Test func aClockThatHadRunAheadEndsNothing() async throws {
        let temporary = try await TemporaryLedger()
        let first = try await temporary.certified(1, .active)
        let second = try await temporary.certified(2, .active)
        #expect(try await temporary.ledger.noteExpiries() == 2)
        let newer = try await temporary.plan("person2")
        temporary.clock.advance(-400 * 86_400)
        #expect(try await temporary.ledger.noteExpiries() == 2)
        #expect(try await temporary.ledger.order(first.id)?.stage == .active)
        #expect(try await temporary.ledger.certificate(1)?.status == .active)
        #expect(try await temporary.ledger.order(second.id)?.stage == .expired)
        #expect(try await temporary.ledger.certificate(2)?.status == .superseded)
        #expect(try await temporary.ledger.order(newer.id)?.stage == .planned)
        #expect(try await temporary.ledger.noteExpiries() == 0)
        try await temporary.database.judge()
    }

    @Test func countsWhatEndsSoon() async throws {
        let temporary = try await TemporaryLedger()
        for number in 1...3 { _ = try await temporary.certified(number, .active) }
        _ = try await temporary.certified(4, .superseded)
        let end = try #require(try await temporary.ledger.certificate(1)?.notAfter)
        // They have ended by the test's clock.
        #expect(try await temporary.ledger.activeEnding(by: [end, .distantFuture]) == [0, 0])
        temporary.clock.advance(end.timeIntervalSince(temporary.clock.now()) - 3600)
        #expect(
            try await temporary.ledger.activeEnding(by: [end.addingTimeInterval(-60), end, .distantFuture]) == [
                0, 3, 3,
            ])
    }
}
