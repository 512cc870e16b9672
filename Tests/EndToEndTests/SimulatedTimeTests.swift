// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Sandbox and gateway share one clock, and nobody else's clock can be moved so.
@Suite(.timeLimit(.minutes(5))) struct SimulatedTimeTests {
    private static let connector = "digicert-certcentral"
    private static let start = "2031-06-01T06:00:00Z"

    private func sandbox(_ folder: TemporaryFolder) async throws -> SandboxProcess {
        try await SandboxProcess([
            "--users", "2", "--only", "tenant", "--only", Self.connector, "--start", Self.start, "--clock",
            folder.path("clock"),
        ])
    }

    /// When a certificate begins, as openssl reads it.
    private func start(_ pem: String) async throws -> String {
        let folder = try TemporaryFolder()
        return try await Run.tool(
            "openssl", ["x509", "-in", try folder.write(pem, to: "c.pem"), "-noout", "-startdate"]
        )
        .output
    }

    private func move(_ sandbox: SandboxProcess, _ body: JSONValue) async throws -> String {
        try await sandbox.control("/control/clock", method: "POST", body: body.text)["now"]?.string ?? ""
    }

    @Test func aJumpIsSeenByEverybody() async throws {
        let folder = try TemporaryFolder()
        let sandbox = try await sandbox(folder)
        let gateway = try await GatewayUnderTest(sandbox: sandbox, clock: folder.path("clock"))
        try await gateway.finish(within: 30)
        let certificates = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        try #require(certificates.count == 2)
        for order in try await sandbox.orders(Self.connector) {
            let start = try await start(order["certificates"]?[0]?["pem"]?.string ?? "")
            #expect(start.contains(" 2031 GMT"), "\(start)")
        }
        let reference = try #require(
            try await gateway.certway(["order", "list", "--output", "json"]).json[0]?["reference"]?.string)
        let timeline = try await gateway.certway(["order", "show", reference, "--output", "json"]).json
        let times = (timeline["events"]?.array ?? []).compactMap { $0["at"]?.string }
        #expect(!times.isEmpty && times.allSatisfy { $0.hasPrefix("2031-06-01T06:") }, "\(times)")
        // Nothing ends within two weeks, until a year less a week has passed.
        func expiring() async throws -> Int {
            try await gateway.certway(["certificate", "list", "--expiring-within", "14", "--output", "json"]).json
                .array?
                .count ?? 0
        }
        #expect(try await expiring() == 0)
        let end = try #require(certificates[0]["notAfter"]?.string.flatMap { try? Date($0, strategy: .iso8601) })
        let later = (end - 7 * 86_400).formatted(.iso8601)
        #expect(try await move(sandbox, ["set": .string(later)]).prefix(15) == later.prefix(15))
        #expect(try await expiring() == 2)
        // Tokens of before have ended, and new ones are fetched.
        let tokens = try await sandbox.calls("token")
        let run = try await gateway.finish(within: 5)
        #expect(try run.json["orders"] != nil, "\(run.errors)")
        #expect(try await sandbox.calls("token") > tokens)
        #expect(try await sandbox.control("/control/clock")["moved"] == true)
        #expect(try await !move(sandbox, ["resume": true]).hasPrefix("203"))
        #expect(try await sandbox.control("/control/clock")["moved"] == false)
    }

    /// Neither is a real gateway's clock moved, nor does a simulated one come among real ones.
    @Test func onlyASimulationHasSuchAClock() async throws {
        let folder = try TemporaryFolder()
        let sandbox = try await sandbox(folder)
        let clock = folder.path("clock")
        let real = try await GatewayUnderTest(sandbox: sandbox)
        try FileManager.default.linkItem(atPath: clock, toPath: "\(real.home)/simulation.clock")
        for command in [["run", "--once"], ["order", "list"], ["apply", "-f", real.configuration]] {
            let run = try await real.certway(command)
            #expect(
                run.status == 3 && run.errors.contains("simulation.clock is the clock of a simulation"), "\(run.errors)"
            )
        }
        try FileManager.default.removeItem(atPath: "\(real.home)/simulation.clock")
        #expect(try await real.certway(["order", "list"]).status == 0)
        let simulated = try await GatewayUnderTest(sandbox: sandbox, clock: clock)
        try FileManager.default.removeItem(atPath: "\(simulated.home)/simulation.clock")
        let run = try await simulated.certway(["run", "--once"])
        #expect(run.status == 3 && run.errors.contains("is one of a simulation"), "\(run.errors)")
        #expect(
            FileManager.default.createFile(
                atPath: "\(simulated.home)/simulation.clock", contents: Data("not a clock".utf8),
                attributes: [.posixPermissions: 0o600]))
        let broken = try await simulated.certway(["run", "--once"])
        #expect(broken.status == 3 && broken.errors.contains("it is no clock of a simulation"), "\(broken.errors)")
        let refused = try await Run.program(
            BuiltPrograms.path("certway-sandbox"), ["serve", "--start", "tomorrow"], timeLimit: 20)
        #expect(refused.status == 2 && refused.errors.contains("--start: found \"tomorrow\""), "\(refused.errors)")
    }
}
