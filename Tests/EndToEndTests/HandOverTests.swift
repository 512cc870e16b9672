// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing
import ThrowAwayServers

/// A certificate with its key for a device that nobody manages, from the offer to the opened file (docs/decisions/0049): people come signed in
/// at the sandbox tenant, and the link comes by mail.
@Suite(.timeLimit(.minutes(5))) struct HandOverTests {
    private struct Scene {
        let gateway: GatewayUnderTest
        let url: String
        let owner: String
        let stranger: String
        let serial: String
    }

    @Test func fetchedOnceByItsOwnerAlone() async throws {
        let folder = try TemporaryFolder()
        let scene = try await scene(clock: folder.path("clock"))
        let gateway = scene.gateway
        let service = try await serve(scene)
        let link = try await offer(scene)
        let fetch = Self.fetch(link)

        // Neither who is not signed in nor somebody else, who is not even told that it is there.
        let early = try await come(
            scene, [(nil, fetch), (scene.stranger, fetch), (scene.owner, fetch), (scene.owner, fetch)])
        #expect(early[0]["status"] == 401)
        #expect(early[1]["status"] == 409 && early[1]["body"]?.text.contains("nothing to fetch by this link") == true)
        #expect(early[2]["status"] == 200, "\(early)")
        #expect(early[3]["status"] == 409 && early[3]["body"]?.text.contains("it was fetched at") == true, "\(early)")

        // The password has a way of its own: by its number, on the owner's page, once.
        let number = try await passwordNumber(scene)
        let ask: Step = ("POST", "/my/hand-overs/\(number)/password", nil)
        let answers = try await come(scene, [(scene.stranger, ask), (scene.owner, ask), (scene.owner, ask)])
        #expect(answers.map { $0["status"]?.int } == [409, 200, 409], "\(answers)")
        let password = answers[1]["body"]?["password"]?.string ?? ""
        try await open(early[2]["body"], password, scene)
        let mails = try await gateway.sandbox.control("/control/mails").text
        #expect(password.count == 32 && !mails.contains(password))

        // Nobody has come for the next one in time.
        let late = Self.fetch(try await offer(scene))
        try await gateway.sandbox.advance(seconds: 400)
        let expired = try await come(scene, [(scene.owner, late)])
        #expect(expired[0]["status"] == 409 && expired[0]["body"]?.text.contains("expired") == true, "\(expired)")

        // Who tries other people's links locks them.
        let tried = Self.fetch(try await offer(scene))
        let attempts = try await come(
            scene, (1...5).map { _ in (scene.stranger, tried) } + [(scene.owner, tried)])
        #expect(attempts.map { $0["status"]?.int } == Array(repeating: 409, count: 6))
        #expect(attempts[5]["body"]?.text.contains("locked") == true, "\(attempts)")
        try await gateway.stop(service)
        #expect(try await gateway.certway(["audit", "verify"]).status == 0)
        let trail = try await gateway.certway(["audit", "list", "--all", "--output", "json"]).output
        #expect(trail.contains("fetch.package") && trail.contains(scene.stranger), "\(trail.prefix(2000))")
    }

    /// Between claim and answer the process ends: the file counts as fetched, is not lost, and comes by another offer.
    @Test func killedBeforeTheAnswer() async throws {
        let folder = try TemporaryFolder()
        let scene = try await scene(clock: folder.path("clock"))
        var service = try await serve(scene, ["CERTWAY_KILL_AT": "packageClaimed"])
        let link = try await offer(scene)
        let cut = try await come(scene, [(scene.owner, Self.fetch(link))])
        #expect(cut[0]["status"] == 0, "\(cut)")
        #expect(await service.end().wasKilled)

        service = try await serve(scene)
        let after = try await come(
            scene, [(scene.owner, Self.fetch(link)), (scene.owner, ("GET", "/my/hand-overs", nil))])
        #expect(
            after[0]["status"] == 409 && after[0]["body"]?.text.contains("it was fetched at") == true
                && after[0]["body"]?.text.contains("have it offered again") == true, "\(after)")
        let file = after[1]["body"]?["items"]?.array?.first { $0["purpose"] == "handOver" }
        #expect(file?["state"] == "fetched" && file?["endedBy"]?.string?.contains(scene.owner) == true, "\(after)")
        let again = try await offer(scene)
        #expect(again != link)
        let second = try await come(scene, [(scene.owner, Self.fetch(again))])
        let number = try await passwordNumber(scene)
        let password = try await come(scene, [(scene.owner, ("POST", "/my/hand-overs/\(number)/password", nil))])
        try await open(second[0]["body"], password[0]["body"]?["password"]?.string ?? "", scene)
        // A third one is taken back before anybody has fetched it.
        let third = try await offer(scene)
        let listed =
            try await scene.gateway.certway(["handover", "list", scene.serial, "--output", "json"]).json.array ?? []
        #expect(listed.compactMap { $0["state"]?.string } == ["open", "fetched", "fetched"], "\(listed)")
        let withdraw = [
            "handover", "withdraw", listed.first?["id"]?.string ?? "", "--because", "sent for the wrong phone",
        ]
        let taken = try await scene.gateway.certway(withdraw)
        #expect(taken.status == 0, "\(taken.errors)")
        let late = try await come(scene, [(scene.owner, Self.fetch(third))])
        #expect(late[0]["status"] == 409 && late[0]["body"]?.text.contains("withdrawn") == true, "\(late)")
        #expect(try await scene.gateway.certway(withdraw).errors.contains("has ended already: withdrawn"))
        // What forbids an offer ends an open one: nobody carries away the key of what is revoked.
        let last = try await offer(scene)
        let revoked = try await scene.gateway.certway([
            "certificate", "revoke", scene.serial, "--reason", "keyCompromise", "--because", "the laptop is gone",
        ])
        #expect(revoked.status == 0, "\(revoked.errors)")
        let refused = try await come(scene, [(scene.owner, Self.fetch(last)), (scene.owner, Self.fetch(last))])
        #expect(refused[0]["status"] == 409 && refused[0]["body"]?.text.contains("revoked") == true, "\(refused)")
        #expect(refused[1]["status"] == 409 && refused[1]["body"]?.text.contains("withdrawn") == true, "\(refused)")
        try await scene.gateway.stop(service)
    }

    // MARK: - Parts

    private typealias Step = (method: String, path: String, body: JSONValue?)

    private static func fetch(_ token: String) -> Step { ("POST", "/my/packages", ["token": .string(token)]) }

    private func scene(clock: String) async throws -> Scene {
        let sandbox = try await SandboxProcess([
            "--users", "3", "--only", "tenant", "--only", "digicert-certcentral", "--instant", "--clock", clock,
        ])
        let names = (try await sandbox.control("/control/people")["people"]?.array ?? []).compactMap {
            $0["userPrincipalName"]?.string
        }
        let url = "http://127.0.0.1:\(try FreePort.find())"
        let gateway = try await GatewayUnderTest(sandbox: sandbox, clock: clock) {
            $0 + """

                console: {listen: "\(url.dropFirst(7))", publicURL: "\(url)", signIn: {}, roles: {administrator: [Certway.Administrator]}}
                handOver: {lifetime: 5m, keepKeyFor: 1d}
                notifications: {from: \(names[2]), events: [{event: digest, send: false}, {event: issued, send: false}]}

                """
        }
        try await gateway.finish(within: 30)
        let certificates = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        let own = try #require(certificates.first { $0["userPrincipalName"]?.string == names[0] })
        return Scene(
            gateway: gateway, url: url, owner: names[0], stranger: names[1],
            serial: try #require(own["serialNumber"]?.string))
    }

    private func serve(_ scene: Scene, _ environment: [String: String] = [:]) async throws -> ChildProcess {
        let service = try await scene.gateway.start(["serve"], environment: environment)
        try await scene.gateway.wait(beside: service) { scene.gateway.said.contains("console and API at \(scene.url)") }
        return service
    }

    /// Offers the file, and reads the link in the mail that its owner gets.
    private func offer(_ scene: Scene) async throws -> String {
        try await scene.gateway.sandbox.control("/control/mails", method: "POST", body: #"{"clear": true}"#)
        let offered = try await scene.gateway.certway(["handover", "offer", scene.serial, "--device", "iphone"])
        try #require(offered.status == 0, "\(offered.errors)")
        for _ in 1...600 {
            let mail = try await scene.gateway.sandbox.control("/control/mails")["mails"]?[0]
            if let mail {
                #expect(mail["recipients"] == [.string(scene.owner)], "\(mail.text)")
                let text = mail["message"]?["body"]?["content"]?.string ?? ""
                return String(try #require(text.firstMatch(of: /my#package=([A-Za-z0-9_-]+)/), "\(mail.text)").1)
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try #require(nil as String?, "no mail came: \(scene.gateway.said)")
    }

    /// The number of the newest password that lies ready.
    private func passwordNumber(_ scene: Scene) async throws -> String {
        let list = try await come(scene, [(scene.owner, ("GET", "/my/hand-overs", nil))])
        let open = list[0]["body"]?["items"]?.array?.first {
            $0["purpose"] == "handOverPassword" && $0["state"] == "open"
        }
        return try #require(open?["id"]?.string, "\(list)")
    }

    /// What comes of it when people come as browsers do, one step after another; status 0 where the connection broke.
    private func come(_ scene: Scene, _ steps: [(who: String?, step: Step)]) async throws -> [JSONValue] {
        let lines = steps.map { who, step in
            JSONValue.object([
                "as": JSONValue(who), "method": .string(step.method), "path": .string(step.path),
                "body": step.body ?? .null,
            ]).text
        }
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "hand-over.py").path
        let run = try await Run.program(
            Judges.path("python3"), [script],
            environment: [
                "CERTWAY_CONSOLE": scene.url, "CERTWAY_LOGIN": scene.gateway.sandbox.text("tenant", "login"),
                "PYTHONDONTWRITEBYTECODE": "1",
            ], input: Array((lines.joined(separator: "\n") + "\n").utf8))
        try #require(run.status == 0, "\(run.output)\(run.errors)\(scene.gateway.said.suffix(2000))")
        return try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    /// openssl opens the file with the password; the key in it is that of the certificate.
    private func open(_ answer: JSONValue?, _ password: String, _ scene: Scene) async throws {
        let file = try #require(answer?["content"]?.string.flatMap { Data(base64Encoded: $0) }, "\(answer?.text ?? "")")
        let path = try scene.gateway.folder.write(Array(file), to: "phone.p12")
        let secret = try scene.gateway.folder.write(password, to: "phone-password")
        let all = try await Tool.run([
            "openssl", "pkcs12", "-legacy", "-in", path, "-passin", "file:\(secret)", "-nodes",
        ])
        let key = try await Tool.openssl("pkey", "-pubout", input: Array(all.utf8))
        let certificate = try await Tool.openssl("x509", "-pubkey", "-noout", input: Array(all.utf8))
        let serial = try await Tool.openssl("x509", "-serial", "-noout", input: Array(all.utf8))
        #expect(key == certificate && serial.lowercased().contains(scene.serial.lowercased()), "\(serial)")
    }
}
