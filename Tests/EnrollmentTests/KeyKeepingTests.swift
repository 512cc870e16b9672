// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// Private keys in clear are there for the work on one order, and archived for everybody whom the order names.
@Suite(.timeLimit(.minutes(5))) struct KeyKeepingTests {
    private static let ends: [(stage: OrderStage, script: ScriptedConnector.Enrolling?)] = [
        (.active, nil),
        (.pending, { _, _ in .pending(PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver)) }),
        (.rejected, { _, _ in .rejected(OrderRejection(reason: "no")) }),
        (.submitted, { _, _ in throw ConnectorError(.outcomeUnknown, "connection lost") }),
        (.submitted, { _, _ in throw CancellationError() }),
    ]

    @Test(arguments: ends.indices) func noKeyStaysInMemoryAfterTheWork(_ index: Int) async throws {
        let gateway = try await TestGateway()
        let (stage, script) = Self.ends[index]
        if let script { gateway.ca.onEnroll(script) }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == stage)
        #expect(gateway.engine().memory.workingKeys[id] == nil)
    }

    /// An agent whom the order names and whom nobody knows any more: the certificate is not accepted without it.
    @Test func anAgentThatIsRemovedWhileTheCAWorksLosesNothing() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(7200)
        try await gateway.engine(agents: []) { $0.concurrency = 1 }.work(until: nil)
        let order = try await gateway.order(id)
        #expect(order.stage == .pending && order.certificateID == nil)
        #expect(order.detail == "key recovery agent agent is not configured any more; add it again")
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        gateway.clock.advance(7200)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(try await gateway.ledger.archivedKey(orderID: id)?.recipients == ["agent"])
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    @Test func anAgentThatIsRemovedBeforeTheOrderLeavesKeepsItHere() async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.plan()
        try await gateway.engine(agents: []) { $0.concurrency = 1 }.work(until: nil)
        #expect(try await gateway.order(id).stage == .keyed)
        #expect(gateway.ca.calls.isEmpty)
    }
}
