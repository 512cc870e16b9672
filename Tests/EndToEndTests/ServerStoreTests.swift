// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing
import ThrowAwayServers

/// The main job with the database on a server, through the built programs.
@Suite(.timeLimit(.minutes(5))) struct ServerStoreTests {
    private static let people = 4

    private func gateway(_ engine: ThrowAwayEngine) async throws -> GatewayUnderTest {
        try await GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "\(Self.people)", "--only", "tenant", "--only", "digicert-certcentral",
            ]), store: StoreUnderTest(engine))
    }

    @Test(arguments: ThrowAwayEngine.allCases) func everybodyHasOneAndEveryCommandAnswers(_ engine: ThrowAwayEngine)
        async throws
    {
        let gateway = try await gateway(engine)
        #expect(
            try await gateway.certway(["plan", "--output", "json"]).json["templates"]?[0]?["people"]?["toOrder"]?.int
                == 4)
        let first = try await gateway.finish()
        #expect(try first.status == 0 && first.json["activated"]?.int == Self.people, "\(first)")
        #expect(try await gateway.finish().json["planned"]?.int == 0)
        #expect(try await Outcome.of(gateway) == .complete(Self.people))
        #expect(!FileManager.default.fileExists(atPath: gateway.database), "it has worked on the file")

        let order = try await gateway.certway(["order", "list", "--output", "json"]).json[0]
        let reference = try #require(order?["reference"]?.string)
        let user = try #require(order?["userPrincipalName"]?.string)
        let commands = [
            ["order", "list"], ["order", "list", "--stage", "active", "--sort", "user:desc", "--limit", "2"],
            ["order", "show", reference], ["certificate", "list"], ["key", "list"],
            ["people", "list"], ["template", "list"], ["template", "preview", "smime"], ["why", user], ["plan"],
            ["doctor"], ["node", "list"], ["store", "status"], ["store", "check"], ["store", "migrate"],
            ["ca", "check", "ca"], ["restore", "list"], ["run", "--once"],
        ]
        for command in commands {
            let run = try await gateway.certway(command + ["--output", "json"])
            #expect(run.status == 0 && (try? run.json) != nil, "\(command): \(run)")
        }
        #expect(try await gateway.certway(["export"]).output.contains("name: smime"))
        let status = try await gateway.certway(["store", "status", "--output", "json"]).json
        #expect(
            status["engine"]?.string == engine.rawValue && status["rows"]?["orders"]?.int == Self.people, "\(status)")
        let backup = try await gateway.certway(["backup", gateway.folder.path, "--output", "json"])
        #expect(backup.status == 1 && backup.errors.contains("certway.submissions"), "\(backup)")
        let restore = try await gateway.certway(["restore", gateway.folder.path("certway.yaml")])
        #expect(restore.status == 1 && restore.errors.contains("certway.submissions"), "\(restore)")
    }

    /// Another node stands still in the middle of a transaction, and the server keeps its locks: who begins meanwhile says so, and goes on
    /// once they are gone.
    @Test func aServiceBeginsOnceLocksAreGone() async throws {
        let gateway = try await gateway(.postgresql)
        let store = try #require(gateway.store)
        let other = Task {
            try await store.server.sql(
                "BEGIN; LOCK TABLE nodes IN EXCLUSIVE MODE; SELECT pg_sleep(15); COMMIT", in: store.name)
        }
        let waiting = "SELECT COUNT(*) FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation = 'nodes'::regclass"
        while try await !store.server.sql(waiting, in: store.name).contains("1") {}
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { gateway.said(by: 1).contains("cannot begin yet") }
        try await gateway.wait(beside: service) { gateway.said(by: 1).contains("serving from") }
        #expect(gateway.said(by: 1).contains("the database answers again"))
        _ = try await other.value
        try await gateway.stop(service)
    }

    /// What stands in store.yaml, and who may only read and change rows.
    @Test(arguments: ThrowAwayEngine.allCases) func whoRunsNeedsNoRightToDefineAnything(_ engine: ThrowAwayEngine)
        async throws
    {
        let gateway = try await gateway(engine)
        let url = try #require(try await gateway.store?.forRunning())
        let parts = url.split(separator: "?")
        let details = try #require(parts.last).split(separator: "&").map { $0.replacing("=", with: ": \"") + "\"\n" }
        let file = "\(gateway.home)/store.yaml"
        #expect(
            FileManager.default.createFile(
                atPath: file, contents: Data("url: \"\(parts[0])\"\n\(details.joined())".utf8),
                attributes: [.posixPermissions: 0o600]))
        let none = ["CERTWAY_STORE": ""]
        let run = try await gateway.certway(
            ["run", "--once", "--wait", "60", "--output", "json"], environment: none)
        #expect(try run.status == 0 && run.json["activated"]?.int == Self.people, "\(run)")
        #expect(try await Outcome.of(gateway) == .complete(Self.people))
        let check = try await gateway.certway(["store", "check"], environment: none)
        #expect(check.status == 0, "\(check)")

        let other = try await StoreUnderTest(engine)
        let empty = try await gateway.certway(["order", "list", "--store", other.url])
        #expect(empty.status == 3 && empty.errors.contains("no gateway in"), "\(empty)")
        let user = try await other.forRunning()
        let apply = try await gateway.certway(["apply", "-f", gateway.configuration, "--store", user])
        #expect(apply.status == 1 && apply.errors.contains("certway store migrate"), "\(apply)")
    }

    enum Trouble: String, CaseIterable { case driver, password, roots, port, database, readOnly, reference, engine }

    /// One sentence each, with the next step, also for programs.
    @Test(arguments: ThrowAwayEngine.allCases, Trouble.allCases)
    func whatIsWrongIsSaid(_ engine: ThrowAwayEngine, _ trouble: Trouble) async throws {
        let gateway = try await gateway(engine)
        let store = try #require(gateway.store)
        let folder = gateway.folder
        var (url, command, status) = (store.url, ["order", "list"], Int32(1))
        let expected: String
        switch trouble {
        case .driver:
            url += "&driver=\(folder.path("no-driver.so"))"
            expected = "apt-get install odbc-\(engine.rawValue)"
        case .password:
            url = url.replacing(
                /password=file:[^&]+/, with: "password=file:" + (try folder.write("wrong", to: "wrong")))
            expected = "correct user, password or database"
        case .roots:
            let roots = try folder.write(gateway.sandbox.text("cas", gateway.connector, "rootPEM"), to: "other.pem")
            url = url.replacing(/tlsRoots=[^&]+/, with: "tlsRoots=\(roots)")
            expected = "give the CA of its certificate by tlsRoots=FILE"
        case .port:
            url = url.replacing(":\(store.server.port)/", with: ":1/")
            expected = "see that it runs and that name and port are right"
        case .database:
            url = url.replacing("/\(store.name)?", with: "/nowhere?")
            expected = engine == .mariadb ? "grant it" : "correct user, password or database"
        case .readOnly:
            // On a server of its own: the switch is the server's.
            let own = try await StoreUnderTest(engine, on: ThrowAwayServer(engine))
            let made = try await gateway.certway(["apply", "-f", gateway.configuration, "--store", own.url])
            try #require(made.status == 0, "\(made)")
            switch engine {
            case .mariadb: try await own.server.sql("SET GLOBAL read_only = 1")
            case .postgresql:
                try await own.server.sql("ALTER DATABASE \(own.name) SET default_transaction_read_only = on")
            }
            (url, command) = (own.url, ["run", "--once"])
            expected = "name the one that is written to"
            let read = try await gateway.certway(["order", "list", "--store", url])
            #expect(read.status == 0, "reading is possible: \(read)")
            let run = try await gateway.certway(command + ["--store", url])
            #expect(run.status == 1 && run.errors.contains(expected), "\(run)")
            try await own.server.end()
            return
        case .reference:
            url = url.replacing(/password=file:[^&]+/, with: "password=Secret-1")
            (expected, status) = ("expected a reference: env:NAME or file:/path", 2)
        case .engine:
            url = url.replacing("\(engine.rawValue):", with: "oracle:")
            (expected, status) = ("mariadb|mysql|postgresql|sqlserver://USER@HOST:PORT/DATABASE", 2)
        }
        let run = try await gateway.certway(command + ["--store", url])
        #expect(run.status == status && run.output.isEmpty, "\(run)")
        #expect(run.errors.contains(expected) && run.errors.split(separator: "\n").count <= 2, "\(run)")
        #expect(!run.errors.contains("Secret-1"), "\(run)")
        let program = try await gateway.certway(command + ["--store", url, "--output", "json"])
        #expect(try JSONValue(parsing: program.errors)["exitStatus"]?.int == Int(status), "\(program)")
    }
}
