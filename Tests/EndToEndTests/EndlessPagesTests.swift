// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

@Suite struct EndlessPagesTests {
    /// Every list that is read, as the sandbox calls it and as the message does.
    private static let readings = [
        ("graph.members", "/members"), ("graph.users", "/users"), ("graph.groups", "/groups"),
        ("graph.contacts", "/contacts"), ("graph.usersDelta", "/users/delta"), ("graph.groupsDelta", "/groups/delta"),
        ("graph.contactsDelta", "/contacts/delta"),
    ]

    /// Lists of Graph that never end: one error that names the reading, in bounded time, and nobody is taken for a leaver.
    @Test(.timeLimit(.minutes(10)), arguments: ["circling-page", "endless-page"])
    func listsWithoutEndEnd(fault: String) async throws {
        for (reading, name) in Self.readings {
            let gateway = try await GatewayUnderTest(
                sandbox: SandboxProcess(["--users", "3", "--only", "tenant", "--only", "digicert-certcentral"]))
            if name.hasSuffix("delta") {
                let before = try await gateway.certway(["plan", "--output", "json"])
                #expect(try before.json["templates"]?[0]?["people"]?["toOrder"] == 3, "\(before.errors)")
            }
            let body: JSONValue = ["operation": .string(reading), "fault": .string(fault), "count": 5000]
            _ = try await gateway.sandbox.control("/control/faults", method: "POST", body: body.text)
            let run = try await gateway.certway(["plan"], timeLimit: 240)
            #expect(!run.wasKilled, "\(reading)")
            #expect(run.status == 1 || run.status == 4, "\(reading): \(run.status) \(run.output)")
            #expect(run.errors.contains("\(name) never end"), "\(reading): \(run.errors)")
        }
    }

    /// A search that never comes to an end has found nothing and proves nothing.
    @Test(.timeLimit(.minutes(5)), arguments: ["circling-page", "endless-page"])
    func aSearchWithoutEndProvesNothing(fault: String) async throws {
        let (people, connector) = (4, "digicert-certcentral")
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", connector]))
        try await gateway.sandbox.order("cut-after", of: "digicert.enroll", count: people)
        try await gateway.sandbox.set(connector, ["disobey": ["forgets-orders"]])
        try await gateway.sandbox.order(fault, of: "digicert.orders", count: 1_000_000)
        let run = try await gateway.certway(["run", "--once", "--wait", "8"], timeLimit: 120)
        #expect(!run.wasKilled, "the search does not end")
        #expect(try await gateway.sandbox.calls("faults.\(fault)") > 0)
        #expect(try await gateway.sandbox.orders(connector).count == people, "bought again: \(run.errors)")
        try await gateway.sandbox.order("none", of: "digicert.orders")
        try await gateway.sandbox.set(connector, ["disobey": []])
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(people), "\(run.errors)")
    }
}
