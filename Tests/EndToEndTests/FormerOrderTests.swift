// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport
import Testing

/// An order that had left and has ended, at each CA: before another one for the same person leaves, the CA is asked once more, and what
/// it has is not bought again.
@Suite(.timeLimit(.minutes(10))) struct FormerOrderTests {
    private static let connectors = TestSize.choose(
        ["digicert-certcentral", "globaltrust", "adcs"],
        full: [
            "digicert-certcentral", "sectigo-scm", "globalsign-atlas", "ssl-com", "globaltrust", "ejbca", "swisssign",
            "adcs",
        ])

    private func gateway(_ connector: String) async throws -> GatewayUnderTest {
        try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", connector]),
            keyType: connector == "globalsign-atlas" ? "rsa2048" : "p256", connector: connector,
            // Some lists show an order only seconds after it was placed.
            absenceIsSureAfter: "9s")
    }

    private func decide(_ decision: String, _ gateway: GatewayUnderTest, _ connector: String) async throws {
        try await gateway.sandbox.control(
            "/control/cas/\(connector)/orders/all", method: "POST", body: #"{"decision": "\#(decision)"}"#)
    }

    /// An officer of the CA has said no, and yes afterwards.
    @Test(arguments: connectors)
    func whatTheCAHasAfterAllIsNotBoughtAgain(connector: String) async throws {
        let gateway = try await gateway(connector)
        try await gateway.sandbox.set(connector, ["manualApproval": true])
        try await gateway.pass { try await gateway.stages() == ["pending": 1] }
        #expect(try await gateway.stages() == ["pending": 1])
        try await decide("reject", gateway, connector)
        try await gateway.retryAll()
        try await gateway.pass { try await gateway.stages() == ["rejected": 1] }
        #expect(try await gateway.stages() == ["rejected": 1])
        try await decide("reconsider", gateway, connector)
        try await orderAgain(gateway)
        try await gateway.pass { try await gateway.stages() == ["active": 1, "cancelled": 1] }
        #expect(try await gateway.stages() == ["active": 1, "cancelled": 1])
        #expect(try await Outcome.of(gateway) == .complete(1))
    }

    /// It has ended there, too: the next one leaves.
    @Test(arguments: connectors)
    func whatHasEndedThereStandsInNobodysWay(connector: String) async throws {
        let gateway = try await gateway(connector)
        try await gateway.sandbox.set(connector, ["manualApproval": true])
        try await gateway.pass { try await gateway.stages() == ["pending": 1] }
        try await decide("reject", gateway, connector)
        try await gateway.retryAll()
        try await gateway.pass { try await gateway.stages() == ["rejected": 1] }
        try await gateway.sandbox.set(connector, ["manualApproval": false])
        try await orderAgain(gateway)
        try await gateway.pass { try await gateway.stages() == ["active": 1, "rejected": 1] }
        #expect(try await gateway.stages() == ["active": 1, "rejected": 1])
        #expect(try await gateway.sandbox.orders(connector).count == 2)
    }

    /// Where nobody can search, an order whose answer was lost ends by a person's word alone, and none leaves before.
    @Test func withoutASearchAPersonDecides() async throws {
        let gateway = try await gateway("adcs")
        try await gateway.sandbox.order("cut-after", of: "adcs.submit")
        try await gateway.pass { try await gateway.heldOrders() == 1 }
        let reference = try await gateway.reference()
        let again = try await gateway.certway(["order", "again", reference])
        #expect(again.status != 0, "\(again.output)")
        _ = try await gateway.certway(["order", "cancel", reference])
        for _ in 0..<2 { try await gateway.finish(within: 3) }
        #expect(try await gateway.sandbox.orders("adcs").count == 1)
        #expect(try await gateway.stages().keys.sorted() == ["submitted"])
        let word = try await gateway.certway(["order", "cancel", reference, "--absent"])
        #expect(word.status == 0, "\(word.errors)")
        try await orderAgain(gateway)
        try await gateway.pass { try await gateway.stages() == ["active": 1, "cancelled": 1] }
        #expect(try await gateway.stages() == ["active": 1, "cancelled": 1])
        #expect(try await gateway.sandbox.orders("adcs").count == 2)
    }

    private func orderAgain(_ gateway: GatewayUnderTest) async throws {
        let run = try await gateway.certway(["order", "again", gateway.reference()])
        #expect(run.status == 0, "\(run.errors)")
    }
}

extension GatewayUnderTest {
    /// Of the only order that there is.
    fileprivate func reference() async throws -> String {
        let orders = try await certway(["order", "list", "--all", "--output", "json"]).json.array ?? []
        return try #require(orders.first?["reference"]?.string, "\(orders)")
    }

    fileprivate func heldOrders() async throws -> Int {
        try await certway(["order", "list", "--held", "--output", "json"]).json.array?.count ?? 0
    }
}
