// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The database fails in the middle of the work; afterwards nothing is lost and nothing is there twice.
@Suite struct StoreFailureTests {
    @Test func databaseLockedByAnotherProcess() throws {
        let gateway = try GatewayUnderTest(sandbox: SandboxProcess(["--users", "10"]))
        // Holds the write lock for longer than the gateway waits, then lets go.
        let locker = Process()
        locker.executableURL = URL(filePath: "/usr/bin/env")
        locker.arguments = [
            "python3", "-c",
            "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
                + "c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); time.sleep(20); c.execute('ROLLBACK')",
            gateway.database,
        ]
        let pipe = Pipe()
        locker.standardOutput = pipe
        try locker.run()
        _ = pipe.fileHandleForReading.availableData
        let blocked = try gateway.certway(["run", "--once", "--wait", "30"])
        locker.waitUntilExit()
        #expect(blocked.status != 0)
        #expect(blocked.errors.contains("lock"), "\(blocked.errors)")
        try gateway.finish()
        #expect(try Outcome.of(gateway) == .complete(10))
    }

    /// A small file system of its own, filled at changing moments. Needs the right to mount; without it the size limit
    /// of files plays the full disk.
    @Test(arguments: [40, 120, 200, 300])
    func diskFull(kilobytes: Int) throws {
        let gateway = try GatewayUnderTest(sandbox: SandboxProcess(["--users", "20"]))
        // The limit counts from nothing, the database has a size already: both are 1,024-byte blocks of ulimit -f.
        let size = (try FileManager.default.attributesOfItem(atPath: gateway.database)[.size] as? Int ?? 0) / 1024
        let starved = try Run.tool(
            "bash",
            [
                "-c",
                "trap '' XFSZ; ulimit -f \(size + kilobytes); exec \"$0\" \"$@\"", BuiltPrograms.path("certway"), "run",
                "--once", "--wait", "30", "--home", gateway.home,
            ])
        #expect(starved.status != 0, "the limit was not reached: \(starved.output)")
        #expect(starved.errors.contains("full") || starved.errors.contains("disk"), "\(starved.errors)")
        try gateway.finish()
        #expect(try Outcome.of(gateway) == .complete(20))
    }
}
