// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Ledger
import Store
import Testing

@testable import Fulfilment

/// What is worked on is its worker's for a while, and nothing leaves for it afterwards.
@Suite(.timeLimit(.minutes(5))) struct LeaseKeeperTests {
    private static let lease = Duration.seconds(300)
    private let clock = SteppingClock()

    private func keep(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let clock = clock
        try await LeaseKeeper(clock: clock, lease: Self.lease).keep(
            "cw-1", until: clock.uptime() + Self.lease,
            renewing: { throw StoreError(.busy, "away") }, during: work)
    }

    /// The machine was suspended between the look at the lease and the moment in which the request leaves.
    @Test func nothingLeavesOnceTheLeaseMayBeOver() async throws {
        #expect(Departure.current == nil, "who holds nothing is not kept from anything")
        let clock = clock
        try await keep {
            let departure = try #require(Departure.current)
            #expect(departure.isAllowed)
            clock.advance(269)
            #expect(departure.isAllowed)
            // What leaves in the last moment is on its way for a while yet.
            clock.advance(2)
            #expect(!departure.isAllowed)
            // Also in tasks that it begins.
            async let inner = Departure.current?.isAllowed
            #expect(await inner == false)
        }
    }
}
