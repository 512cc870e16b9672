// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import TestSupport
import Testing

/// What connectors say of an order that the CA has taken when a later step failed.
@Suite struct TakenOrderTests {
    private let order = CAOrder(caRequestID: "77")

    private func exchange(abilities: String) throws -> CAExchange {
        let profile = try ConnectorProfile.read(
            "connector: c\ntitle: C\nmodule: m\nabilities: [\(abilities)]\n", file: "c.yaml")
        return CAExchange(
            profile,
            services: ConnectorServices(
                http: ScriptedClient(), clock: TestClock(), logger: SilentLogger(), rateLimiter: CountingLimiter()),
            secrets: [])
    }

    @Test func whatCanBeAskedForWaits() throws {
        let outcome = try exchange(abilities: "poll").taken(order, ConnectorError(.transient, "the CA is down"))
        guard case .pending(let pending) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(pending.order == order && pending.waitingFor == .certificateAuthority)
    }

    /// Nobody could ever ask for it: a person looks there, for it would wait for ever.
    @Test func whatNothingCanAskForIsForAPerson() throws {
        let exchange = try exchange(abilities: "cancel")
        let error = #expect(throws: ConnectorError.self) {
            try exchange.taken(order, ConnectorError(.transient, "the CA is down"))
        }
        #expect(error?.kind == .outcomeUnknown)
        #expect(error?.message.contains("has taken the order as 77, and it cannot be asked for it again") == true)
    }
}
