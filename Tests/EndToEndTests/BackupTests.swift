// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A copy of the database that is made while the service runs is whole, and comes back only where it fits.
@Suite(.timeLimit(.minutes(5))) struct BackupTests {
    private static let people = 3

    private func gateway() async throws -> GatewayUnderTest {
        try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "\(Self.people)"]))
    }

    /// What Python's sqlite3 makes of a database.
    private func sqlite(_ file: String, _ statement: String) async throws -> String {
        let run = try await Run.tool(
            "python3",
            [
                "-c",
                "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nprint(c.execute(sys.argv[2]).fetchall())\nc.commit()",
                file, statement,
            ])
        try #require(run.status == 0, "\(run.errors)")
        return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func theServiceRunsOnAndTheCopyIsWhole() async throws {
        let gateway = try await gateway()
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { try await Outcome.of(gateway).archivedKeys > 0 }
        let file = gateway.folder.path("copy.db")
        let backup = try await gateway.certway(["backup", file, "--output", "json"])
        #expect(backup.status == 0, "\(backup.errors)")
        let facts = try backup.json
        #expect(facts["file"]?.string == file && facts["sealingKeyFile"] == .null)
        #expect(facts["orders"]?.int == Self.people)
        let submissions = try #require(facts["submissions"]?.int)
        #expect(submissions > 0 && facts["sealingKey"]?.string != nil)
        #expect(try await sqlite(file, "PRAGMA integrity_check") == "[('ok',)]")
        #expect(
            try await sqlite(file, "SELECT last_id FROM id_sequences WHERE name = 'submissions'")
                == "[(\(submissions),)]")
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let bytes = try Data(contentsOf: URL(filePath: file))
        let again = try await gateway.certway(["backup", file])
        #expect(again.status == 2 && again.errors.contains("nothing is overwritten"), "\(again.errors)")
        #expect(try Data(contentsOf: URL(filePath: file)) == bytes)
        let left = try FileManager.default.contentsOfDirectory(atPath: gateway.folder.path).filter {
            $0.hasPrefix("copy.db")
        }
        #expect(left == ["copy.db"], "nothing of the work is left beside it")
        let under = try await gateway.certway(["restore", file])
        #expect(under.status == 1 && under.errors.contains("another certway process"), "\(under.errors)")
        try await gateway.stop(service)
        #expect(try await gateway.finish().status == 0)
        #expect(try await Outcome.of(gateway) == .complete(Self.people))
    }

    /// Also at places and under names that the person did not choose one by one.
    @Test func aFolderGetsAFileAndTheKeyOnlyWhenAsked() async throws {
        let gateway = try await gateway()
        try await gateway.finish()
        let folder = gateway.folder.path("kept")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let backup = try await gateway.certway(["backup", folder, "--with-sealing-key", "--output", "json"])
        let file = try #require(try backup.json["file"]?.string)
        let key = try #require(try backup.json["sealingKeyFile"]?.string)
        #expect(file.hasPrefix(folder + "/certway-") && key == file + ".sealing.key")
        #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
        #expect(
            FileManager.default.contents(atPath: key)
                == FileManager.default.contents(atPath: gateway.home + "/sealing.key"))

        // A new machine: nothing but the two files.
        let orders = try await gateway.certway(["order", "list", "--output", "json"]).json
        try FileManager.default.removeItem(atPath: gateway.home)
        let restored = try await gateway.certway(["restore", file, "--output", "json"])
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try restored.json["broughtSealingKey"] == true && restored.json["keptAside"] == .null)
        #expect(try await gateway.certway(["order", "list", "--output", "json"]).json == orders)
        #expect(try await Outcome.of(gateway) == .complete(Self.people))
    }

    /// Everything is looked at first: what does not fit is refused with its reason, and the present database is not touched.
    @Test func whatDoesNotFitIsNotPutBack() async throws {
        let gateway = try await gateway()
        try await gateway.finish()
        let good = gateway.folder.path("good.db")
        #expect(try await gateway.certway(["backup", good]).status == 0)
        let present = try #require(FileManager.default.contents(atPath: gateway.database))
        func refused(_ file: String, _ reason: String, _ home: GatewayUnderTest) async throws {
            for arguments in [["restore", file, "--dry-run"], ["restore", file]] {
                let run = try await home.certway(arguments)
                #expect(run.status != 0 && run.errors.contains(reason), "\(arguments): \(run.status) \(run.errors)")
            }
        }
        let damaged = gateway.folder.path("damaged.db")
        var bytes = try #require(FileManager.default.contents(atPath: good))
        for place in stride(from: 4096 * 3, to: bytes.count, by: 509) { bytes[place] ^= 0xA5 }
        try bytes.write(to: URL(filePath: damaged))
        try await refused(damaged, "damaged", gateway)
        let cut = gateway.folder.path("cut.db")
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: cut))
        try await refused(cut, "cut.db", gateway)
        try await refused(try gateway.folder.write("no database", to: "text.db"), "text.db", gateway)
        try await refused(gateway.folder.path("nowhere.db"), "there is no file", gateway)
        try await refused(gateway.database, "is the present database", gateway)
        let newer = gateway.folder.path("newer.db")
        try FileManager.default.copyItem(atPath: good, toPath: newer)
        _ = try await sqlite(newer, "INSERT INTO migrations (name, applied_at) VALUES ('ledger-999', 1)")
        try await refused(newer, "newer certway", gateway)
        let foreign = gateway.folder.path("foreign.db")
        _ = try await sqlite(foreign, "CREATE TABLE people (name TEXT)")
        try await refused(foreign, "no certway database", gateway)

        let other = try await self.gateway()
        let otherDatabase = FileManager.default.contents(atPath: other.database)
        try await refused(good, "another key", other)
        #expect(FileManager.default.contents(atPath: other.database) == otherDatabase)
        #expect(FileManager.default.contents(atPath: gateway.database) == present, "the present database was touched")
        let names = try FileManager.default.contentsOfDirectory(atPath: gateway.home)
        #expect(!names.contains { $0.contains("before") || $0.hasSuffix(".part") }, "\(names)")
    }

    /// All that is in a database, as another program reads it.
    private func content(_ database: String) async throws -> String {
        try await Tool.run([
            "python3", "-c", "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).iterdump(), sep='\\n')",
            database,
        ])
    }

    /// What was there is kept beside, also twice within a second.
    @Test func thePresentDatabaseIsKeptAside() async throws {
        let gateway = try await gateway()
        let early = gateway.folder.path("early.db")
        #expect(try await gateway.certway(["backup", early]).status == 0)
        try await gateway.finish()
        let present = try #require(FileManager.default.contents(atPath: gateway.database))
        let held = try await content(gateway.database)
        let dry = try await gateway.certway(["restore", early, "--dry-run"])
        #expect(dry.status == 0 && dry.output.contains("nothing was changed"), "\(dry.output) \(dry.errors)")
        #expect(FileManager.default.contents(atPath: gateway.database) == present)
        let first = try await gateway.certway(["restore", early, "--output", "json"]).json
        let aside = try #require(first["keptAside"]?.string)
        #expect(try await content(aside) == held)
        #expect(first["requestsLeft"]?.int == Self.people && first["submissions"] == 0)
        // The other way round: what was put aside is a backup like any other.
        let second = try await gateway.certway(["restore", aside, "--output", "json"])
        #expect(second.status == 0, "\(second.errors)")
        #expect(try second.json["keptAside"]?.string != aside)
        #expect(try await Outcome.of(gateway) == .complete(Self.people))
    }
}
