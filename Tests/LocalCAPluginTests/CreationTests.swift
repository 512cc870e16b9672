// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets
import TestSupport
import Testing

@testable import LocalCAPlugin

@Suite(.timeLimit(.minutes(5))) struct CreationTests {
    /// Both keys are encrypted, each with its own passphrase and with scrypt; openssl opens them.
    @Test func keysAreEncryptedApart() async throws {
        let fixture = try LocalCAFixture(
            passphrase: Secret("correct horse"), rootPassphrase: Secret("battery staple"))
        for (path, word, wrong) in [
            ("issuing.key", "correct horse", "battery staple"),
            ("../ca-root/root.key", "battery staple", "correct horse"),
        ] {
            let file = fixture.file(path)
            let parsed = try await Tool.run(
                ["sh", "-c", "openssl asn1parse -in '\(file)' -i | grep OBJECT"], folder: fixture.path)
            #expect(parsed.contains("PBES2") && parsed.contains("scrypt") && parsed.contains("aes-256-cbc"))
            let opened = try await Tool.run([
                "openssl", "pkey", "-in", file, "-passin", "pass:\(word)", "-noout", "-check",
            ])
            #expect(opened.contains("valid"))
            await #expect(throws: (any Error).self) {
                try await Tool.run(["openssl", "pkey", "-in", file, "-passin", "pass:\(wrong)", "-noout"])
            }
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.file("root.key")))
        #expect(!FileManager.default.fileExists(atPath: fixture.file("root")))
        var ceremony = fixture.ceremony
        let settings = try LocalCASettings(fixture.settings)
        ceremony.rootPassphrase = Secret("correct horse")
        let error = #expect(throws: ConnectorError(.configuration, "")) {
            try LocalCAAuthority.renew(settings, ceremony, newKey: nil)
        }
        #expect(error?.message.contains("does not open with --root-passphrase") == true)
    }

    @Test func whatWouldBeWrongIsSaidBefore() throws {
        let folder = try TemporaryFolder()
        let settings = ConnectorSettings(values: ["directory": .string(folder.path("ca"))], endpoint: "")
        var short = settings
        short.secrets["passphrase"] = Secret("elevenbytes")
        let base = LocalCAFixture.ceremony(folder.path)
        var (weak, secure, ldap, occupied) = (base, base, base, base)
        weak.rootPassphrase = Secret("short")
        secure.crlURL = "https://pki.sandbox.example/issuing.crl"
        ldap.issuerURL = "ldap:///cn=x"
        occupied.rootFolder = folder.path("occupied")
        try FileManager.default.createDirectory(atPath: folder.path("occupied/x"), withIntermediateDirectories: true)
        for (settings, ceremony, words) in [
            (short, base, "--passphrase has 11 bytes"), (settings, weak, "--root-passphrase has 5"),
            (settings, secure, "--crl-url"), (settings, ldap, "--issuer-url"), (settings, occupied, "not empty"),
        ] {
            let error = #expect(throws: ConnectorError(.configuration, "")) {
                try LocalCAConnector.createAuthority(settings, ceremony)
            }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
        var rehearsal = base
        rehearsal.isRehearsal = true
        #expect(try LocalCAConnector.createAuthority(settings, rehearsal).count == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["occupied"])
    }

    /// SIGKILL at random moments: there is a whole CA or none, and the next one who makes it clears away the rest.
    @Test func aKilledCeremonyLeavesNothingHalf() async throws {
        let folder = try TemporaryFolder()
        let settings = ConnectorSettings(values: ["directory": .string(folder.path("ca"))], endpoint: "")
        var random = SeededGenerator(seed: TestSeed.choose("moments at which the making of a CA is killed"))
        var (whole, none) = (0, 0)
        for round in 0..<24 {
            let microseconds = Int.random(in: 0...(round % 3 * 30_000 + 10_000), using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = folder.path as String, microseconds = microseconds as Int] in
                // Not counted: it loads what the process needs.
                _ = try PrivateKey.generate(.p256)
                Thread.detachNewThread {
                    usleep(UInt32(microseconds))
                    kill(getpid(), SIGKILL)
                }
                _ = try LocalCAConnector.createAuthority(
                    ConnectorSettings(values: ["directory": .string(path + "/ca")], endpoint: ""),
                    LocalCAFixture.ceremony(path))
                kill(getpid(), SIGKILL)
            }
            if FileManager.default.fileExists(atPath: folder.path("ca")) {
                whole += 1
                _ = try LocalCAAuthority(LocalCASettings(settings))
            } else {
                none += 1
                #expect(!FileManager.default.fileExists(atPath: folder.path("ca-root")), "round \(round)")
                _ = try LocalCAConnector.createAuthority(settings, LocalCAFixture.ceremony(folder.path))
            }
            // In its own folder, or still in the CA's.
            var ceremony = LocalCAFixture.ceremony(folder.path)
            ceremony.rootFolder = nil
            _ = try LocalCAAuthority.signRootCRL(
                LocalCASettings(settings), ceremony, revoking: nil, reason: .unspecified)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.allSatisfy { ["ca", "ca-root"].contains($0) }, "\(left)")
            for name in left { try FileManager.default.removeItem(atPath: folder.path(name)) }
        }
        print("killed while making: \(none) times before the CA, \(whole) after")
        #expect(none > 0, "every kill came too late: nothing is proved")
    }
}
