// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing
import ThrowAwayServers

/// The demo on a server that is there for it alone.
@Suite(.timeLimit(.minutes(10))) struct ServerDemoTests {
    @Test(arguments: ThrowAwayEngine.allCases) func twoGatewaysShareTheWork(_ engine: ThrowAwayEngine) async throws {
        let run = try await Run.certway([
            "demo", "--store", engine.rawValue, "--nodes", "2", "--users", "8", "--key", "p256", "--output", "json",
        ])
        #expect(run.status == 0, "\(run.errors)")
        let result = try run.json
        for key in ["users", "ordersAtCA", "issued", "delivered", "archived", "opened"] {
            #expect(result[key]?.int == 8, "\(key)")
        }
        #expect(result["store"]?.string == engine.rawValue && result["nodes"]?.int == 2, "\(result.text)")
        #expect(result["storeVersion"]?.string?.first?.isNumber == true, "\(result.text)")
        let byNode = result["ordersByNode"]?.object?.values.compactMap(\.int) ?? []
        #expect(byNode.reduce(0, +) == 8 && byNode.count <= 2, "\(result.text)")
    }

    /// Whoever interrupts it in the middle has no server, no folder and no process left.
    @Test func anInterruptedOneLeavesNothing() async throws {
        let (folder, log) = (try TemporaryFolder(), try TemporaryFolder())
        let demo = try await ChildProcess(
            BuiltPrograms.path("certway"),
            ["demo", "--store", "mariadb", "--nodes", "2", "--users", "60", "--output", "json"],
            environment: ["TMPDIR": folder.path], output: .file(log.path("out")), errors: .file(log.path("err")))
        func said() throws -> String { try String(contentsOfFile: log.path("err"), encoding: .utf8) }
        while case let text = try said(), !text.contains("orders planned") {
            try #require(demo.isRunning, "\(text)")
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count >= 2, "nothing to leave")
        demo.signal(SIGINT)
        let exit = await demo.end()
        #expect(!exit.wasKilled, "\(exit)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        let processes = try await Tool.run(["ps", "-eo", "args"])
        #expect(!processes.contains(folder.path), "\(processes)")
    }
}
