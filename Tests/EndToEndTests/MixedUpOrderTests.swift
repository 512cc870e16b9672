// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport
import Testing

/// Two orders wait; one is rejected, and the question about the other is answered with that. It keeps its key, and is issued.
@Suite(.timeLimit(.minutes(5))) struct MixedUpOrderTests {
    /// Connectors, where they ask for an order, and how often the answer is mixed up: as often as one likes where it tells an
    /// id, once where it does not.
    private static let connectors = TestSize.choose(
        [("digicert-certcentral", "digicert.orderInfo", 3), ("adcs", "adcs.certificate", 1)],
        full: [
            ("digicert-certcentral", "digicert.orderInfo", 3), ("sectigo-scm", "sectigo.list", 3),
            ("ssl-com", "sslcom.order", 3), ("globaltrust", "globaltrust.GetOrder", 3), ("adcs", "adcs.certificate", 1),
            ("globalsign-atlas", "atlas.certificate", 1),
        ])

    @Test(arguments: connectors)
    func theOtherOrderGoesOn(connector: String, operation: String, times: Int) async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "2", "--only", "tenant", "--only", connector]),
            keyType: connector == "globalsign-atlas" ? "rsa2048" : "p256", connector: connector)
        try await gateway.sandbox.set(connector, ["manualApproval": true])
        try await gateway.pass { try await gateway.stages() == ["pending": 2] }
        #expect(try await gateway.stages() == ["pending": 2])
        let orders = try await gateway.sandbox.orders(connector)
        try await decide(orders[0]["id"]?.identifier ?? "", #"{"decision": "reject"}"#, gateway, connector)
        try await gateway.pass { try await gateway.stages() == ["pending": 1, "rejected": 1] }
        #expect(try await gateway.stages() == ["pending": 1, "rejected": 1])
        try await gateway.sandbox.order("mixed-up", of: operation, count: times)
        var struck = 0
        for _ in 0..<40 where struck < times {
            try await gateway.retryAll()
            try await gateway.finish(within: 3)
            struck = try await gateway.sandbox.calls("faults.mixed-up")
        }
        #expect(struck == times, "not every fault has struck")
        #expect(try await gateway.stages() == ["pending": 1, "rejected": 1])
        try await decide("all", #"{"decision": "approve"}"#, gateway, connector)
        try await gateway.retryAll()
        try await gateway.pass { try await gateway.stages() == ["active": 1, "rejected": 1] }
        #expect(try await gateway.stages() == ["active": 1, "rejected": 1])
        #expect(try await gateway.sandbox.orders(connector).count == 2)
    }

    private func decide(_ id: String, _ decision: String, _ gateway: GatewayUnderTest, _ connector: String) async throws
    {
        try await gateway.sandbox.control("/control/cas/\(connector)/orders/\(id)", method: "POST", body: decision)
    }
}
