// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// People and programs are told, each once: by Debian's mail server, by Microsoft Graph, and by webhooks (docs/decisions/0050).
@Suite(.timeLimit(.minutes(5))) struct NoticeTests {
    private static let people = 3
    /// Longer than a node has a notice.
    private static let aWhile = 400

    /// Killed at each moment: what had not left and what was taken look alike from here, so one notice waits for a person's word.
    @Test(arguments: zip(["", "noticeClaimed", "noticeTaken"], ["starttls", "tls", "starttls"]))
    func eachMailOnceByAServer(killedAt boundary: String, _ security: String) async throws {
        let server = try await TestMailServer()
        let clock = server.folder.path("clock")
        let gateway = try await gateway(Self.smtp(server, security), try await Self.sandbox(clock), clock: clock)
        try await lives(gateway, killedAt: boundary) { try await server.mails().map { $0["for"]?.string ?? "" } }
        for mail in try await server.mails() {
            #expect(mail["for"] == mail["to"] && mail["from"] == "certway@sandbox.example", "\(mail)")
            #expect(mail["event"] == "issued" && mail["isAutomatic"] == true, "\(mail)")
            #expect(
                mail["subject"]?.string?.isEmpty == false && mail["text"]?.string?.contains("{{") == false, "\(mail)")
        }
        let noted = try await notices(gateway, "sent") + notices(gateway, "unknown")
        #expect(Set(noted.compactMap { $0["id"] }) == Set(try await server.mails().compactMap { $0["id"] }))
    }

    @Test func eachMailOnceByGraph() async throws {
        let folder = try TemporaryFolder()
        let sandbox = try await Self.sandbox(folder.path("clock"))
        let gateway = try await gateway("", sandbox, clock: folder.path("clock"))
        let sender = try await Self.sender(sandbox)
        try await lives(gateway, killedAt: "noticeTaken") {
            let mails = try await sandbox.control("/control/mails")["mails"]?.array ?? []
            #expect(mails.allSatisfy { $0["sender"]?.string == sender }, "\(mails)")
            return mails.flatMap { $0["recipients"]?.array?.compactMap(\.string) ?? [] }
        }
    }

    /// A mailbox that there is not: the pass that could tell nobody says so, once.
    @Test func aPassThatCannotTellAnybodySaysSo() async throws {
        let folder = try TemporaryFolder()
        let clock = folder.path("clock")
        let sandbox = try await Self.sandbox(clock)
        let gateway = try await GatewayUnderTest(sandbox: sandbox, clock: clock) {
            $0 + Self.section("", from: "nobody@sandbox.example")
        }
        var run = try await gateway.finish(within: 3)
        for _ in 0..<20 where try run.json["activated"]?.int == 0 { run = try await gateway.finish(within: 3) }
        let problems = try run.json["problems"]?.array?.compactMap(\.string) ?? []
        #expect(problems.count { $0.contains("could not be sent") } == 1 && run.status == 4, "\(problems)")
    }

    /// A program that answers 500 first gets each event again, in order, until it has taken it, and never after that.
    @Test func programsAreToldUntilTheyTakeIt() async throws {
        let folder = try TemporaryFolder()
        let made = try await Run.tool(
            "openssl",
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder.path("hook.key"), "-out"]
                + [
                    folder.path("hook.pem"), "-days", "2", "-subj", "/CN=hook", "-addext",
                    "subjectAltName=IP:127.0.0.1",
                ])
        try #require(made.status == 0, "\(made.errors)")
        let secret = try folder.write("a secret of the two", to: "secret")
        let clock = folder.path("clock")
        let sandbox = try await Self.sandbox(clock)
        let root = URL(filePath: #filePath).deletingLastPathComponent()
        let receiver = try await ChildProcess(
            Judges.path("python3"),
            [
                root.appending(path: "webhook-receiver.py").path, folder.path,
                root.appending(path: "../../docs/manual/webhooks.md").standardized.path, sandbox.text("control"),
                "a secret of the two",
            ], output: .pipe, errors: .file(folder.path("errors")))
        let port = try await receiver.line().trimmingCharacters(in: .whitespacesAndNewlines)
        let gateway = try await gateway(
            """

              webhooks:
                - {name: tickets, url: "https://127.0.0.1:\(port)/certway", secret: "file:\(secret)", tlsRoots: \(folder.path("hook.pem")), events: [issued]}
            """, sandbox, clock: clock)
        func received() throws -> [JSONValue] {
            let text = (try? String(contentsOfFile: folder.path("received"), encoding: .utf8)) ?? ""
            return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        }
        try await gateway.pass {
            _ = try await advance(sandbox, by: 61)
            return try received().count { $0["status"] == 204 } == Self.people
        }
        // And nothing more.
        for _ in 1...2 {
            _ = try await advance(sandbox, by: Self.aWhile)
            try await gateway.finish(within: 3)
        }
        let attempts = try received()
        #expect(attempts.allSatisfy { $0["genuine"] == true && $0["forged"] == false && $0["event"] == "issued" })
        #expect(attempts.map { $0["status"]?.int } == (0..<Self.people).flatMap { _ in [500, 204] }, "\(attempts)")
        #expect(Set(attempts.compactMap { $0["id"]?.string }).count == Self.people)
        #expect(attempts.allSatisfy { $0["values"]?.array?.contains("link") == false })
        receiver.signal(SIGTERM)
        _ = await receiver.end()
    }

    /// Two nodes on one database, one of them killed at a random moment of sending: nobody is told twice, and who was not told is known.
    @Test func twoNodesOfWhichOneIsKilled() async throws {
        let people = 13
        let server = try await TestMailServer()
        let sandbox = try await SandboxProcess([
            "--users", "1", "--only", "tenant", "--only", "digicert-certcentral", "--instant",
        ])
        let gateway = try await GatewayUnderTest(sandbox: sandbox, store: try await StoreUnderTest(.postgresql)) {
            $0 + Self.section(Self.smtp(server, "tls"))
        }
        try gateway.addNode(2)
        var generator = SeededGenerator(seed: TestSeed.choose("the kill of a node that sends"))
        var nodes = [try await gateway.start(["serve"]), try await gateway.start(["serve"], node: 2)]
        for node in 1...2 {
            try await gateway.wait(beside: nodes[node - 1]) { gateway.said(by: node).contains("serving from") }
        }
        for number in 2...people { try await sandbox.join("Person\(number)") }
        try await gateway.reconfigure { $0.replacing("perMinute: 1800", with: "perMinute: 600") }
        try await gateway.wait(beside: nodes[1]) { try await notices(gateway, "sent").count > 1 }
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...500, using: &generator)))
        let one = Int.random(in: 0...1, using: &generator)
        nodes[one].signal(SIGKILL)
        _ = await nodes[one].end()
        nodes[one] = try await gateway.start(["serve"], node: one + 1)
        func left() async throws -> [JSONValue] {
            try await notices(gateway, "sending") + notices(gateway, "unknown")
        }
        // A kill in the moment of sending leaves a notice of which nobody knows; it stays with its node's claim for minutes.
        for _ in 1...600 {
            let told = try await notices(gateway, "sent").count
            if told + (try await left().count) == people { break }
            try await Task.sleep(for: .milliseconds(200))
        }
        // Whoever lives has written down by then what was under way.
        try await Task.sleep(for: .seconds(3))
        let (mails, doubtful) = (try await server.mails(), try await left())
        #expect(Set(mails.compactMap { $0["for"]?.string }).count == mails.count, "\(mails)")
        #expect(Set(mails.compactMap { $0["id"]?.string }).count == mails.count)
        let sent = try await notices(gateway, "sent")
        #expect(sent.count + doubtful.count == people, "\(sent.count) \(doubtful)")
        #expect(Set(mails.compactMap { $0["id"] }).isSuperset(of: sent.compactMap { $0["id"] }))
        #expect(doubtful.count <= 1)
        // The rest of the service works on such a server, too.
        for trouble in [
            "how certificates stand on devices cannot be read", "which keys are on whose devices cannot be",
        ] {
            for node in 1...2 { #expect(!gateway.said(by: node).contains(trouble), "\(gateway.said(by: node))") }
        }
        for node in nodes {
            node.signal(SIGTERM)
            _ = await node.end()
        }
    }

    // MARK: - Parts

    /// From the order to the last notice.
    ///
    /// - Parameter told: whom a mail has reached, as often as it has.
    private func lives(
        _ gateway: GatewayUnderTest, killedAt boundary: String, _ told: () async throws -> [String]
    ) async throws {
        if !boundary.isEmpty {
            let killed = try await gateway.certway(
                ["run", "--once", "--wait", "20"], environment: ["CERTWAY_KILL_AT": boundary])
            #expect(killed.wasKilled, "\(boundary) was not reached: \(killed.errors)")
            #expect(try await told().count == (boundary == "noticeTaken" ? 1 : 0))
        }
        let doubtful = boundary.isEmpty ? 0 : 1
        try await gateway.pass { try await notices(gateway, "sent").count == Self.people - doubtful }
        _ = try await advance(gateway.sandbox, by: Self.aWhile)
        try await gateway.pass { try await notices(gateway, "unknown").count == doubtful }
        #expect(try await notices(gateway, "sent").count == Self.people - doubtful)
        let unknown = try await notices(gateway, "unknown")
        #expect(unknown.count == doubtful)
        for notice in unknown {
            #expect(notice["detail"]?.string?.contains("nobody knows whether it has left") == true, "\(notice)")
            // Who looks into the mailbox sees which of the two it was; here the server says it.
            guard boundary == "noticeClaimed", let id = notice["id"]?.string else { continue }
            #expect(try await gateway.certway(["notification", "send-again", id]).status == 0)
            try await gateway.pass { try await notices(gateway, "sent").count == Self.people }
        }
        let all = try await told()
        #expect(all.count == Self.people && Set(all).count == Self.people, "\(all)")
    }

    private func notices(_ gateway: GatewayUnderTest, _ state: String) async throws -> [JSONValue] {
        let run = try await gateway.certway(
            ["notification", "pending", "--state", state, "--event", "issued", "--all", "--output", "json"])
        return (try run.json.array ?? []).filter { $0["recipient"]?.string?.hasPrefix("webhook") == false }
    }

    private func advance(_ sandbox: SandboxProcess, by seconds: Int) async throws -> JSONValue {
        try await sandbox.control("/control/clock", method: "POST", body: "{\"advance\": \(seconds)}")
    }

    private static func sandbox(_ clock: String) async throws -> SandboxProcess {
        try await SandboxProcess(
            [
                "--users", "\(people)", "--only", "tenant", "--only", "digicert-certcentral", "--instant", "--clock",
                clock,
            ])
    }

    private func gateway(
        _ section: String, _ sandbox: SandboxProcess, clock: String
    ) async throws -> GatewayUnderTest {
        let sender = try await Self.sender(sandbox)
        return try await GatewayUnderTest(sandbox: sandbox, clock: clock) {
            $0 + Self.section(section, from: section.contains("smtp") ? "certway@sandbox.example" : sender)
        }
    }

    /// Whose mailbox sends by Graph: somebody's of the tenant.
    private static func sender(_ sandbox: SandboxProcess) async throws -> String {
        try await sandbox.control("/control/people")["people"]?[0]?["userPrincipalName"]?.string ?? ""
    }

    private static func section(_ more: String, from: String = "certway@sandbox.example") -> String {
        """

        notifications:
          from: \(from)
          perMinute: 1800
          events: [{event: digest, send: false}]\(more)

        """
    }

    private static func smtp(_ server: TestMailServer, _ security: String) -> String {
        let port = security == "tls" ? server.tlsPort : server.port
        let password = (try? server.folder.write(TestMailServer.password, to: "password")) ?? ""
        return """

              smtp: {server: "127.0.0.1:\(port)", security: \(security), user: \(TestMailServer.user), password: "file:\(password)", tlsRoots: \(server.roots)}
            """
    }
}
