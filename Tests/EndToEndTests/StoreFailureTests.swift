// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The database fails in the middle of the work; afterwards nothing is lost and nothing is there twice.
@Suite(.timeLimit(.minutes(10))) struct StoreFailureTests {
    @Test func databaseLockedByAnotherProcess() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "10"]))
        // Holds the write lock for longer than the gateway waits, then lets go.
        let locker = try await ChildProcess(
            "python3",
            [
                "-c",
                "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
                    + "c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); time.sleep(20); c.execute('ROLLBACK')",
                gateway.database,
            ], output: .pipe)
        #expect(try await locker.line() == "locked\n")
        let blocked = try await gateway.certway(["run", "--once", "--wait", "30"])
        _ = await locker.end()
        #expect(blocked.status != 0)
        #expect(blocked.errors.contains("lock"), "\(blocked.errors)")
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(10))
    }

    /// Wherever the file descriptors run out, a sentence says what is missing, and nothing is lost.
    @Test func tooFewFileDescriptorsEndInASentence() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        var starved = 0
        for count in 8..<48 {
            let run = try await Run.tool(
                "bash",
                [
                    "-c", "ulimit -n \(count); exec \"$0\" \"$@\"", BuiltPrograms.path("certway"), "run", "--once",
                    "--home",
                    gateway.home,
                ])
            // 127: the loader cannot open the program's own libraries.
            #expect([0, 1, 3, 4, 127].contains(run.status), "\(count) descriptors: \(run.status) \(run.errors)")
            #expect(run.status == 0 || !run.errors.isEmpty, "\(count) descriptors: not a word")
            if run.status != 0 { starved += 1 }
        }
        #expect(starved > 0, "so few are enough")
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(1))
    }

    /// A small file system of its own, filled at changing moments. Needs the right to mount; without it the size limit
    /// of files plays the full disk.
    @Test(arguments: [40, 120, 200, 300])
    func diskFull(kilobytes: Int) async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "20"]))
        // The limit counts from nothing, the database has a size already: both are 1,024-byte blocks of ulimit -f.
        let size = (try FileManager.default.attributesOfItem(atPath: gateway.database)[.size] as? Int ?? 0) / 1024
        let starved = try await Run.tool(
            "bash",
            [
                "-c",
                "trap '' XFSZ; ulimit -f \(size + kilobytes); exec \"$0\" \"$@\"", BuiltPrograms.path("certway"), "run",
                "--once", "--wait", "30", "--home", gateway.home,
            ])
        // Where the log is emptied in time the rest still finds room: then all went well in the end, and the cause was told.
        #expect(
            starved.errors.contains("full") || starved.errors.contains("disk"),
            "the limit was not reached: \(starved.output) \(starved.errors)")
        if starved.status == 0 { #expect(try await Outcome.of(gateway) == .complete(20)) }
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(20))
    }
}
