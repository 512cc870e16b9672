// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// The running service: it stops when told, hears what was decided and mended beside it, and one order never keeps another
/// waiting.
@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
    private static let connector = "digicert-certcentral"

    private func sandbox(_ people: Int) async throws -> SandboxProcess {
        try await SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", Self.connector])
    }

    /// Five orders wait for the rate limit when SIGTERM comes: the process ends, and none of them is in doubt.
    @Test func stopsWhileOrdersWaitForTheLimit() async throws {
        let sandbox = try await sandbox(6)
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0.replacing(#""limits":[]"#, with: #""limits":[{"requests":2,"per":"300s"}]"#)
        }
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) {
            let (calls, stages) = (try await sandbox.calls("digicert."), try await gateway.stages())
            return calls > 0 && stages["keyed", default: 0] >= 5
        }
        try await gateway.stop(service)
        // A question whether the key is accepted, and one order.
        #expect(try await sandbox.calls("digicert.") == 2, "the limit was not kept")
        let (atCA, stages) = (try await sandbox.orders(Self.connector).count, try await gateway.stages())
        #expect(stages["submitted", default: 0] <= atCA, "in doubt although nothing had left: \(stages)")
    }

    /// The CA does not answer when SIGTERM comes: the process does not wait for it, and in doubt is only what has left.
    @Test func stopsWhileTheCADoesNotAnswer() async throws {
        let people = 4
        let sandbox = try await sandbox(1)
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0.replacing("limits: {", with: "limits: {concurrency: 2, ")
        }
        // The first order of a CA goes alone; it is not what this is about.
        try await gateway.finish()
        for name in ["Zoe", "Yves", "Xenia"] { try await sandbox.join(name) }
        try await sandbox.order("delay", of: "digicert.enroll", count: 2, ["milliseconds": 15_000])
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { try await sandbox.calls("faults.delay") == 2 }
        try await gateway.stop(service)
        let (orders, calls) = (try await sandbox.orders(Self.connector), try await sandbox.calls("digicert.enroll"))
        #expect(orders.count == 1, "it has waited for the answer")
        let stages = try await gateway.stages()
        #expect(calls == 3 && stages["submitted"] == 2, "\(calls) calls, \(stages)")
        // The CA takes them all the same, later.
        while try await sandbox.orders(Self.connector).count < 3 { try await Task.sleep(for: .milliseconds(100)) }
        for _ in 0..<3 where try await gateway.finish(within: 60).json["orders"]?["active"]?.int == people { break }
        #expect(try await Outcome.of(gateway) == .complete(people))
    }

    /// One answer takes half a minute; four other orders at the same CA are asked for again and again meanwhile.
    @Test func aSlowCallKeepsNobodyUnpolled() async throws {
        // With one more, a newcomer's order would wait until the first certificate of the CA is accepted.
        let sandbox = try await sandbox(4)
        try await sandbox.set(Self.connector, ["manualApproval": true])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        try await gateway.pass { try await gateway.stages() == ["pending": 4] }
        #expect(try await gateway.stages() == ["pending": 4])

        try await sandbox.order("delay", of: "digicert.enroll", ["milliseconds": 30_000])
        try await sandbox.join("Zoe")
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { try await sandbox.calls("faults.delay") == 1 }
        let polls = try await sandbox.calls("digicert.orderInfo")
        // The fifth order is there once the slow call is over.
        try await gateway.wait(beside: service) {
            try #require(try await sandbox.orders(Self.connector).count == 4, "nobody was asked for meanwhile")
            return try await sandbox.calls("digicert.orderInfo") >= polls + 10
        }
        try await gateway.stop(service)
    }

    /// What keeps orders from moving is told by the service, too, though nobody waits for its end.
    @Test func aCAThatIsGoneIsTold() async throws {
        let sandbox = try await sandbox(1)
        let endpoint = sandbox.text("cas", Self.connector, "endpoint")
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0.replacing(endpoint, with: "http://127.0.0.1:1/services/v2")
        }
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { gateway.said.contains(/order cw-.* 127\.0\.0\.1:1/) }
        try await gateway.stop(service)
    }

    /// A plan over the limit waits, and a person consents while the service runs.
    @Test func aPlanIsApprovedBesideIt() async throws {
        let people = 4
        let sandbox = try await sandbox(people)
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0.replacing("ordersPerRun: 100000", with: "ordersPerRun: 3")
        }
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { gateway.said.contains("certway plan approve") }
        #expect(try await sandbox.orders(Self.connector).isEmpty)
        #expect(try await gateway.certway(["plan"]).status == 0)
        let approved = try await gateway.certway(["plan", "approve"])
        #expect(approved.status == 0, "\(approved.errors)")
        try await gateway.wait(beside: service) { try await gateway.stages() == ["active": people] }
        #expect(gateway.said.contains("has consented to \(people) new orders"), "\(gateway.said)")
        // The consent is used up: the next four wait again.
        for name in ["Zoe", "Yves", "Xenia", "Wanda"] { try await sandbox.join(name) }
        try await gateway.reconfigure { $0.replacing("ordersPerRun: 3", with: "ordersPerRun: 2") }
        let said = gateway.said.count
        try await gateway.wait(beside: service) { gateway.said.dropFirst(said).contains("certway plan approve") }
        #expect(try await sandbox.orders(Self.connector).count == people)
        try await gateway.stop(service)
        #expect(try await Outcome.of(gateway) == .complete(people))
    }

    /// A secret that was wrong is mended while the service runs: it is read again, and nobody has to start anything anew.
    @Test func aCorrectedSecretIsRead() async throws {
        let people = 2
        let sandbox = try await sandbox(people)
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        let file = gateway.folder.path("apiKey")
        let right = try String(contentsOfFile: file, encoding: .utf8)
        try gateway.folder.write("not-the-key", to: "apiKey")
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { gateway.said.contains("backend CA ca: ") }
        #expect(gateway.said.contains("access_denied_invalid_key"), "\(gateway.said)")
        #expect(try await sandbox.orders(Self.connector).isEmpty)

        try gateway.folder.write(right, to: "apiKey")
        // Who mends something does not want to wait for the next try; this wakes the service.
        try await gateway.retryAll()
        try await gateway.wait(beside: service) { try await gateway.stages() == ["active": people] }
        try await gateway.stop(service)
        #expect(try await Outcome.of(gateway) == .complete(people))
    }
}
