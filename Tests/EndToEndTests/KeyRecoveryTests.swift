// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// An archived key comes back by our command and by openssl, and each recovery is on record.
@Suite(.timeLimit(.minutes(10))) struct KeyRecoveryTests {
    /// A template that archives and delivers since an order left archives and delivers its key, too: it would be lost otherwise. The
    /// agent of that time has gone meanwhile.
    @Test func keysUnderWayAreArchivedAsTheTemplateSaysNow() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "2", "--only", "tenant", "--only", "digicert-certcentral"]),
            connector: "digicert-certcentral"
        ) { yaml in
            yaml.replacing("{name: agent,", with: "{name: former,").replacing(
                "keyRecoveryAgents: [agent]", with: "keyRecoveryAgents: [former]\n    delivery: none")
        }
        try await gateway.sandbox.set("digicert-certcentral", ["manualApproval": true])
        try await gateway.pass { try await gateway.stages() == ["pending": 2] }
        let yaml = try String(contentsOfFile: gateway.configuration, encoding: .utf8)
        try gateway.folder.write(
            yaml.replacing("{name: former,", with: "{name: agent,").replacing(
                "keyRecoveryAgents: [former]\n    delivery: none", with: "keyRecoveryAgents: [agent]"),
            to: "certway.yaml")
        let applied = try await gateway.certway(["apply", "-f", gateway.configuration, "--prune"])
        try #require(applied.status == 0, "\(applied.errors)")
        try await gateway.sandbox.control(
            "/control/cas/digicert-certcentral/orders/all", method: "POST", body: #"{"decision": "approve"}"#)
        try await gateway.finish()
        #expect(try await gateway.stages() == ["active": 2])
        #expect(try await gateway.sandbox.control("/control/pfx")["pfx"]?.array?.count == 2)
        let keys = try await gateway.certway(["key", "list", "--output", "json"]).json.array ?? []
        #expect(keys.count == 2 && keys.allSatisfy { $0.text.contains("\"agent\"") }, "\(keys)")
        let drift = try await gateway.certway(["drift", "report", "--output", "json"])
        #expect(try drift.json["total"] == 0, "\(drift.output)")
    }

    @Test func recoveredBothWays() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        try await gateway.finish()
        let certificate = try await gateway.certway(["certificate", "list", "--output", "json"]).json[0]
        let serial = try #require(certificate?["serialNumber"]?.string)
        let folder = gateway.folder.path
        try gateway.folder.write("correct horse battery\n", to: "password")

        // Whoever gets the file can guess: a short password is refused before anything is opened.
        for password in ["", "elevenchars"] {
            try gateway.folder.write(password, to: "short")
            let refused = try await gateway.certway([
                "key", "recover", serial, "--purpose", "ticket 4711", "--agent-certificate", "\(folder)/kra.pem",
                "--agent-key",
                "\(folder)/kra.key", "--password", "file:\(folder)/short", "--out", "\(folder)/key.pfx",
            ])
            #expect(refused.status == 2 && !FileManager.default.fileExists(atPath: "\(folder)/key.pfx"))
            #expect(password.isEmpty || refused.errors.contains("11 characters, at least 12"), "\(refused.errors)")
        }
        let recovered = try await gateway.certway([
            "key", "recover", serial, "--purpose", "ticket 4711", "--agent-certificate", "\(folder)/kra.pem",
            "--agent-key", "\(folder)/kra.key",
            "--password", "file:\(folder)/password", "--out", "\(folder)/key.pfx",
        ])
        #expect(recovered.status == 0, "\(recovered.errors)")
        let opened = try await Run.tool(
            "openssl",
            ["pkcs12", "-in", "\(folder)/key.pfx", "-passin", "file:\(folder)/password", "-nodes", "-nocerts"])
        #expect(opened.status == 0, "\(opened.errors)")
        let read = try await Run.tool(
            "openssl", ["pkcs12", "-info", "-noout", "-in", "\(folder)/key.pfx", "-passin", "file:\(folder)/password"])
        let counts = (read.output + read.errors).matches(of: /[Ii]teration (\d+)/).map { String($0.output.1) }
        #expect(counts.count == 3 && Set(counts) == ["600000"], "MAC, certificates and key: \(counts)")
        let byCommand = try await Run.tool("openssl", ["pkey", "-pubout"], input: opened.output).output

        // Somebody's file of a like name is nobody's business.
        try gateway.folder.write("mine", to: "key.cms.new")
        let record = try await gateway.certway([
            "key", "recover", serial, "--purpose", "ticket 4711", "--cms", "--out", "\(folder)/key.cms",
        ])
        #expect(record.status == 0, "\(record.errors)")
        #expect(try String(contentsOfFile: "\(folder)/key.cms.new", encoding: .utf8) == "mine")
        let decrypted = try await Run.tool(
            "bash",
            [
                "-c",
                "openssl cms -decrypt -inform DER -in \(folder)/key.cms -recip \(folder)/kra.pem -inkey \(folder)/kra.key "
                    + "| openssl pkey -inform DER -pubout",
            ])
        #expect(decrypted.output == byCommand && byCommand.contains("PUBLIC KEY"), "\(decrypted.errors)")

        let order = try #require(certificate?["orderID"]?.int)
        let timeline = try await gateway.certway(["order", "show", "\(order)"])
        #expect(timeline.output.contains("keyRecovered"), "\(timeline.output)")

        // What for, with whose certificate, and what came of it: the refused ones, too.
        let shown = try await gateway.certway(["key", "show", serial, "--output", "json"]).json
        let attempts = shown["attempts"]?.array ?? []
        #expect(attempts.map { $0["outcome"] } == ["exported", "recovered", "refused", "refused"])
        #expect(
            attempts.allSatisfy {
                $0["purpose"] == "ticket 4711" && $0["userPrincipalName"] == certificate?["userPrincipalName"]
            })
        let agent = try await Run.tool(
            "openssl", ["x509", "-in", "\(folder)/kra.pem", "-noout", "-fingerprint", "-sha256"])
        let fingerprint = agent.output.split(separator: "=").last?.filter(\.isHexDigit) ?? ""
        #expect(attempts[1]["agentFingerprint"]?.string?.lowercased() == fingerprint.lowercased(), "\(agent.output)")
        #expect(try await gateway.certway(["key", "list"]).output.contains("2 times"))
    }

    @Test func wrongAgentAndExistingFile() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        try await gateway.finish()
        let serial =
            try await gateway.certway(["certificate", "list", "--output", "json"]).json[0]?["serialNumber"]?.string
            ?? ""
        let folder = gateway.folder.path
        _ = try await Run.tool(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(folder)/other.key", "-out",
                "\(folder)/other.pem", "-subj", "/CN=Other",
            ])
        try gateway.folder.write("correct horse battery", to: "password")
        let wrong = try await gateway.certway([
            "key", "recover", serial, "--purpose", "ticket 4711", "--agent-certificate", "\(folder)/other.pem",
            "--agent-key",
            "\(folder)/other.key",
            "--password", "file:\(folder)/password", "--out", "\(folder)/key.pfx",
        ])
        #expect(wrong.status == 1)
        let unknown = try await gateway.certway([
            "key", "recover", "0BAD", "--purpose", "curious", "--cms", "--out", "\(folder)/none.cms",
        ])
        #expect(unknown.status == 1)
        let attempts = try await gateway.certway(["key", "attempts", "--output", "json"]).json.array ?? []
        #expect(attempts.map { $0["outcome"] } == ["refused", "failed"])
        #expect(attempts.map { $0["certificate"]?.string } == ["0BAD", serial])
        #expect(attempts.last?["agent"] == "CN=Other", "\(attempts)")
        // Where nothing can be written nobody has the key, and the record says so.
        let nowhere = try await gateway.certway([
            "key", "recover", serial, "--purpose", "ticket 4712", "--cms", "--out", "\(folder)/no/such/folder.cms",
        ])
        #expect(nowhere.status != 0)
        let last = try await gateway.certway(["key", "show", serial, "--output", "json"]).json["attempts"]?.array ?? []
        #expect(last.prefix(2).map { $0["outcome"] } == ["failed", "exported"])
        #expect(last.first?["detail"]?.string?.contains("not handed out") == true, "\(last)")
        let silent = try await gateway.certway(["key", "recover", serial, "--cms", "--out", "\(folder)/none.cms"])
        #expect(silent.status == 2 && silent.errors.contains("--purpose"), "\(silent.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/none.cms"))
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/key.pfx"))
        let exists = try await gateway.certway([
            "key", "recover", serial, "--purpose", "ticket 4711", "--cms", "--out", "\(folder)/kra.pem",
        ])
        #expect(exists.status == 2 && exists.errors.contains("exists already"), "\(exists.errors)")
    }
}
