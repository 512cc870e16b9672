// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What a CA says about waiting is heard within reason: nobody is made to hurry or to sleep, and no other CA waits with it.
@Suite(.timeLimit(.minutes(5))) struct RetryAfterTests {
    private static let enroll = "digicert.enroll"
    private static let past = "Wed, 21 Oct 2015 07:28:00 GMT"
    private static let haste = TestSize.choose(
        [("throttled", "0"), ("unavailable", past)],
        full: ["throttled", "unavailable"].flatMap { fault in ["0", "1", past, "soon"].map { (fault, $0) } })

    /// Events in the ledger, by the sqlite3 tool.
    private func events(_ gateway: GatewayUnderTest) async throws -> Int {
        Int(
            try await Tool.run(["sqlite3", gateway.database, "SELECT COUNT(*) FROM order_events"])
                .trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    /// A busy loop made hundreds of orders and rows here, and the pass never ended.
    @Test(arguments: haste)
    func nobodyHurries(fault: String, text: String) async throws {
        let people = 3
        let sandbox = try await SandboxProcess([
            "--users", "\(people)", "--only", "tenant", "--only", "digicert-certcentral",
        ])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        try await sandbox.order(fault, of: Self.enroll, count: 1_000_000, ["retryAfter": .string(text)])
        let run = try await gateway.certway(["run", "--once", "--wait", "8"], timeLimit: 120)
        #expect(!run.wasKilled, "the pass does not end")
        #expect(run.status == 4 && !run.errors.isEmpty, "\(run.status) \(run.output) \(run.errors)")
        let calls = try await sandbox.calls(Self.enroll)
        #expect(try await sandbox.calls("faults.\(fault)") == calls)
        #expect((1...people * 10).contains(calls), "\(calls) requests for \(people) orders")
        let events = try await events(gateway)
        #expect(events <= people * 15, "\(events) events for \(people) orders")
        try await sandbox.order("none", of: Self.enroll)
        for _ in 0..<3 where try await gateway.finish(within: 60).json["orders"]?["active"]?.int == people { break }
        #expect(try await Outcome.of(gateway) == .complete(people))
    }

    /// Ten years become a day, which somebody is told of; the other CA does its work meanwhile, a stop does not wait for
    /// it, and the day after all is well.
    @Test(arguments: TestSize.choose(["315360000"], full: ["3600", "315360000"]))
    func nobodySleepsWithAnother(text: String) async throws {
        let (people, other) = (2, "sectigo-scm")
        let sandbox = try await SandboxProcess([
            "--users", "\(people)", "--only", "tenant", "--only", "digicert-certcentral", "--only", other,
        ])
        let gateway = try await GatewayUnderTest(sandbox: sandbox, others: [other]) {
            sandbox.addTemplate("other", at: other, to: $0)
        }
        try await sandbox.order("throttled", of: Self.enroll, count: 99, ["retryAfter": .string(text)])
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) {
            let isThrottled = try await sandbox.calls("faults.throttled") > 0
            let stages = try await gateway.stages(other)
            // An hour is no alarm.
            let isTold = text == "3600" || gateway.said.contains("backend CA ca: ")
            return isThrottled && stages == ["active": people] && isTold
        }
        #expect(try await gateway.stages("ca")["active"] == nil)
        try await gateway.stop(service)
        #expect(try await sandbox.calls(Self.enroll) <= people, "asked again although told to wait")

        let pass = try await gateway.certway(["run", "--once"], timeLimit: 120)
        #expect(pass.status == 4 && pass.errors.contains(" at ca: "), "\(pass.status) \(pass.errors)")
        try await sandbox.order("none", of: Self.enroll)
        let clock = try await GatewayClock()
        let later = clock.moved(by: 25 * 3600)
        // The CA's clock has gone on as well: one that differs proves no absence.
        for operation in [Self.enroll, "digicert.orders", "digicert.orderInfo"] {
            try await sandbox.order("wrong-date", of: operation, count: 99, ["seconds": JSONValue(25 * 3600)])
        }
        let next = try await gateway.certway(["run", "--once", "--wait", "60"], environment: later, timeLimit: 120)
        #expect(next.status == 0, "\(next.errors)")
        var expected = Outcome.complete(2 * people)
        expected.ordersAtCA = people
        #expect(try await Outcome.of(gateway) == expected)
    }
}
