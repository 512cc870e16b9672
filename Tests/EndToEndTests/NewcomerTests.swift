// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What a newcomer gets wrong, and whether the answer says what to do.
@Suite(.timeLimit(.minutes(10))) struct NewcomerTests {
    private func expect(_ run: Run, status: Int32, _ words: String..., location: SourceLocation = #_sourceLocation) {
        #expect(run.status == status, "\(run.output) \(run.errors)", sourceLocation: location)
        for word in words {
            #expect((run.errors + run.output).contains(word), "\(run.output) \(run.errors)", sourceLocation: location)
        }
    }

    @Test func noCommand() async throws {
        try await expect(Run.certway([]), status: 2, "commands:", "certway demo")
    }

    @Test func mistypedCommandAndOption() async throws {
        try await expect(Run.certway(["dmeo"]), status: 2, "did you mean \"demo\"?")
        try await expect(Run.certway(["demo", "--usres", "3"]), status: 2, "did you mean \"--users\"?")
        try await expect(Run.certway(["demo", "--users", "many"]), status: 2, "--users", "whole number")
    }

    @Test func noGatewayYet() async throws {
        let folder = try TemporaryFolder()
        try await expect(
            Run.certway(["plan", "--home", "\(folder.path)/nothing"]), status: 3, "certway apply -f FILE")
    }

    @Test func noSuchFile() async throws {
        try await expect(Run.certway(["apply", "-f", "/nonexistent/certway.yaml"]), status: 3, "does not exist")
    }

    @Test func noWritePermission() async throws {
        try await expect(
            Run.certway(["demo", "--users", "1", "--keep", "/proc/certway"]), status: 2, "cannot make folder", "--keep")
        let folder = try TemporaryFolder()
        let file = try folder.write("limits: {ordersPerRun: 1}", to: "empty.yaml")
        try await expect(Run.certway(["apply", "-f", file, "--home", "/proc/certway"]), status: 3, "--home DIR")
    }

    @Test func everyProblemOfAConfigurationAtOnce() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            tenant: {id: x, clientID: y, clientSecret: hunter2hunter2}
            intune: {publicKey: a, providerNam: b, keyName: c, paddingScheme: pkcs1}
            templates:
              - {name: t, group: g, backendCA: nowhere, product: p, key: rsa1024, names: {emails: "env.HOME"}}
            limits: {ordersPerRun: lots}
            """, to: "certway.yaml")
        let run = try await Run.certway(["apply", "-f", file, "--home", "\(folder.path)/home"])
        expect(
            run, status: 3, "certway.yaml:1:", "tenant.clientSecret", "env:NAME or file:/path", "providerNam",
            "providerName",
            "intune.paddingScheme", "templates[0].key", "templates[0].names", "limits.ordersPerRun")
        #expect(!run.errors.contains("hunter2"), "the secret is quoted")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/home"), "something was made on disk")
    }

    @Test func aSecretInTheConfigurationIsNotStored() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            backendCAs:
              - {name: ca, connector: digicert-certcentral, acceptedRoots: /r.pem, settings: {apiKey: hunter2hunter2}}
            """, to: "certway.yaml")
        let run = try await Run.certway(["apply", "-f", file, "--home", "\(folder.path)/home"])
        expect(
            run, status: 3, "certway.yaml:2:",
            "backendCAs[0].settings.apiKey: expected a reference: env:NAME or file:/path",
            "file /r.pem does not exist")
        #expect(!run.errors.contains("hunter2"), "the secret is quoted")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/home"), "something was made on disk")
    }

    @Test func dryRunMakesNothing() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("limits: {ordersPerRun: 7}", to: "certway.yaml")
        try await expect(
            Run.certway(["apply", "-f", file, "--dry-run", "--home", "\(folder.path)/home"]), status: 0, "added",
            "nothing was changed")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/home"))
    }

    @Test func partsThatDoNotFitTogether() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "templates: [{name: t, group: g, backendCA: nowhere, product: p, keyRecoveryAgents: [who]}]",
            to: "certway.yaml")
        try await expect(
            Run.certway(["apply", "-f", file, "--home", "\(folder.path)/home"]), status: 3,
            "backendCA \"nowhere\" is not configured", "key recovery agent \"who\" is not configured", "section intune")
    }

    @Test func wrongGroup() async throws {
        let sandbox = try await SandboxProcess(["--users", "1"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0.replacing(sandbox.text("tenant", "groups", "smime"), with: "00000000-0000-4000-8000-000000000000")
        }
        try await expect(gateway.certway(["plan"]), status: 1, "template smime", "00000000-0000-4000-8000-000000000000")
    }

    @Test func wrongSecret() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        try gateway.folder.write("not-the-secret", to: "client-secret")
        try await expect(gateway.certway(["plan"]), status: 1, "7000215")
        try await expect(gateway.certway(["doctor"]), status: 1, "7000215")
    }

    @Test func expiredSecret() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        _ = try await gateway.sandbox.control("/control/tenant", method: "POST", body: #"{"secretExpired": true}"#)
        try await expect(gateway.certway(["plan"]), status: 1, "7000222", "expired")
    }

    @Test func nobodyListensAtTheCA() async throws {
        let sandbox = try await SandboxProcess(["--users", "1"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            // Nobody listens there: the answer names the address and what kind of failure it is.
            $0.replacing(
                sandbox.text("cas", "digicert-certcentral", "endpoint"), with: "http://127.0.0.1:1/services/v2")
        }
        try await expect(gateway.certway(["ca", "check"]), status: 1, "127.0.0.1:1")
    }

    @Test func wrongKeyAtTheCA() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        try gateway.folder.write("not-the-key", to: "apiKey")
        try await expect(gateway.certway(["ca", "check"]), status: 1, "authentication")
        let run = try await gateway.certway(["run", "--once"])
        #expect(run.status == 4)
        #expect(run.errors.contains("certway: order ") && run.errors.contains("certway doctor"), "\(run.errors)")
        try await expect(gateway.certway(["order", "list"]), status: 0, "authentication")
    }

    @Test func unknownProduct() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        let yaml = try String(contentsOfFile: gateway.configuration, encoding: .utf8)
        let file = try gateway.folder.write(
            yaml.replacing("product: \"secure_email_", with: "product: \"secure_mail_"), to: "wrong.yaml")
        try await expect(
            gateway.certway(["apply", "-f", file]), status: 3, "templates[0].product", "no product \"secure_mail_",
            "did you mean secure_email_")
    }

    @Test func twoProcessesOnOneFolder() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        let holder = try await ChildProcess(
            "flock", [gateway.home, "sh", "-c", "echo locked; exec sleep 60"], output: .pipe)
        #expect(try await holder.line() == "locked\n")
        try await expect(gateway.certway(["run", "--once"]), status: 1, "another certway process")
    }

    @Test func tenPlantedMistakesInOneProfile() async throws {
        let folder = try TemporaryFolder()
        let source = try String(
            contentsOfFile: "\(BuiltPrograms.repository)/Tests/EndToEndTests/ten-mistakes.yaml", encoding: .utf8)
        let file = try folder.write(source, to: "ten-mistakes.yaml")
        let run = try await Run.certway(["connector", "validate", file, "--output", "json"])
        #expect(run.status == 3)
        let problems = try run.json.array ?? []
        #expect(problems.count == 10, "\(run.output)")
        for (number, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.contains("# mistake") {
            #expect(problems.contains { $0["line"]?.int == number + 1 }, "line \(number + 1) is not reported: \(line)")
        }
        #expect(problems.allSatisfy { !($0["keyPath"]?.string ?? "").isEmpty })
    }

    /// The generated documents are what the programs print now.
    @Test func keyReferenceIsCurrent() async throws {
        let printed = try await Run.certway(["connector", "reference"]).output
        let file = try String(contentsOfFile: "\(BuiltPrograms.repository)/connectors.d/README.md", encoding: .utf8)
        #expect(printed == file, "run: certway connector reference > connectors.d/README.md")
    }

    @Test func newProfileIsValidAndNotInUse() async throws {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/example-ca.yaml"
        try await expect(
            Run.certway(["connector", "new", "--kind", "rest", "--name", "example-ca", "--out", file]), status: 0,
            "connector validate")
        try await expect(Run.certway(["connector", "validate", file]), status: 0, "no problems")
        try await expect(Run.certway(["connector", "new", "--kind", "rset", "--name", "x"]), status: 1, "rest")
    }

    @Test func tryingTheStop() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "2"]))
        let service = try await gateway.start(["serve"])
        for _ in 0..<100 {
            try await Task.sleep(for: .milliseconds(200))
            if try await gateway.sandbox.control("/control/pfx")["pfx"]?.array?.count == 2 { break }
        }
        service.signal(SIGTERM)
        let exit = await service.end()
        #expect(!exit.wasKilled && exit.status == 0)
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(2))
    }
}
