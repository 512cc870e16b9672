// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// New orders go to a second CA while the first takes none, through the built programs.
@Suite(.timeLimit(.minutes(10))) struct FailoverTests {
    private static let second = "sectigo-scm"

    @Test func newOrdersGoToTheSecondAndBack() async throws {
        let sandbox = try await SandboxProcess([
            "--users", "2", "--only", "tenant", "--only", "digicert-certcentral", "--only", Self.second,
        ])
        let product = sandbox.description["cas"]?[Self.second]?["products"]?[0]?.string ?? ""
        let gateway = try await GatewayUnderTest(sandbox: sandbox, others: [Self.second]) {
            $0.replacing(
                "    key: p256\n",
                with: "    key: p256\n    failover: {backendCA: \(Self.second), product: \"\(product)\", after: 2s}\n")
        }
        try await gateway.pass { try await gateway.stages("ca") == ["active": 2] }
        let key = try String(contentsOfFile: gateway.folder.path("apiKey"), encoding: .utf8)
        try gateway.folder.write("refused", to: "apiKey")
        let noticed = try await gateway.finish(within: 1)
        #expect(
            try noticed.json["waiting"]?.array?.contains { $0.string?.contains("takes no orders since") == true }
                == true)
        try await Task.sleep(for: .seconds(3))
        try await sandbox.join("Zoe")
        try await gateway.pass { try await gateway.stages(Self.second) == ["active": 1] }
        #expect(try await gateway.stages(Self.second) == ["active": 1])
        #expect(try await gateway.stages("ca") == ["active": 2], "nothing was tried there")
        let doctor = try await gateway.certway(["doctor"])
        #expect(doctor.output.contains("new orders go to \(Self.second)"), "\(doctor.output)")
        let plan = try await gateway.certway(["plan", "--output", "json"])
        #expect(try plan.json["waiting"]?.array?.contains { $0.string?.contains("new orders go to") == true } == true)
        let people = try await gateway.certway(["people", "list", "--concern", "failedOver", "--output", "json"])
        #expect(
            try people.json["people"]?.array?.map { $0["userPrincipalName"]?.string } == ["zoe@sandbox.example"],
            "\(people.output)")

        try gateway.folder.write(key, to: "apiKey")
        try await gateway.finish(within: 1)
        try await Task.sleep(for: .seconds(1))
        try await sandbox.join("Max")
        try await gateway.pass { try await gateway.stages("ca")["active"] == 3 }
        #expect(try await gateway.stages("ca") == ["active": 3])
        #expect(try await sandbox.orders("digicert-certcentral").count == 3)
        #expect(try await sandbox.orders(Self.second).count == 1)
        #expect(try await gateway.finish(within: 5).json["planned"]?.int == 0, "nobody is moved back")
    }
}
