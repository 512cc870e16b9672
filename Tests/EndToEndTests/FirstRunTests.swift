// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// From an empty folder to the first delivered certificate, by the console's guide and a mouse.
@Suite(.timeLimit(.minutes(5))) struct FirstRunTests {
    @Test func anEmptyFolderEndsInADeliveredCertificate() async throws {
        let files = try TemporaryFolder()
        let secrets = files.path("home/secrets")
        try FileManager.default.createDirectory(
            atPath: secrets, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let sandbox = try await SandboxProcess(["--users", "2", "--only", "tenant"])
        _ = try files.write(sandbox.text("tenant", "clientSecret"), to: "home/secrets/client-secret")
        _ = try files.write(sandbox.text("tenant", "intune", "publicKeyPEM"), to: "home/secrets/intune.pem")
        _ = try await Tool.run(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", "/CN=Agent",
                "-addext", "keyUsage=critical,keyEncipherment", "-keyout", "kra.key", "-out", "kra.pem",
            ], folder: secrets)
        let service = try await ChildProcess(
            BuiltPrograms.path("certway"),
            ["serve", "--listen", "127.0.0.1:0", "--home", files.path("home"), "--log", "info"], output: .pipe,
            errors: .file(files.path("serve.err")))
        let said = { (try? String(contentsOfFile: files.path("serve.err"), encoding: .utf8)) ?? "" }
        for _ in 0..<600 where !said().contains("with the token ") { try await Task.sleep(for: .milliseconds(100)) }
        let token = String(try #require(said().firstMatch(of: /with the token (cwt_[^\s]+)/), "\(said())").1)
        let address = try #require(said().firstMatch(of: /console and API at (http[^\s]+)/)).1
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "BrowserTests/first_run.py").path
        let run = try await Run.program(
            Judges.path("python3"), [script, secrets, token],
            environment: [
                "CERTWAY_DEMO": "{\"console\": \"\(address)/console\"}", "CERTWAY_SANDBOX": sandbox.description.text,
                "CERTWAY_SCREENSHOTS": "", "PYTHONDONTWRITEBYTECODE": "1",
            ])
        #expect(run.status == 0, "\(run.output.suffix(4000)) \(run.errors.suffix(2000)) \(said().suffix(3000))")
        service.signal(SIGTERM)
        #expect(await service.end().status == 0, "\(said())")
    }
}
