// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing
import ThrowAwayServers

/// A gateway moves from engine to engine and back, also when the copying is killed, and goes on with the work.
@Suite(.timeLimit(.minutes(5))) struct ServerCopyTests {
    private static let people = 3
    private static let events = TestSize.choose(20_000, full: 200_000)

    @Test func roundTheEnginesAndBack() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "\(Self.people)", "--only", "tenant", "--only", "digicert-certcentral",
            ]))
        try await gateway.finish()
        try await gateway.addEvents(Self.events)
        let (postgresql, mariadb) = (try await StoreUnderTest(.postgresql), try await StoreUnderTest(.mariadb))
        let back = gateway.folder.path("back.db")
        let places = ["sqlite:\(gateway.database)", postgresql.url, mariadb.url, "sqlite:\(back)"]

        // The first copying is killed in the middle.
        let process = try await gateway.start(["store", "copy", "--from", places[0], "--to", places[1]])
        func copied() async -> Int {
            let count = try? await postgresql.server.sql("SELECT COUNT(*) FROM order_events", in: postgresql.name)
            return count.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
        }
        while process.isRunning, await copied() < Self.events / 10 {}
        process.signal(SIGKILL)
        #expect(await process.end().wasKilled, "it was done before it was killed: \(gateway.said)")
        let half = try await gateway.certway(["order", "list", "--store", places[1]])
        #expect(half.status == 1 && half.errors.contains("part of a copy"), "\(half)")

        var sums: [[String: String]] = []
        for (from, to) in zip(places, places.dropFirst()) {
            let run = try await gateway.certway(["store", "copy", "--from", from, "--to", to, "--output", "json"])
            try #require(run.status == 0, "\(from) -> \(to): \(run.errors)")
            let tables = try run.json["tables"]?.array ?? []
            sums.append(
                Dictionary(
                    tables.compactMap { table in
                        // What a database says of its own file is not copied on, and each copy has on record that it is one.
                        ["gateway_state", "audit_records", "id_sequences"].contains(table["table"]?.string)
                            ? nil : (table["table"]?.string ?? "", table["sha256"]?.string ?? "")
                    }, uniquingKeysWith: { first, _ in first }))
            #expect(tables.first { $0["table"] == "order_events" }?["rows"]?.int ?? 0 > Self.events)
        }
        #expect(sums.count == 3 && sums.allSatisfy { $0 == sums[0] } && sums[0].count > 10, "\(sums)")
        let judge = try await Run.tool("python3", ["-c", StoreCopyTests.comparison, gateway.database, back])
        #expect(judge.output == "[]\n", "\(judge.output) \(judge.errors)")

        // What has moved to a server is what the gateway works with; nothing is ordered again.
        let orders = try await gateway.certway(["order", "list", "--output", "json"]).json
        let moved = ["CERTWAY_STORE": mariadb.url]
        #expect(try await gateway.certway(["order", "list", "--output", "json"], environment: moved).json == orders)
        let run = try await gateway.certway(["run", "--once", "--output", "json"], environment: moved)
        #expect(try run.status == 0 && run.json["planned"]?.int == 0 && !run.errors.contains("older"), "\(run)")
        #expect(try await gateway.sandbox.orders(gateway.connector).count == Self.people)
    }
}
