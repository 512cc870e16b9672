// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import ThrowAwayServers

/// Several gateways on one server, with clocks that differ, while one is killed and one stands still for longer than its leases:
/// exactly one order for each person.
@Suite(.timeLimit(.minutes(TestSize.choose(5, full: 60)))) struct SeveralNodesTests {
    /// Of the copies that the test runs, in seconds; in full, as it is.
    private static let lease = TestSize.isFull ? 300 : 6

    @Test(arguments: ThrowAwayEngine.allCases, TestSize.choose([2], full: [2, 4]))
    func exactlyOneOrderForEach(_ engine: ThrowAwayEngine, nodes: Int) async throws {
        for seed in TestSeed.each("the hostile sandbox", of: TestSize.choose([3], full: [1, 2, 3, 4, 5])) {
            try await enroll(TestSize.choose(40, full: 300), engine, nodes: nodes, seed: seed)
        }
    }

    private func enroll(_ people: Int, _ engine: ThrowAwayEngine, nodes: Int, seed: UInt64) async throws {
        let store = try await StoreUnderTest(engine)
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "\(people)", "--hostile", "--seed", "\(seed)", "--only", "tenant", "--only",
                "digicert-certcentral",
            ]), store: store
        ) { $0.replacing("- name: smime\n", with: "- name: smime\n    enabled: false\n") }
        let clock = try await GatewayClock()
        var services: [ChildProcess] = []
        func start(_ node: Int) async throws -> ChildProcess {
            // The first lives now, the others five minutes before or after it.
            var environment = node == 1 ? [:] : clock.moved(by: node.isMultiple(of: 2) ? 300 : -300)
            if !TestSize.isFull { environment["CERTWAY_TEST_LEASE"] = "\(Self.lease)" }
            return try await gateway.start(["serve"], node: node, environment: environment)
        }
        for node in 1...nodes {
            if node > 1 { try gateway.addNode(node) }
            services.append(try await start(node))
        }
        try await gateway.wait(beside: services[0]) {
            (1...nodes).allSatisfy { gateway.said(by: $0).contains("serving") }
        }
        try await gateway.reconfigure { $0.replacing("    enabled: false\n", with: "") }
        func atCA() async throws -> Int { try await gateway.sandbox.orders(gateway.connector).count }
        try await gateway.wait(beside: services[0]) { try await atCA() >= people / 8 }
        // The last is killed in the middle of the work and comes back; then the first stands still for longer than its leases.
        services[nodes - 1].signal(SIGKILL)
        #expect(await services[nodes - 1].end().wasKilled)
        services[nodes - 1] = try await start(nodes)
        services[0].signal(SIGSTOP)
        try await Task.sleep(for: .seconds(Self.lease + 5))
        services[0].signal(SIGCONT)
        try await gateway.wait(beside: services[0]) { try await gateway.stages() == ["active": people] }
        for (index, service) in services.enumerated() { try await gateway.stop(service, node: index + 1, within: 60) }
        let outcome = try await Outcome.of(gateway)
        let orders = try await gateway.sandbox.orders(gateway.connector).compactMap { $0["reference"]?.string }
        let doubled = Dictionary(grouping: orders) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        #expect(outcome == .complete(people), "seed \(seed): \(outcome), twice: \(doubled)")
        let ownership = try await OrderOwnership.read(gateway)
        #expect(ownership.problems == [] && ownership.orders == people, "seed \(seed): \(ownership)")
        // Otherwise nothing of it was tried.
        #expect(ownership.nodes.count == nodes && ownership.handovers > 0, "seed \(seed): \(ownership)")
        print("\(engine.rawValue), \(nodes) nodes, seed \(seed): \(ownership)")
        #expect(try await gateway.certway(["node", "list", "--output", "json"]).json == [], "they have left")
    }

    /// What the judge finds, on timelines of which some are wrong.
    @Test func twoOwnersAtOnceAreFound() {
        func events(_ rows: [(String?, Int?)]) -> [OrderOwnership.Event] {
            [OrderOwnership.Event(order: 1, number: 1, kind: "planned", node: "a", fence: nil)]
                + rows.enumerated().map { index, row in
                    OrderOwnership.Event(order: 1, number: index + 2, kind: "keyed", node: row.0, fence: row.1)
                }
        }
        let good = OrderOwnership(events([("a", 1), ("a", 1), ("b", 2), ("a", 3)]))
        #expect(good.problems == [] && good.handovers == 2 && good.nodes == ["a", "b"] && good.orders == 1)
        for rows in [
            [("a", 1), ("b", 2), ("a", 1)], [("a", 1), ("b", 1)], [("a", 1), (nil, nil)], [("a", nil)], [(nil, 1)],
        ] as [[(String?, Int?)]] {
            #expect(OrderOwnership(events(rows)).problems.count == 1, "\(rows)")
        }
        #expect(OrderOwnership(events([("a", 1), ("a", 1)]).filter { $0.number != 2 }).problems.count == 1, "a gap")
    }

    /// A copied folder has the name of the first, and would give back what that one has in hand.
    @Test func aCopiedFolderIsRefusedAndARestartIsNot() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]),
            store: StoreUnderTest(.mariadb))
        var service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { gateway.said.contains("serving") }
        try FileManager.default.copyItem(atPath: gateway.home, toPath: "\(gateway.home)-2")
        let copy = try await gateway.start(["serve"], node: 2)
        #expect(await copy.end().status == 1)
        #expect(gateway.said(by: 2).contains("delete \(gateway.home)-2/node.id"), "\(gateway.said(by: 2))")
        service.signal(SIGKILL)
        #expect(await service.end().wasKilled)
        service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { gateway.said.contains("serving") }
        try await gateway.stop(service)
    }
}
