// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// An older copy of the database comes back where the CA cannot be asked what it has: what was ordered since is not ordered again
/// without a person's word.
@Suite struct OlderDatabaseTests {
    private func gateway() async throws -> GatewayUnderTest {
        try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "2", "--only", "tenant", "--only", "adcs"]), connector: "adcs")
    }

    private func ordersAtCA(_ gateway: GatewayUnderTest) async throws -> Int? {
        try await gateway.sandbox.orders("adcs").count
    }

    /// The files of the database, as a backup has them while nothing runs.
    private func files(_ gateway: GatewayUnderTest) -> [String: Data?] {
        Dictionary(
            uniqueKeysWithValues: ["", "-wal", "-shm"].map { end in
                (gateway.database + end, FileManager.default.contents(atPath: gateway.database + end))
            })
    }

    private func restore(_ files: [String: Data?]) throws {
        for (path, content) in files {
            try? FileManager.default.removeItem(atPath: path)
            guard let content else { continue }
            try content.write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    private func expectNothingNew(_ gateway: GatewayUnderTest, _ sign: String) async throws {
        let run = try await gateway.certway(["run", "--once"])
        #expect(run.status == 4)
        #expect(run.errors.contains(sign) && run.errors.contains("certway restore accept"), "\(run.errors)")
        let plan = try await gateway.certway(["plan"])
        #expect(plan.status == 4 && plan.errors.contains(sign), "\(plan.errors)")
        #expect(plan.errors.contains("certway restore accept") && !plan.output.contains("places"), "\(plan.output)")
        #expect(try await ordersAtCA(gateway) == 2)
        // Nor is anybody promised the next pass, by those who ask neither the tenant nor a CA.
        let people = try await gateway.certway(["people", "list", "--output", "json"])
        let reasons = try people.json["people"]?.array?.compactMap { $0["reason"]?.string } ?? []
        #expect(reasons.count == 2 && reasons.allSatisfy { $0.contains("certway restore accept") }, "\(people.output)")
        let why = try await gateway.certway([
            "why", try #require(people.json["people"]?[0]?["userPrincipalName"]?.string),
        ])
        #expect(why.output.contains("certway restore accept") && !why.output.contains("next pass"), "\(why.output)")
    }

    /// How many there are is said, and which.
    private func expectForgotten(_ gateway: GatewayUnderTest, _ count: Int, areAccepted: Bool) async throws {
        let doctor = try await gateway.certway(["doctor"])
        #expect(doctor.output.contains("certway restore list") == (count > 0), "\(doctor.output)")
        if count > 0 { #expect(doctor.output.contains("Intune holds \(count) certificates"), "\(doctor.output)") }
        let list = try await gateway.certway(["restore", "list", "--output", "json"])
        let entries = try list.json.array ?? []
        #expect(list.status == 0 && entries.count == count, "\(list)")
        let accepted = entries.allSatisfy { $0["accepted"]?.bool == areAccepted }
        #expect(accepted && entries.allSatisfy { $0["thumbprint"]?.string?.count == 40 })
    }

    /// - Parameter hasMark: whether the number beside the database has survived; without it Intune tells.
    @Test(arguments: [true, false])
    func nothingNewIsOrderedUntilAPersonConsents(hasMark: Bool) async throws {
        let gateway = try await gateway()
        let copy = files(gateway)
        try await gateway.finish()
        #expect(try await ordersAtCA(gateway) == 2)
        try restore(copy)
        if !hasMark { try FileManager.default.removeItem(atPath: "\(gateway.home)/certway.submissions") }
        try await expectNothingNew(gateway, hasMark ? "2 have left" : "was put in its place")
        try await expectForgotten(gateway, 2, areAccepted: false)
        #expect(try await gateway.certway(["restore", "accept"]).status == 0)
        try await expectForgotten(gateway, 2, areAccepted: true)
        let after = try await gateway.finish()
        #expect(after.status == 0, "\(after.errors)")
        #expect(try await ordersAtCA(gateway) == 4)
        // What was ordered once more is known; the first ones stay where they are.
        try await expectForgotten(gateway, 2, areAccepted: true)
    }

    /// The copy has the orders already and does not know that they have left since.
    @Test func whatTheCopyHasPlannedDoesNotLeaveEither() async throws {
        let gateway = try await gateway()
        let killed = try await gateway.certway(["run", "--once"], environment: ["CERTWAY_KILL_AT": "planned"])
        #expect(killed.wasKilled)
        let copy = files(gateway)
        try await gateway.finish()
        #expect(try await ordersAtCA(gateway) == 2)
        try restore(copy)
        try await expectNothingNew(gateway, "older copy")
    }

    @Test func theServiceWaitsToo() async throws {
        let gateway = try await gateway()
        let copy = files(gateway)
        try await gateway.finish()
        try restore(copy)
        let service = try await gateway.start(["serve"])
        #expect(try await gateway.serviceSays("it is an older copy: what was ordered since would be bought again"))
        #expect(try await ordersAtCA(gateway) == 2)
        service.signal(SIGTERM)
        #expect(await service.end().status == 0)
        #expect(try await ordersAtCA(gateway) == 2)
    }

    /// Nobody has verified or exported the trail between: the next command notices it all the same.
    @Test func theNextCommandNoticesAnOlderTrail() async throws {
        let gateway = try await gateway()
        #expect(try await gateway.certway(["order", "list"]).errors == "")
        let before = files(gateway)
        try await gateway.reconfigure { $0.replacing("ordersPerRun: 100000", with: "ordersPerRun: 77") }
        try restore(before)
        let run = try await gateway.certway(["order", "list"])
        #expect(run.status == 0)
        #expect(run.errors.contains("audit trail") && run.errors.contains("certway audit verify"), "\(run.errors)")
    }
}
