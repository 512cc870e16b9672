// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The service while it serves: what it is told, what it says, and what it does not do by itself.
@Suite struct ConsentTests {
    private func pfx(_ gateway: GatewayUnderTest) async throws -> Int? {
        try await gateway.sandbox.control("/control/pfx")["pfx"]?.array?.count
    }

    private func becomes(_ count: Int, _ gateway: GatewayUnderTest) async throws -> Bool {
        for _ in 0..<300 {
            if try await pfx(gateway) == count { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    @Test func aPlanOverTheLimitIsSaidOnceAndWaitsForConsent() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "4"])) {
            $0.replacing("ordersPerRun: 100000", with: "ordersPerRun: 3")
        }
        let service = try await gateway.start(["serve"])
        let sentence = "the plan has 4 new orders"
        #expect(try await gateway.serviceSays(sentence))
        // The planner looks for a consent every second: a few times.
        try await Task.sleep(for: .seconds(3))
        #expect(try await gateway.sandbox.control("/control/orders")["orders"]?.array?.isEmpty == true)
        #expect(try gateway.serviceLog().ranges(of: sentence).count == 1)
        let unseen = try await gateway.certway(["plan", "approve"])
        #expect(unseen.status != 0 && unseen.errors.contains("'certway plan' shows it"), "\(unseen.errors)")
        #expect(try await gateway.certway(["plan"]).status == 0)
        #expect(try await gateway.certway(["plan", "approve"]).status == 0)
        #expect(try await becomes(4, gateway))
        service.signal(SIGTERM)
        #expect(await service.end().status == 0)
        #expect(try await Outcome.of(gateway) == .complete(4))
    }

    /// A changed configuration is in force without a restart, and the directory is looked at at once.
    @Test func aChangedConfigurationIsInForce() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "4"])) {
            $0.replacing("ordersPerRun: 100000", with: "ordersPerRun: 3")
        }
        let service = try await gateway.start(["serve"])
        #expect(try await gateway.serviceSays("the plan has 4 new orders"))
        try await gateway.reconfigure { $0.replacing("ordersPerRun: 3", with: "ordersPerRun: 4") }
        #expect(try await becomes(4, gateway))
        service.signal(SIGTERM)
        #expect(await service.end().status == 0)
    }

    /// One pass at a CA that throttles: what it leaves is said, with the number of orders.
    @Test func whatAPassLeavesIsSaid() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "3"])) {
            $0.replacing("ordersPerRun: 100000", with: "ordersPerRun: 100000, concurrency: 1")
        }
        _ = try await gateway.sandbox.control(
            "/control/cas/digicert-certcentral", method: "POST", body: #"{"limit": {"requests": 1, "seconds": 600}}"#)
        let run = try await gateway.certway(["run", "--once"])
        #expect(run.status == 4)
        #expect(run.errors.contains("due and w") && run.errors.contains(" left to the next pass"), "\(run.errors)")
    }
}
