// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// An older copy of the database comes back: what was ordered since is not ordered again without a person's word.
@Suite struct OlderDatabaseTests {
    private func gateway() async throws -> GatewayUnderTest {
        try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "2"]))
    }

    private func ordersAtCA(_ gateway: GatewayUnderTest) async throws -> Int? {
        try await gateway.sandbox.control("/control/orders")["orders"]?.array?.count
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
        try await expectNothingNew(gateway, hasMark ? "2 have left" : "Intune holds certificate")
        #expect(try await gateway.certway(["restore", "accept"]).status == 0)
        let after = try await gateway.finish()
        #expect(after.status == 0, "\(after.errors)")
        #expect(try await ordersAtCA(gateway) == 4)
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
        #expect(try await gateway.serviceSays("it is an older copy; nothing new is ordered"))
        #expect(try await ordersAtCA(gateway) == 2)
        service.signal(SIGTERM)
        #expect(await service.end().status == 0)
        #expect(try await ordersAtCA(gateway) == 2)
    }
}
