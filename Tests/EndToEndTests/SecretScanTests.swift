// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Planted secrets and real keys appear in no output at any level and in no file outside the store.
@Suite struct SecretScanTests {
    @Test func nothingLeaks() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "5"]))
        var text = ""
        for arguments in [
            ["plan", "--log", "trace"], ["run", "--once", "--wait", "30", "--log", "trace"],
            ["doctor", "--log", "trace"],
            ["ca", "check", "--log", "trace"], ["export"], ["order", "list", "--output", "json"],
            ["certificate", "list", "--output", "json"],
        ] {
            let run = try await gateway.certway(arguments)
            text += run.output + run.errors
        }
        // What an administrator gets wrong must not print the right half of it.
        try gateway.folder.write("WRONG-" + gateway.sandbox.text("tenant", "clientSecret"), to: "client-secret")
        text += try await gateway.certway(["doctor", "--log", "trace"]).errors
        #expect(text.contains("POST"), "the trace is empty, so this test proves nothing")
        let settings = gateway.sandbox.description["cas"]?["digicert-certcentral"]?["settings"]
        let secrets = [gateway.sandbox.text("tenant", "clientSecret"), settings?["apiKey"]?.string ?? ""]
        for secret in secrets {
            #expect(secret.count > 8)
            #expect(!text.contains(secret))
        }
        for word in ["PRIVATE KEY", "Bearer ey", "encryptedPfxBlob\":\"MII"] {
            #expect(!text.contains(word), "found \(word)")
        }
        try scanFiles(gateway, secrets)
    }

    /// Only the store, the sealing key and what the administrator wrote may be there; none of the first two in clear.
    private func scanFiles(_ gateway: GatewayUnderTest, _ secrets: [String]) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: gateway.home)
        #expect(
            Set(files).isSubset(of: [
                "certway.db", "certway.db-wal", "certway.db-shm", "sealing.key", "certway.submissions", "certway.audit",
                "node.id", "secrets",
            ]), "\(files)")
        // For what an administrator puts there; nothing is put there by itself.
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(gateway.home)/secrets").isEmpty)
        // DER of the algorithm identifiers that begin a PKCS #8 key: RSA, and P-256 with the curve's name.
        let pkcs8 = [
            Data([0x02, 0x01, 0x00, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]),
            Data([0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]),
        ]
        for file in files where file != "secrets" {
            let path = "\(gateway.home)/\(file)"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
            #expect(mode & 0o077 == 0, "\(file) has mode \(String(mode, radix: 8))")
            let bytes = try Data(contentsOf: URL(filePath: path))
            for secret in secrets { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file)") }
            for key in pkcs8 { #expect(bytes.range(of: key) == nil, "\(file) holds a private key in clear") }
        }
    }
}
