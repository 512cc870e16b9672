// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import StoreSQLite
import TestSupport
import Testing

/// SIGKILL in the middle of commits: what was acknowledged is there, and nothing is half there.
@Suite(.timeLimit(.minutes(5)), .onlySQLite("the victims share a file; ServerKillTests kills servers")) struct KillTests
{
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
        var generator = SeededGenerator(seed: TestSeed.choose("moments at which the ledger is killed"))
        for _ in 0..<5 {
            let victim = try await Self.victim(path)
            var text = ""
            for _ in 0...Int.random(in: 0..<300, using: &generator) {
                let line = try await victim.line()
                if line.isEmpty { break }
                text += line
            }
            victim.signal(SIGKILL)
            while case let line = try await victim.line(), !line.isEmpty { text += line }
            _ = await victim.end()
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
        try await Tool.judge(path)
    }

    @Test(.disabled(if: ProcessInfo.processInfo.environment[variable] != nil)) func manyProcessesMayStartAtOnce()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path + "/certway.db"
        var started: [ChildProcess] = []
        for _ in 0..<4 { started.append(try await Self.victim(path)) }
        for victim in started {
            var text = ""
            while !text.contains("committed ") {
                let line = try await victim.line()
                if line.isEmpty { break }
                text += line
            }
            #expect(text.contains("committed "), "\(text)")
            victim.signal(SIGKILL)
            _ = await victim.end()
        }
        try await Tool.judge(path)
    }

    private static func victim(_ path: String) async throws -> ChildProcess {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return try await ChildProcess(program, arguments, environment: [variable: path], output: .pipe)
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
