// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import StoreSQLite
import TestSupport
import Testing

/// SIGKILL in the middle of commits: what was acknowledged is there, and nothing is half there.
@Suite struct KillTests {
    private static let variable = "CERTWAY_TEST_VICTIM"

    /// Not a test of its own: the process that is killed runs it. It prints the reference of each order that is committed.
    @Test(.enabled(if: ProcessInfo.processInfo.environment[variable] != nil)) func victim() async throws {
        let path = try #require(ProcessInfo.processInfo.environment[Self.variable])
        let database = try SQLiteDatabase(path: path)
        try await Migrator(OrderLedger.migrations).migrate(database)
        let ledger = OrderLedger(database: database)
        let life = UUID().uuidString
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<16 {
                group.addTask {
                    for number in 0..<100_000 {
                        do {
                            let order = try await ledger.plan(.sample("\(life)-\(worker)-\(number)"))
                            FileHandle.standardOutput.write(Data("committed \(order.reference)\n".utf8))
                        } catch { return }
                    }
                }
            }
        }
    }

    @Test(.disabled(if: ProcessInfo.processInfo.environment[variable] != nil)) func acknowledgedOrdersSurvive()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path + "/certway.db"
        var acknowledged: Set<String> = []
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5 {
            let (process, output) = try Tool.start(
                "/proc/self/exe", Self.arguments, environment: [Self.variable: path])
            let lines = 1 + Int.random(in: 0..<300, using: &generator)
            var text = ""
            while text.count(where: { $0 == "\n" }) < lines {
                let data = output.availableData
                if data.isEmpty { break }
                text += String(decoding: data, as: UTF8.self)
            }
            kill(process.processIdentifier, SIGKILL)
            text += String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            acknowledged.formUnion(text.matches(of: /committed (cw-\S{20})\n/).map { String($0.1) })
        }
        #expect(acknowledged.count > 5)

        let database = try SQLiteDatabase(path: path)
        let ledger = OrderLedger(database: database)
        let orders = try await ledger.orders(OrderFilter(limit: 1_000_000))
        #expect(acknowledged.isSubset(of: orders.map(\.reference)))
        let events: Int? = try await database.read { try $0.value("SELECT COUNT(*) FROM order_events") }
        #expect(events == orders.count)
        _ = try await ledger.plan(.sample("after"))
        await database.close()
        try Tool.judge(path)
    }

    @Test(.disabled(if: ProcessInfo.processInfo.environment[variable] != nil)) func manyProcessesMayStartAtOnce()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path + "/certway.db"
        let started = try (0..<4).map { _ in
            try Tool.start("/proc/self/exe", Self.arguments, environment: [Self.variable: path])
        }
        for (process, output) in started {
            var text = ""
            while !text.contains("committed ") {
                let data = output.availableData
                if data.isEmpty { break }
                text += String(decoding: data, as: UTF8.self)
            }
            #expect(text.contains("committed "), "\(text)")
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try Tool.judge(path)
    }

    /// The arguments of this very run, with the victim as the only test.
    private static var arguments: [String] {
        var arguments = Array(CommandLine.arguments.dropFirst())
        for option in ["--filter", "--skip"] {
            while let index = arguments.firstIndex(of: option) {
                arguments.removeSubrange(index...min(index + 1, arguments.count - 1))
            }
        }
        return arguments + ["--filter", "KillTests.victim"]
    }
}
