// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing
import ThrowAwayServers

/// What `certway doctor` says of the services that single sections need: each is found as it is, and each lack with its next step.
@Suite(.timeLimit(.minutes(5))) struct DoctorServiceTests {
    private static let callback = "https://certway.sandbox.example/auth/callback"

    @Test func eachServiceOfTheTenant() async throws {
        let sandbox = try await SandboxProcess([
            "--users", "2", "--mailboxes", "1", "--only", "tenant", "--only", "digicert-certcentral",
        ])
        let sender = try await sandbox.control("/control/people")["people"]?[0]?["userPrincipalName"]?.string ?? ""
        let gateway = try await GatewayUnderTest(sandbox: sandbox) { yaml in
            yaml.replacing("tenant: {", with: "tenant: {exchange: \"\(sandbox.text("tenant", "exchange"))\", ")
                .replacing(
                    "    group: \(sandbox.text("tenant", "groups", "smime"))\n", with: "    for: mailboxes\n")
                    + """

                    notifications: {from: \(sender)}
                    console: {listen: "127.0.0.1:8443", publicURL: "https://certway.sandbox.example", signIn: {}, roles: {administrator: [Certway.Administrator], auditor: [0a41c0de-1111-4222-8333-444444444444]}}

                    """
        }
        // The agent's key into the vault.
        let pem = try String(contentsOfFile: gateway.folder.path("kra.key"), encoding: .utf8)
        let key: JSONValue = ["key": ["name": "kra-test", "privateKeyPEM": .string(pem)]]
        try await sandbox.control("/control/vault", method: "POST", body: key.text)
        let file = gateway.folder.path("kra.pem")
        let vault = sandbox.text("tenant", "vault", "url")
        try await gateway.reconfigure {
            $0.replacing("certificate: \(file)", with: "certificate: \(file), key: \"keyvault:\(vault)/keys/kra-test\"")
        }
        let all = ["Mail.Send", "Exchange.ManageAsApp", "Application.Read.All"]
        try await grant(all, sandbox)
        // Nobody has registered the address yet.
        var found = try await findings(gateway)
        expect(found, "sign-in", "failed", "\(Self.callback) is not registered")
        try await tenant(["redirectURIs": [.string(Self.callback)]], sandbox)
        found = try await findings(gateway)
        expect(found, "sign-in", "ok", "leads people back to \(Self.callback)")
        expect(found, "sign-in, claims", "ok", "tokens carry")
        expect(found, "Exchange Online", "ok", "shared mailboxes")
        expect(found, "mail", "ok", sender)
        expect(found, "key vault, agent agent", "ok", "the key of the agent's certificate")

        // Each lack by itself.
        try await tenant(["groupClaims": false], sandbox)
        expect(try await findings(gateway), "sign-in, claims", "failed", "add the groups claim")
        try await grant(["Exchange.ManageAsApp"], sandbox)
        found = try await findings(gateway)
        expect(found, "sign-in, claims", "warning", "Application.Read.All")
        expect(found, "mail", "failed", "grant the application permission Mail.Send")
        try await grant([], sandbox)
        expect(try await findings(gateway), "Exchange Online", "failed", "Exchange.ManageAsApp")
        try await grant(all, sandbox)
        try await sandbox.control("/control/exchange", method: "POST", body: #"{"role": false}"#)
        expect(try await findings(gateway), "Exchange Online", "failed", "role Exchange Recipient Administrator")
        let other: JSONValue = ["key": ["name": "other", "type": "RSA"]]
        try await sandbox.control("/control/vault", method: "POST", body: other.text)
        try await gateway.reconfigure {
            $0.replacing("/keys/kra-test", with: "/keys/other").replacing(
                "from: \(sender)", with: "from: nobody@sandbox.example")
        }
        found = try await findings(gateway)
        expect(found, "key vault, agent agent", "failed", "another key than the agent's certificate")
        expect(found, "mail", "failed", "the tenant has no nobody@sandbox.example")
    }

    @Test func theMailServer() async throws {
        let server = try await TestMailServer()
        let password = try server.folder.write(TestMailServer.password, to: "password")
        let sandbox = try await SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0 + """

                notifications:
                  from: certway@sandbox.example
                  smtp: {server: "127.0.0.1:\(server.port)", user: \(TestMailServer.user), password: "file:\(password)", tlsRoots: \(server.roots)}

                """
        }
        expect(try await findings(gateway), "mail server", "ok", "takes the sign-in over TLS")
        // Nothing was sent by that.
        #expect(try await server.mails().isEmpty)
        try server.folder.write("wrong", to: "password")
        expect(try await findings(gateway), "mail server", "failed", "see notifications.smtp")
        try server.folder.write(TestMailServer.password, to: "password")
        let nobody = try FreePort.find()
        try await gateway.reconfigure { $0.replacing("127.0.0.1:\(server.port)", with: "127.0.0.1:\(nobody)") }
        expect(try await findings(gateway), "mail server", "failed", "127.0.0.1:\(nobody)")
    }

    private func findings(_ gateway: GatewayUnderTest) async throws -> [String: [String]] {
        let run = try await gateway.certway(["doctor", "--output", "json"])
        let all = try run.json.array ?? []
        return Dictionary(grouping: all) { $0["subject"]?.string ?? "" }.mapValues {
            $0.map { "\($0["verdict"]?.string ?? ""): \($0["text"]?.string ?? "")" }
        }
    }

    private func expect(
        _ found: [String: [String]], _ subject: String, _ verdict: String, _ words: String,
        at location: SourceLocation = #_sourceLocation
    ) {
        let said = found[subject] ?? []
        #expect(
            said.contains { $0.hasPrefix("\(verdict): ") && $0.contains(words) }, "\(subject): \(said)",
            sourceLocation: location)
    }

    /// What the application has beside the permissions that every gateway needs.
    private func grant(_ more: [String], _ sandbox: SandboxProcess) async throws {
        let usual = [
            "User.Read.All", "GroupMember.Read.All", "OrgContact.Read.All",
            "DeviceManagementConfiguration.ReadWrite.All",
            "DeviceManagementManagedDevices.Read.All",
        ]
        try await tenant(["roles": JSONValue(usual + more)], sandbox)
    }

    private func tenant(_ switches: JSONValue, _ sandbox: SandboxProcess) async throws {
        try await sandbox.control("/control/tenant", method: "POST", body: switches.text)
    }

    /// While work rests, what is shown is old: it is said wherever somebody looks, until it goes on.
    @Test(arguments: ["directory", "plan"]) func whatRestsIsSaid(job: String) async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        try await gateway.finish()
        try await gateway.sandbox.join("Nora")
        let looked = try await gateway.certway(["job", "pause", job, "--dry-run"])
        #expect(looked.status == 0 && looked.output.contains("would be done"), "\(looked.errors)")
        #expect(try await !gateway.certway(["doctor"]).output.contains("rests since"))
        #expect(try await gateway.certway(["job", "pause", job]).status == 0)
        let service = try await gateway.start(["serve"])
        #expect(try await gateway.serviceSays("\(job) rests since"))
        let doctor = try await gateway.certway(["doctor"])
        #expect(doctor.status != 0 && doctor.output.contains("\(job) rests since"), "\(doctor.output)")
        let list = try await gateway.certway(["job", "list", "--output", "json"]).json.array ?? []
        #expect(list.filter { $0["pausedAt"]?.string != nil }.map { $0["name"] } == [.string(job)], "\(list)")
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 1)
        let twice = try await gateway.certway(["job", "pause", job])
        #expect(twice.status != 0 && twice.errors.contains("rests already"), "\(twice.errors)")
        #expect(try await gateway.certway(["job", "resume", job]).status == 0)
        #expect(try await gateway.serviceSays("over: \(job) rests since"))
        for _ in 0..<100 where try await gateway.sandbox.orders("digicert-certcentral").count < 2 {
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 2)
        try await gateway.stop(service)
    }
}
