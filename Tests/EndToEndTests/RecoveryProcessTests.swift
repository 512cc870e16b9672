// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Recovery by two people through the API of a running service, with the agent's key in the sandbox's vault; then other agents.
@Suite(.timeLimit(.minutes(8))) struct RecoveryProcessTests {
    private func openssl(_ arguments: [String], input: String = "") async throws -> String {
        let run = try await Run.tool("openssl", arguments, input: input)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
        return run.output
    }

    /// A gateway whose agent's key lies in the vault, and another agent who is to follow.
    private func gateway() async throws -> GatewayUnderTest {
        let sandbox = try await SandboxProcess(["--users", "3", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        let folder = gateway.folder.path
        let key = try await openssl(["pkey", "-in", "\(folder)/kra.key"])
        let body: JSONValue = ["key": ["name": "kra-test", "privateKeyPEM": .string(key)]]
        try await sandbox.control("/control/vault", method: "POST", body: body.text)
        _ = try await openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=Next",
            "-days", "300", "-keyout", "\(folder)/next.key", "-out", "\(folder)/next.pem",
        ])
        let vault = sandbox.text("tenant", "vault", "url")
        try await gateway.reconfigure { yaml in
            yaml.replacing(
                "certificate: \(folder)/kra.pem",
                with: "certificate: \(folder)/kra.pem, key: \"keyvault:\(vault)/keys/kra-test\""
            )
            .replacing(
                "keyRecoveryAgents: [{", with: "keyRecoveryAgents: [{name: next, certificate: \(folder)/next.pem}, {")
                + "\nrecovery: {approvals: 2}\n"
        }
        try await gateway.finish()
        return gateway
    }

    @Test func twoPeopleByTheVault() async throws {
        let gateway = try await gateway()
        let certificate = try #require(try await gateway.certway(["certificate", "list", "--output", "json"]).json[0])
        let serial = try #require(certificate["serialNumber"]?.string)
        let service = try await gateway.start(["serve", "--listen", "127.0.0.1:0"])
        try #require(await gateway.serviceSays("console and API at "))
        let url = String(try #require(try gateway.serviceLog().firstMatch(of: /console and API at (\S+)/)).1)
        var tokens: [String: String] = [:]
        for (name, role) in [("kim", "keyRecoveryAgent"), ("lea", "keyRecoveryAgent"), ("root", "administrator")] {
            let made = try await gateway.certway(["token", "create", "--role", role, "--name", name])
            tokens[name] = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        func post(_ path: String, _ name: String, _ body: JSONValue = [:]) async throws -> (Int, JSONValue) {
            let run = try await Run.tool(
                "curl",
                [
                    "-s", "-w", "\n%{http_code}", "-X", "POST", "-H", "Authorization: Bearer \(tokens[name] ?? "")",
                    "-H",
                    "Content-Type: application/json", "-H", "Idempotency-Key: \(UUID().uuidString)", "-d", body.text,
                    "\(url)/api/v1\(path)",
                ])
            let parts = run.output.split(separator: "\n")
            return (Int(parts.last ?? "") ?? 0, try JSONValue(parsing: String(parts.first ?? "null")))
        }
        let wish: JSONValue = ["certificate": .string(serial), "purpose": "court order 12/26"]
        #expect(try await post("/recoveries", "root", wish).0 == 403)
        let asked = try await post("/recoveries", "kim", wish)
        #expect(asked.0 == 200 && asked.1["state"] == "waiting", "\(asked)")
        let id = try #require(asked.1["id"]?.string)
        let yes: JSONValue = ["decision": "approve", "because": "order seen"]
        #expect(try await post("/recoveries/\(id)/approvals", "kim", yes).0 == 409)
        #expect(try await post("/recoveries/\(id)/package", "kim").0 == 409)
        #expect(try await post("/recoveries/\(id)/approvals", "lea", yes).1["state"] == "approved")
        let package = try await post("/recoveries/\(id)/package", "kim")
        #expect(package.0 == 200, "\(package)")
        #expect(try await post("/recoveries/\(id)/package", "kim").0 == 409)
        #expect(try await post("/recoveries/\(id)/password", "kim").0 == 409)
        let password = try #require(try await post("/recoveries/\(id)/password", "lea").1["password"]?.string)
        #expect(try await post("/recoveries/\(id)/password", "lea").0 == 409)
        let file = try #require(package.1["content"]?.string.flatMap { Data(base64Encoded: $0) })
        try gateway.folder.write(Array(file), to: "ada.p12")
        try gateway.folder.write(password, to: "password")
        let folder = gateway.folder.path
        let key = try await openssl([
            "pkcs12", "-in", "\(folder)/ada.p12", "-passin", "file:\(folder)/password", "-nodes", "-nocerts",
        ])
        let shown = try await gateway.certway(["certificate", "show", serial, "--pem"])
        #expect(shown.status == 0 && shown.output.hasPrefix("-----BEGIN CERTIFICATE-----"), "\(shown.errors)")
        #expect(
            try await openssl(["pkey", "-pubout"], input: key)
                == (try await openssl(["x509", "-pubkey", "-noout"], input: shown.output)))
        // Whose it is and where it is from stands before all else, and the PEM only where it is asked for.
        let words = try await gateway.certway(["certificate", "show", serial]).output
        let first = words.split(separator: "\n").prefix(4).compactMap { $0.split(separator: ":").first }
        #expect(first == ["person", "template", "backend CA", "status"], "\(words)")
        #expect(!words.contains("BEGIN CERTIFICATE"))
        try await gateway.stop(service)

        // The whole archive by the vault, then to the next agent, who alone opens it.
        let drill = try await gateway.certway(["key", "drill", "--all", "--output", "json"])
        #expect(try drill.status == 0 && drill.json["opened"] == 3, "\(drill.output) \(drill.errors)")
        // Whoever takes the only agent out of the file is told what opens for nobody then, as long as that is so.
        let yaml = try String(contentsOfFile: gateway.configuration, encoding: .utf8)
        let entry = try #require(yaml.firstMatch(of: /, \{name: agent, [^}]*\}/)).0
        let without = yaml.replacing(entry, with: "").replacing(
            "keyRecoveryAgents: [agent]", with: "keyRecoveryAgents: [next]")
        let other = try gateway.folder.write(without, to: "other.yaml")
        let closed = "3 archived keys open for none of the configured agents"
        for command in [["apply", "-f", other, "--dry-run"], ["apply", "-f", other]] {
            #expect(try await gateway.certway(command + ["--prune"]).errors.contains(closed), "\(command)")
        }
        #expect(try await gateway.certway(["doctor"]).output.contains(closed))
        try await gateway.reconfigure { $0 }
        #expect(try await !gateway.certway(["doctor"]).output.contains(closed))
        let moved = try await gateway.certway(["key", "rewrap", "--to", "next", "--output", "json"])
        #expect(try moved.status == 0 && moved.json["rewrapped"] == 3, "\(moved.output) \(moved.errors)")
        #expect(try moved.json["readableByFormer"]?[0]?["entries"] == 0)
        let old = try await gateway.certway(["key", "drill", "--all"])
        #expect(old.status != 0)
        let new = try await gateway.certway([
            "key", "drill", "--all", "--agent-certificate", "\(folder)/next.pem", "--agent-key", "\(folder)/next.key",
        ])
        #expect(new.status == 0 && new.output.contains("3 of 3 sampled keys opened"), "\(new.output) \(new.errors)")
        #expect(try await gateway.certway(["audit", "verify"]).status == 0)
    }
}
