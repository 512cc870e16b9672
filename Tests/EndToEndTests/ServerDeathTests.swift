// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import ThrowAwayServers

/// The database goes away in the middle of the work, again and again: nothing is lost, nothing is bought twice, and the service goes on
/// by itself.
@Suite(.timeLimit(.minutes(TestSize.choose(10, full: 60)))) struct ServerDeathTests {
    /// What a worker had in hand when it lost the database waits for the end of its lease; in full, as it is.
    private static let shortLease = TestSize.isFull ? [:] : ["CERTWAY_TEST_LEASE": "6"]

    private func sandbox(_ people: Int, seed: UInt64) async throws -> SandboxProcess {
        try await SandboxProcess([
            "--users", "\(people)", "--hostile", "--seed", "\(seed)", "--only", "tenant", "--only",
            "digicert-certcentral",
        ])
    }

    /// Waits until everybody is done, and counts at the other side.
    private func expectAll(_ people: Int, _ gateway: GatewayUnderTest, _ service: ChildProcess) async throws {
        try await gateway.wait(beside: service) { try await gateway.stages() == ["active": people] }
        try await gateway.stop(service, within: 60)
        #expect(try await Outcome.of(gateway) == .complete(people))
        let ownership = try await OrderOwnership.read(gateway)
        #expect(ownership.problems == [] && ownership.orders == people, "\(ownership)")
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func theServerIsKilledWhilePeopleAreEnrolled(_ engine: ThrowAwayEngine) async throws {
        let (people, kills) = TestSize.choose((24, 3), full: (200, 50))
        let seed = TestSeed.choose("the moments of the kills", in: 1...999)
        var random = SeededGenerator(seed: seed)
        let server = try await ThrowAwayServer(engine)
        let gateway = try await GatewayUnderTest(
            sandbox: sandbox(people, seed: seed), store: StoreUnderTest(engine, on: server))
        let service = try await gateway.start(["serve"], environment: Self.shortLease)
        for kill in 0..<kills {
            // In the middle of the work, however fast the machine is.
            try await gateway.wait(beside: service) {
                try await gateway.sandbox.orders(gateway.connector).count >= people * kill / (kills + 1) + 1
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
            try await server.kill()
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...3000, using: &random)))
            try await server.start()
        }
        try await expectAll(people, gateway, service)
        try await server.end()
    }

    /// The COMMIT that was not heard, and the one whose confirmation was not.
    @Test(arguments: ThrowAwayEngine.allCases)
    func connectionsAreCutAtCommits(_ engine: ThrowAwayEngine) async throws {
        let (people, cuts) = TestSize.choose((16, 12), full: (100, 200))
        let proxy = try CuttingProxy(to: try await TestServers.shared(engine).port)
        let gateway = try await GatewayUnderTest(
            sandbox: sandbox(people, seed: 5), store: StoreUnderTest(engine, port: proxy.port, usesTLS: false))
        let service = try await gateway.start(["serve"], environment: Self.shortLease)
        // One that cannot begin says so and ends.
        try await gateway.wait(beside: service) { gateway.said.contains("serving") }
        for cut in 1...cuts {
            try await gateway.wait(beside: service) {
                try await gateway.sandbox.orders(gateway.connector).count >= people * (cut - 1) / (cuts + 1)
            }
            proxy.arm(cut.isMultiple(of: 2) ? .before : .after)
            // One after the other: a service at work commits all the time.
            try await gateway.wait(beside: service) { proxy.cuts >= cut }
        }
        try await expectAll(people, gateway, service)
    }
}
