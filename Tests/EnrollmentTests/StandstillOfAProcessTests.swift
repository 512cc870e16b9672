// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// A process, or its machine, may stand still between any two of its steps and go on when others have its orders.
@Suite(.timeLimit(.minutes(2))) struct StandstillOfAProcessTests {
    /// Whoever stands still between the commit that says so and the sending sends nothing: another node may be searching for the
    /// order by then, and place it again.
    @Test func whatWasOnItsWayForTooLongDoesNotLeave() async throws {
        let gateway = try await TestGateway()
        gateway.ca.beforeGate { _ in gateway.database.afterNextWrite { gateway.clock.advance(45) } }
        let id = try await gateway.plan()
        try await gateway.work()
        var order = try await gateway.order(id)
        #expect(gateway.ca.orders == [:] && order.stage == .submitted)
        #expect(order.detail?.contains("stood still") == true)
        // Searched for like any other whose answer is unknown, and placed once.
        for _ in 0..<4 {
            gateway.clock.advance(1000)
            try await gateway.work()
        }
        order = try await gateway.order(id)
        #expect(order.stage == .active && gateway.ca.orders == [order.reference: 1])
    }

    @Test func aShortStandstillIsNone() async throws {
        let gateway = try await TestGateway()
        gateway.ca.beforeGate { _ in gateway.database.afterNextWrite { gateway.clock.advance(30) } }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.calls == ["enroll"])
    }
}
