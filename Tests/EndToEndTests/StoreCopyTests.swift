// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Everything moves from one database into an empty one, also when the copying is killed; nothing is copied over what is there.
@Suite(.timeLimit(.minutes(5))) struct StoreCopyTests {
    private static let people = 3
    private static let events = 60_000

    /// Rows that differ, as Python's sqlite3 sees it; the marks of how far each database is are its own, and the copy has on record that
    /// it is one.
    static let comparison = """
        import sqlite3, sys
        a, b = (sqlite3.connect(path) for path in sys.argv[1:3])
        names = [n for (n,) in a.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        own = ('migrations', 'unfinished_migrations', 'write_receipts')
        rows = lambda c, n: sorted(map(repr, c.execute(f"SELECT * FROM {n}").fetchall()))
        extra = {'gateway_state': "('restore.file'", 'id_sequences': "('audit_records'"}
        clean = lambda n, l: [r for r in l if not (n in extra and r.startswith(extra[n]) or n == 'audit_records' and "'copy.store'" in r)]
        print([n for n in names if n not in own and clean(n, rows(a, n)) != clean(n, rows(b, n))])
        """

    private func gateway() async throws -> GatewayUnderTest {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "\(Self.people)"]))
        try await gateway.finish()
        return gateway
    }

    private func copy(_ gateway: GatewayUnderTest, _ from: String, _ to: String, _ more: [String] = []) async throws
        -> Run
    {
        try await gateway.certway(
            ["store", "copy", "--from", "sqlite:\(from)", "--to", "sqlite:\(to)", "--output", "json"] + more)
    }

    @Test func aKilledCopyIsGoneOnWithAndEqual() async throws {
        let gateway = try await gateway()
        try await gateway.addEvents(Self.events)
        let target = gateway.folder.path("target.db")
        let dry = try await copy(gateway, gateway.database, target, ["--dry-run"])
        #expect(dry.status == 0 && !FileManager.default.fileExists(atPath: target), "\(dry)")
        #expect(try dry.json["copied"] == false && dry.json["tables"]?.array?.isEmpty == false)

        let process = try await gateway.start([
            "store", "copy", "--from", "sqlite:\(gateway.database)", "--to", "sqlite:\(target)",
        ])
        func size() -> Int {
            ["", "-wal"].reduce(0) { sum, end in
                let size = try? FileManager.default.attributesOfItem(atPath: target + end)[.size] as? Int
                return sum + (size ?? 0)
            }
        }
        // Far more than the empty schema, and far less than all of it.
        for _ in 0..<3000 where size() < 1 << 21 { try await Task.sleep(for: .milliseconds(10)) }
        process.signal(SIGKILL)
        #expect(await process.end().wasKilled, "it was done before it was killed")

        let other = try await self.gateway()
        let refused = try await copy(other, other.database, target)
        #expect(refused.status == 1 && refused.errors.contains("empty it first"), "\(refused)")
        let done = try await copy(gateway, gateway.database, target)
        #expect(done.status == 0, "\(done.errors)")
        let tables = try done.json["tables"]?.array ?? []
        let counts = Dictionary(
            tables.map { ($0["table"]?.string ?? "", $0["rows"]?.int ?? -1) }, uniquingKeysWith: { first, _ in first })
        #expect(counts["orders"] == Self.people && counts["order_events"] ?? 0 > Self.events, "\(counts)")
        let judge = try await Run.tool("python3", ["-c", Self.comparison, gateway.database, target])
        #expect(judge.output == "[]\n", "\(judge.output) \(judge.errors)")
        let again = try await copy(gateway, gateway.database, target)
        #expect(again.status == 1 && again.errors.contains("not empty"), "\(again)")

        // The gateway goes on with it as with the first, and takes it for no older copy.
        let orders = try await gateway.certway(["order", "list", "--output", "json"]).json
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: gateway.database + end) }
        try FileManager.default.moveItem(atPath: target, toPath: gateway.database)
        #expect(try await gateway.certway(["order", "list", "--output", "json"]).json == orders)
        let run = try await gateway.finish()
        #expect(run.status == 0 && !run.output.contains("older copy"), "\(run.output) \(run.errors)")
        #expect(try await Outcome.of(gateway) == .complete(Self.people))
    }

    @Test func nobodyMayBeAtWork() async throws {
        let gateway = try await gateway()
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { gateway.said.contains("serving") }
        let refused = try await copy(gateway, gateway.database, gateway.folder.path("target.db"))
        #expect(refused.status == 1 && refused.errors.contains("at work"), "\(refused)")
        try await gateway.stop(service)
        #expect(try await copy(gateway, gateway.database, gateway.folder.path("other.db")).status == 0)
    }

    @Test func whatTheDatabaseIsAndWhetherItIsGood() async throws {
        let gateway = try await gateway()
        let status = try await gateway.certway(["store", "status", "--output", "json"]).json
        #expect(status["engine"] == "sqlite" && status["rows"]?["orders"]?.int == Self.people, "\(status)")
        #expect(status["migrations"]?["missing"] == [] && status["bytes"]?.int ?? 0 > 4096)
        let before = FileManager.default.contents(atPath: gateway.database)
        let check = try await gateway.certway(["store", "check", "--output", "json"])
        #expect(check.status == 0, "\(check)")
        let names = try check.json["findings"]?.array?.compactMap { $0["name"]?.string } ?? []
        #expect(Set(["version", "schema", "permissions", "collation", "commit"]).isSubset(of: names), "\(names)")
        #expect(before != nil)
        let dry = try await gateway.certway(["store", "migrate", "--dry-run", "--output", "json"]).json
        #expect(dry["missing"] == [] && dry["applied"] == [])
        let list = try await gateway.certway(["order", "list", "--output", "json"])
        #expect(list.status == 0)
        // A trial that leaves something behind would be found here.
        let judge = try await Run.tool(
            "python3",
            [
                "-c",
                "import sqlite3,sys;print(sqlite3.connect(sys.argv[1]).execute(\"SELECT COUNT(*) FROM gateway_state WHERE name LIKE 'store.%'\").fetchone()[0])",
                gateway.database,
            ])
        #expect(judge.output == "0\n", "\(judge)")
    }
}
