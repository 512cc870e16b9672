// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A node whose folder has no sealing key takes it from where `CERTWAY_SEALING_KEY` says, and no other.
@Suite(.timeLimit(.minutes(5))) struct SealingKeySourceTests {
    @Test(arguments: ["vault", "bytes", "base64"]) func anEmptyFolderIsFilled(from kind: String) async throws {
        let sandbox = try await SandboxProcess([
            "--users", "1", "--only", "tenant", "--only", "digicert-certcentral", "--email-validation",
        ])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        // Its key is sealed, and wanted again when the CA has issued.
        try await gateway.pass { try await gateway.stages() == ["pending": 1] }
        let file = gateway.folder.path("home/sealing.key")
        let key = try Data(contentsOf: URL(filePath: file))
        try FileManager.default.removeItem(atPath: file)
        let missing = try await gateway.certway(["run", "--once"])
        #expect(missing.status == 3 && missing.errors.contains("sealing.key is missing"), "\(missing.errors)")

        let vault = sandbox.text("tenant", "vault", "url")
        func lay(_ bytes: Data) async throws -> String {
            if kind == "vault" {
                let secret: JSONValue = [
                    "secret": ["name": "certway-sealing", "value": .string(bytes.base64EncodedString())]
                ]
                try await sandbox.control("/control/vault", method: "POST", body: secret.text)
                return "keyvault:\(vault)/secrets/certway-sealing"
            }
            let path = gateway.folder.path("mounted")
            try (kind == "bytes" ? bytes : Data((bytes.base64EncodedString() + "\n").utf8))
                .write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            return "file:\(path)"
        }
        for (bytes, words) in [
            (Data(repeating: 7, count: 32), "another one than this database was made with"),
            (Data("no key".utf8), "expected the 32 of a sealing.key"),
        ] {
            let wrong = try await gateway.certway(
                ["run", "--once"], environment: ["CERTWAY_SEALING_KEY": try await lay(bytes)])
            #expect(wrong.status == 3 && wrong.errors.contains(words), "\(wrong.errors)")
            #expect(!FileManager.default.fileExists(atPath: file))
        }
        let source = ["CERTWAY_SEALING_KEY": try await lay(key)]
        let doctor = try await gateway.certway(["doctor"], environment: source)
        #expect(doctor.output.contains("sealing.key is missing"), "\(doctor.output)")
        let taken = try await gateway.certway(["run", "--once", "--log", "notice"], environment: source)
        #expect(taken.errors.contains("the sealing key was taken from"), "\(taken.errors)")
        #expect(try Data(contentsOf: URL(filePath: file)) == key)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try await gateway.certway(["doctor"], environment: source).output.contains("it lies at"))
        try await sandbox.control("/control/validate", method: "POST", body: #"{"all":true}"#)
        try await gateway.pass { try await gateway.stages() == ["active": 1] }
    }

    @Test func whatIsNoReferenceIsSaid() async throws {
        let sandbox = try await SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        try FileManager.default.removeItem(atPath: gateway.folder.path("home/sealing.key"))
        for text in ["/mounted/key", "keyvault:https://kv1.vault.azure.net/keys/sealing", "env:KEY"] {
            let run = try await gateway.certway(["run", "--once"], environment: ["CERTWAY_SEALING_KEY": text])
            #expect(
                run.status == 3 && run.errors.contains("found \"\(text)\", expected file:/path or keyvault:"),
                "\(run.errors)")
        }
    }
}
