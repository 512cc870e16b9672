// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing
import ThrowAwayServers

/// People and programs come in to a running gateway, or do not.
@Suite(.timeLimit(.minutes(8))) struct ConsoleSignInTests {
    private static let connector = "digicert-certcentral"
    private static let group = "0a41c0de-1111-4222-8333-444444444444"

    private func sandbox() async throws -> SandboxProcess {
        try await SandboxProcess(["--users", "9", "--unusual", "--tls", "--only", "tenant", "--only", Self.connector])
    }

    private static func roles() -> String {
        let named = ["administrator", "helpdesk", "keyRecoveryAgent", "auditor", "requester"].map { role in
            "\(role): [Certway.\(role.prefix(1).uppercased())\(role.dropFirst())]"
        }
        return "{\((named + ["integrator: [\(group)]"]).joined(separator: ", "))}"
    }

    /// Lets the judge in Python come as browsers and programs do.
    private func judge(_ gateway: GatewayUnderTest, at url: String, roots: [String]) async throws {
        let bundle = try gateway.folder.write(roots.joined(separator: "\n"), to: "judge-roots.pem")
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "console-signin.py").path
        let run = try await Run.program(
            Judges.path("python3"), [script],
            environment: [
                "CERTWAY_CONSOLE": url, "CERTWAY_SANDBOX": gateway.sandbox.description.text,
                "CERTWAY_GROUP": Self.group,
                "REQUESTS_CA_BUNDLE": bundle, "PYTHONDONTWRITEBYTECODE": "1",
            ])
        let log = try gateway.serviceLog().suffix(3000)
        #expect(
            run.status == 0 && run.output.contains("passed"),
            "\(run.output)\n\(run.errors)\n\(log)")
    }

    /// On loopback without TLS, as on a first day.
    @Test func everybodyWhoComes() async throws {
        let port = try FreePort.find()
        let url = "http://127.0.0.1:\(port)"
        let gateway = try await GatewayUnderTest(sandbox: try await sandbox()) {
            $0 + "\nconsole: {listen: 127.0.0.1:\(port), publicURL: \"\(url)\", signIn: {}, roles: \(Self.roles())}\n"
        }
        let service = try await gateway.start(["serve"])
        #expect(try await gateway.serviceSays("console and API at \(url)"))
        try await judge(gateway, at: url, roots: [gateway.sandbox.text("tenant", "tlsRootPEM")])
        // What was secret stands nowhere.
        let log = try gateway.serviceLog()
        #expect(!log.contains("cwt_") && !log.contains("eyJ"))
        let records = try await gateway.certway(["audit", "list", "--all", "--output", "json"])
        for word in ["begin.session", "refuse.session", "end.session", "create.token", "revoke.token"] {
            #expect(records.output.contains(word), "\(word)")
        }
        #expect(try await gateway.certway(["audit", "verify"]).status == 0)
        try await gateway.stop(service)
    }

    /// Over TLS the cookies have names that no other host can plant.
    @Test func overTLS() async throws {
        let port = try FreePort.find()
        let folder = try TemporaryFolder()
        let made = try await Run.tool(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                folder.path("tls.key"), "-out", folder.path("tls.pem"), "-subj", "/CN=127.0.0.1", "-days", "30",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
            ])
        try #require(made.status == 0, "\(made.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path("tls.key"))
        let url = "https://127.0.0.1:\(port)"
        let tls = "{certificate: \(folder.path("tls.pem")), key: \"file:\(folder.path("tls.key"))\"}"
        let gateway = try await GatewayUnderTest(sandbox: try await sandbox()) {
            $0
                + "\nconsole: {listen: 127.0.0.1:\(port), publicURL: \"\(url)\", tls: \(tls), signIn: {}, roles: \(Self.roles())}\n"
        }
        let service = try await gateway.start(["serve"])
        #expect(try await gateway.serviceSays("console and API at \(url)"))
        let own = try String(contentsOfFile: folder.path("tls.pem"), encoding: .utf8)
        try await judge(gateway, at: url, roots: [gateway.sandbox.text("tenant", "tlsRootPEM"), own])
        try await gateway.stop(service)
    }

    /// Without a tenant's sign-in, one token is told at the start, good for one session; tokens made with it go on.
    @Test func theFirstWayIn() async throws {
        let sandbox = try await SandboxProcess(["--users", "1", "--only", "tenant", "--only", Self.connector])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        let port = try FreePort.find()
        let service = try await gateway.start(["serve", "--listen", "127.0.0.1:\(port)"])
        #expect(try await gateway.serviceSays("sign in once with the token cwt_"))
        let token = try #require(try gateway.serviceLog().firstMatch(of: /cwt_[A-Za-z0-9]+/)?.output)
        let client = CurlHTTPClient()
        func send(
            _ method: String, _ path: String, _ headers: [(String, String)] = [], _ body: String? = nil
        ) async throws -> HTTPResponse {
            try await client.send(
                HTTPRequest(
                    method: method, url: "http://127.0.0.1:\(port)\(path)", headers: headers,
                    body: body.map { Array($0.utf8) }))
        }
        let json = [("Accept", "application/json")]
        // For the sign-in page, not for programs.
        #expect(try await send("GET", "/api/v1/session", [("Authorization", "Bearer \(token)")]).status == 401)
        #expect(try await send("POST", "/auth/token", json, "token=cwt_wrong").status == 401)
        let begun = try await send("POST", "/auth/token", json, "token=\(token)")
        #expect(begun.status == 200 && begun.text.contains("/console/overview"), "\(begun.text)")
        let cookie = try #require(begun.headers["Set-Cookie"]?.firstMatch(of: /certway-session=[^;]+/)?.output)
        let session = try await send("GET", "/api/v1/session", [("Cookie", String(cookie))])
        #expect(try JSONValue(parsing: session.body)["roles"] == ["administrator"], "\(session.text)")
        #expect(try await send("POST", "/auth/token", json, "token=\(token)").status == 401, "it was for one session")

        let made = try await gateway.certway(["token", "create", "--role", "helpdesk", "--name", "desk 1"])
        let secret = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(made.status == 0 && secret.wholeMatch(of: /cwt_[A-Za-z0-9]{46}/) != nil, "\(made.errors)")
        let bearer = [("Authorization", "Bearer \(secret)")]
        #expect(try await send("GET", "/api/v1/session", bearer).status == 200)
        #expect(try await gateway.certway(["token", "list"]).output.contains("desk 1"))
        #expect(try await !gateway.certway(["token", "list", "--all", "--output", "json"]).output.contains(secret))
        #expect(try await gateway.certway(["token", "create", "--role", "auditor", "--name", "desk 1"]).status != 0)
        #expect(try await gateway.certway(["token", "revoke", "desk 1"]).status == 0)
        #expect(try await send("GET", "/api/v1/session", bearer).status == 401)
        // The tenant does not sign in here, and says so.
        #expect(try await send("GET", "/auth/start").text.contains("No tenant signs in here"))
        try await gateway.stop(service)
    }
}
