// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport
import Testing

/// Order numbers side by side beyond 2^53, where a double cannot tell neighbours apart.
@Suite(.timeLimit(.minutes(5))) struct WideNumberTests {
    /// Two below 2^53.
    private static let first = 9_007_199_254_740_990

    @Test(arguments: TestSize.choose(["digicert-certcentral"], full: ["digicert-certcentral", "sectigo-scm", "adcs"]))
    func everybodyGetsTheirOwn(connector: String) async throws {
        // More would wait until the first certificate of the CA is accepted.
        let people = 5
        let gateway = try await gateway(connector, people)
        try await gateway.pass { try await gateway.stages() == ["pending": people] }
        let waiting = try await gateway.sandbox.orders(connector)
        #expect(
            waiting.count == people && waiting.allSatisfy { $0["status"] == "pending" || $0["status"] == "processing" })
        try await gateway.sandbox.control(
            "/control/cas/\(connector)/orders/all", method: "POST", body: #"{"decision": "approve"}"#)
        let run = try await gateway.finish(within: 60)
        #expect(try await Outcome.of(gateway) == .complete(people), "\(run.errors)")
        // The judge has compared keys; here the CA's own view of whom each order is for.
        let ledger = try await gateway.certway(["order", "list", "--output", "json"]).json.array ?? []
        let ids = Set(ledger.compactMap { $0["caRequestID"]?.string })
        #expect(ids == Set((0..<people).map { "\(Self.first + $0)" }), "\(ids)")
    }

    /// The neighbour's order was cancelled here.
    @Test func theRightOneIsCancelled() async throws {
        let connector = "digicert-certcentral"
        let gateway = try await gateway(connector, 5)
        try await gateway.pass { try await gateway.stages() == ["pending": 5] }
        let ledger = try await gateway.certway(["order", "list", "--output", "json"]).json.array ?? []
        let victim = try #require(ledger.first { $0["caRequestID"] == "9007199254740993" }, "\(ledger)")
        let asked = try await gateway.certway(["order", "cancel", victim["reference"]?.string ?? ""])
        #expect(asked.status == 0, "\(asked.errors)")
        try await gateway.pass { try await gateway.stages()["cancelled"] == 1 }
        let cancelled = try await gateway.sandbox.orders(connector).filter { $0["status"] == "canceled" }
        #expect(cancelled.map { $0["reference"] } == [victim["reference"]])
    }

    private func gateway(_ connector: String, _ people: Int) async throws -> GatewayUnderTest {
        let sandbox = try await SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", connector])
        try await sandbox.set(connector, ["firstOrderID": .string("\(Self.first)"), "manualApproval": true])
        return try await GatewayUnderTest(sandbox: sandbox, connector: connector)
    }
}
