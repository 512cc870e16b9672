// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// The API of a running service, asked as other people's programs ask it.
@Suite(.timeLimit(.minutes(15))) struct APITests {
    /// A service with a few certificates.
    private func served() async throws -> (gateway: GatewayUnderTest, service: ChildProcess, url: String, token: String)
    {
        let sandbox = try await SandboxProcess(["--users", "4", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        try await gateway.finish()
        let service = try await gateway.start(["serve", "--listen", "127.0.0.1:0"])
        try #require(await gateway.serviceSays("console and API at "))
        let line = try #require(try gateway.serviceLog().firstMatch(of: /console and API at (\S+)/))
        let made = try await gateway.certway(["token", "create", "--role", "administrator", "--name", "judge"])
        try #require(made.status == 0, "\(made.errors)")
        return (gateway, service, String(line.1), made.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// The document by its own judge, and all that is served by property tests.
    @Test func foreignJudgesFindNothing() async throws {
        let (gateway, service, url, token) = try await served()
        let judge = try await Run.program(
            Judges.path("python3"),
            [
                "\(BuiltPrograms.repository)/Tests/EndToEndTests/api-judge.py", url, token,
                gateway.folder.path("judge"), "8",
            ],
            timeLimit: 800)
        try #require(judge.status == 0, "\(judge.errors)")
        let found = try judge.json
        #expect(found["document"] == [], "\(found["document"] ?? .null)")
        #expect(found["status"] == 0, "\(found["report"]?.string ?? "")")
        #expect(found["unheard"] == [], "\(found["unheard"] ?? .null)")
        let log = try gateway.serviceLog()
        #expect(!log.contains("the API cannot answer"), "\(log.suffix(4000))")
        try await gateway.stop(service)
    }

    /// A profile is looked at by a process of its own: whatever its programs do, the service goes on, and many mistakes are many words for nobody.
    @Test func noProfileEndsTheService() async throws {
        let (gateway, service, url, token) = try await served()
        let usual = try String(contentsOfFile: "\(BuiltPrograms.repository)/connectors.d/ssl-com.yaml", encoding: .utf8)
        let program = "'.request | {product, period"
        try #require(usual.contains(program))
        func validate(_ text: String) async throws -> JSONValue {
            let body = JSONValue.object(["text": .string(text), "try": true]).text
            let file = try gateway.folder.write(body, to: "body.json")
            return try await Run.tool(
                "curl",
                [
                    "-s", "-m", "60", "-H", "Authorization: Bearer \(token)", "-H", "Content-Type: application/json",
                    "--data-binary", "@\(file)", "\(url)/api/v1/connector-validations",
                ]
            ).json
        }
        #expect(try await validate(usual)["valid"] == true)
        // Inside tojson libjq hears no order to stop.
        let endless = usual.replacing(
            program,
            with: "'(reduce range(40) as $i ([1]; [., .]) | tojson | length) as $n | .request | {product, period")
        let answer = try await validate(endless)
        #expect(answer["valid"] == false, "\(answer.text.prefix(400))")
        #expect(
            answer["problems"]?[0]?["message"]?.string?.contains("come to an end") == true, "\(answer.text.prefix(400))"
        )
        let many = usual + (0..<2000).map { "k\($0): 1\n" }.joined()
        let problems = try await validate(many)["problems"]?.array ?? []
        #expect(problems.count == 51 && problems.last?["message"]?.string?.hasPrefix("1950 more") == true)
        #expect(service.isRunning)
        try await gateway.stop(service)
    }

    /// Behind one address may be many programs, and one with an old token must not lock out the others.
    @Test func aNeighbourWithABadTokenLocksNobodyOut() async throws {
        let (gateway, service, url, token) = try await served()
        func status(_ token: String) async throws -> String {
            try await Run.tool(
                "curl",
                [
                    "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Authorization: Bearer \(token)",
                    "\(url)/api/v1/session",
                ]
            ).output
        }
        var refused: Set<String> = []
        for _ in 0..<21 { refused.insert(try await status("cwt_refused")) }
        #expect(refused == ["401", "429"])
        #expect(try await status("cwt_refused") == "429")
        #expect(try await status(token) == "200")
        try await gateway.stop(service)
    }

    /// Who listens hears of a new order, and what is shown then is what the command shows.
    @Test func changesAreHeard() async throws {
        let (gateway, service, url, token) = try await served()
        let stream = try await ChildProcess(
            "curl", ["-sN", "-H", "Authorization: Bearer \(token)", "\(url)/api/v1/events?topics=overview,orders"],
            output: .pipe)
        var lines: [String] = []
        func heard(_ text: String) async throws -> Bool {
            while true {
                let line = try await stream.line()
                guard !line.isEmpty else { return false }
                lines.append(line)
                if line.contains(text) { return true }
            }
        }
        try #require(try await heard("event: ready"))
        let order = try #require(try await gateway.certway(["order", "list", "--output", "json"]).json[0])
        let reference = try #require(order["reference"]?.string)
        // Somebody new: what was there before is no news.
        try await gateway.sandbox.join("Late")
        let read = try await gateway.certway(["job", "run", "directory"])
        try #require(read.status == 0, "\(read.errors)")
        #expect(try await heard("\"topic\":\"orders\""), "\(lines)")
        stream.signal(SIGTERM)
        let shown = try await Run.tool(
            "curl", ["-s", "-H", "Authorization: Bearer \(token)", "\(url)/api/v1/orders/\(reference)"])
        let told = try await gateway.certway(["order", "show", reference, "--output", "json"]).json
        #expect(try shown.json["createdAt"] == told["createdAt"] && shown.json["reference"] == told["reference"])
        try await gateway.stop(service)
    }
}
