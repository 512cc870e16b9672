// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing
import ThrowAwayServers

/// A clock that jumps proves nothing about what a CA has taken.
@Suite(.timeLimit(.minutes(5))) struct ClockTests {
    private static let connector = "digicert-certcentral"
    private let people = 3

    /// Every answer to an order is lost, and the CA's lists do not show the orders yet.
    private func gateway() async throws -> GatewayUnderTest {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", Self.connector]),
            absenceIsSureAfter: "10m")
        try await gateway.sandbox.order("cut-after", of: "digicert.enroll", count: people)
        try await gateway.sandbox.set(Self.connector, ["disobey": ["forgets-orders"]])
        return gateway
    }

    /// When the newest event of the ledger happened by the gateway's own clock: without this nothing would be proved.
    private func newestEvent(_ gateway: GatewayUnderTest) async throws -> Date {
        let order = try await gateway.certway(["order", "list", "--output", "json"]).json[0]
        let reference = try #require(order?["reference"]?.string)
        let timeline = try await gateway.certway(["order", "show", reference, "--output", "json"]).json
        let times = timeline["events"]?.array?.compactMap { $0["at"]?.string } ?? []
        return try #require(times.compactMap { try? Date($0, strategy: .iso8601) }.max(), "\(timeline.text)")
    }

    /// The clock jumps over the time after which absence would be sure, or back, between a lost answer and the search.
    @Test(arguments: [7200, -7200])
    func betweenLostAnswerAndSearch(seconds: Int) async throws {
        let gateway = try await gateway()
        let clock = try await GatewayClock()
        let jumped = clock.moved(by: seconds)
        // Set back, an order's next step would lie two hours ahead: there the order is placed in the future.
        let (before, after) = seconds > 0 ? ([:], jumped) : (clock.moved(by: -seconds), [:])
        try await gateway.certway(["run", "--once"], environment: before)
        #expect(try await gateway.sandbox.orders(Self.connector).count == people)
        #expect(try await gateway.sandbox.calls("faults.cut-after") == people)
        let placed = try await newestEvent(gateway)
        for _ in 0..<2 {
            try await gateway.retryAll(after)
            let searches = try await gateway.sandbox.calls("digicert.orders")
            try await gateway.certway(["run", "--once", "--wait", "3"], environment: after)
            #expect(try await gateway.sandbox.calls("digicert.orders") > searches, "nobody has searched")
            #expect(try await gateway.sandbox.orders(Self.connector).count == people, "bought again")
        }
        let searched = try await newestEvent(gateway)
        let apart = seconds > 0 ? searched.timeIntervalSince(placed) : placed.timeIntervalSinceNow
        #expect(apart > 3600, "the clock has not moved")
        try await gateway.sandbox.set(Self.connector, ["disobey": []])
        for _ in 0..<3 {
            try await gateway.retryAll(after)
            let run = try await gateway.certway(
                ["run", "--once", "--wait", "60", "--output", "json"], environment: after)
            if try run.json["orders"]?["active"]?.int == people { break }
        }
        #expect(try await Outcome.of(gateway) == .complete(people))
    }

    /// Microsoft's clock says that this one is wrong: what the calendar would renew and end waits, and goes on by itself.
    @Test(arguments: [400, -400])
    func farFromMicrosofts(days: Int) async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", Self.connector]))
        try await gateway.finish()
        #expect(try await gateway.sandbox.orders(Self.connector).count == people)
        try await gateway.sandbox.join("Nora")
        let wrong = try await GatewayClock().moved(by: days * 86_400)
        // Whole days, rounded up, and the sandbox's answer is a moment older.
        let sentence = "days \(days > 0 ? "ahead of" : "behind") Microsoft's: nothing is ordered and nothing ended"
        let pass = try await gateway.certway(["run", "--once", "--wait", "5"], environment: wrong)
        #expect(pass.status == 4 && pass.errors.contains(sentence), "\(pass.status) \(pass.errors)")
        let doctor = try await gateway.certway(["doctor"], environment: wrong)
        #expect(doctor.status != 0 && doctor.output.contains(sentence), "\(doctor.output)")
        // By that clock the certificate is over, and another one could be ordered by a command.
        let reference = try await gateway.certway(["order", "list", "--all", "--output", "json"]).json[0]?["reference"]?
            .string
        let again = try await gateway.certway(["order", "again", try #require(reference)], environment: wrong)
        #expect(again.status != 0 && again.errors.contains(sentence), "\(again.status) \(again.errors)")
        #expect(try await gateway.sandbox.orders(Self.connector).count == people)
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(people + 1))
        #expect(try await gateway.certway(["doctor"]).output.contains("agrees with Microsoft's"))
    }

    /// Nothing follows from a wrong time: no key leaves the devices, no grace is over, nothing is revoked early, not even once the clock is
    /// right again; by passes and by the service.
    @Test(arguments: [400, -400], [false, true])
    func nothingFollowsFromAWrongTime(days: Int, isServing: Bool) async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "3", "--only", "tenant", "--only", Self.connector]), keyType: "p256"
        ) { $0.replacing("    key: p256", with: "    key: p256\n    keyHistory: 30d") }
        try await gateway.finish()
        func records() async throws -> Set<String> {
            Set(try await gateway.sandbox.control("/control/pfx")["pfx"]?.array?.compactMap { $0["id"]?.string } ?? [])
        }
        // One has a key that is there for old mail alone: of all keys that end by the calendar, it is the first.
        let everybody = try await gateway.sandbox.control("/control/people")["people"]?.array ?? []
        let renamed = try #require(everybody.first?["id"]?.string)
        let change: JSONValue = [
            "action": "change", "person": .string(renamed),
            "properties": ["mail": "newname@sandbox.example", "proxyAddresses": ["SMTP:newname@sandbox.example"]],
        ]
        try await gateway.sandbox.control("/control/people", method: "POST", body: change.text)
        try await gateway.finish()
        let (before, stages) = (try await records(), try await gateway.stages())
        try #require(before.count == 4 && stages == ["active": 3, "superseded": 1], "\(before) \(stages)")
        let certificates = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        let serial = try #require(certificates.first?["serialNumber"]?.string)
        let asked = try await gateway.certway(
            ["certificate", "revoke", serial, "--reason", "superseded", "--because", "later", "--in", "240h"])
        #expect(asked.status == 0, "\(asked.errors)")
        let leaver = try #require(
            everybody.first { $0["userPrincipalName"] == certificates.last?["userPrincipalName"] }?["id"]?.string)
        try await gateway.sandbox.control(
            "/control/people", method: "POST",
            body: JSONValue.object(["action": "leave", "person": .string(leaver)]).text)
        let wrong = try await GatewayClock().moved(by: days * 86_400)
        if isServing {
            let service = try await gateway.start(["serve"], environment: wrong)
            try await gateway.wait(beside: service) {
                try String(contentsOfFile: gateway.folder.path("service.err"), encoding: .utf8).contains(
                    "Microsoft's: nothing is ordered")
            }
            try await Task.sleep(for: .seconds(8))
            try await gateway.stop(service)
        } else {
            for command in [["plan"], ["run", "--once", "--wait", "5"]] {
                let run = try await gateway.certway(command, environment: wrong)
                #expect(run.status != 0 && run.errors.contains("Microsoft's: nothing is ordered"), "\(run.errors)")
            }
        }
        for _ in 0..<2 {
            let after = try await gateway.certway(["run", "--once", "--wait", "5"])
            #expect(after.status == 0, "\(after.errors)")
            #expect(try await records() == before)
            #expect(try await gateway.stages() == stages)
        }
        #expect(try await gateway.sandbox.orders(Self.connector).count == 4)
    }

    /// A service that begins with a clock far ahead takes nothing for too old to be told.
    @Test func whatWaitsToBeToldWaitsOn() async throws {
        let nobody = try FreePort.find()
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "2", "--only", "tenant", "--only", Self.connector]), keyType: "p256"
        ) {
            $0 + """

                notifications:
                  from: certway@sandbox.example
                  events: [{event: digest, send: false}]
                  smtp: {server: "127.0.0.1:\(nobody)"}

                """
        }
        try await gateway.finish()
        func waiting() async throws -> Int {
            try await gateway.certway(["notification", "pending", "--state", "waiting", "--all", "--output", "json"])
                .json.array?.count ?? 0
        }
        let before = try await waiting()
        try #require(before == 2)
        let service = try await gateway.start(
            ["serve"], environment: try await GatewayClock().moved(by: 400 * 86_400))
        try await gateway.wait(beside: service) {
            try await gateway.serviceSays("Microsoft's: nothing is ordered")
        }
        try await Task.sleep(for: .seconds(5))
        try await gateway.stop(service)
        #expect(try await waiting() == before)
    }

    /// A jump between a lost answer and the search while the service runs.
    @Test func underARunningService() async throws {
        let gateway = try await gateway()
        let (file, clock) = (gateway.folder.path("clock"), try await GatewayClock())
        let service = try await gateway.start(["serve"], environment: clock.movable(file))
        try await gateway.wait(beside: service) {
            try await gateway.sandbox.orders(Self.connector).count == people
        }
        try GatewayClock.move(file, by: 7200)
        let jumped = clock.moved(by: 7200)
        for _ in 0..<2 {
            let before = try await gateway.sandbox.calls("digicert.orders")
            try await gateway.retryAll(jumped)
            try await gateway.wait(beside: service) {
                try await gateway.sandbox.calls("digicert.orders") >= before + people
            }
        }
        #expect(try await gateway.sandbox.orders(Self.connector).count == people, "bought again")
        #expect(try await newestEvent(gateway) > Date() + 3600, "the clock has not moved")
        try await gateway.sandbox.set(Self.connector, ["disobey": []])
        try await gateway.retryAll(jumped)
        try await gateway.wait(beside: service) { try await gateway.stages() == ["active": people] }
        try await gateway.stop(service)
        #expect(try await Outcome.of(gateway) == .complete(people))
    }
}
