// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// How files in Intune are encrypted, from the configuration to the bytes (docs/decisions/0027).
@Suite(.timeLimit(.minutes(5))) struct PFXEncryptionTests {
    /// Object identifiers in DER: PBE with SHA-1 and 3DES (RFC 7292), AES-256-CBC (RFC 3565).
    private static let identifiers = [
        "tripleDESSHA1": Data([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01, 0x03]),
        "aes256SHA256": Data([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A]),
    ]

    /// Openssl, Python and NSS open each of them, and the order's record says what was used.
    @Test(
        arguments: [
            (section: nil, template: nil, used: "tripleDESSHA1"),
            (section: "aes256SHA256", template: nil, used: "aes256SHA256"),
            (section: nil, template: "aes256SHA256", used: "aes256SHA256"),
            (section: "aes256SHA256", template: "tripleDESSHA1", used: "tripleDESSHA1"),
        ] as [(section: String?, template: String?, used: String)])
    func theTemplateThenTheSectionThenWhatDevicesOpen(
        _ choice: (section: String?, template: String?, used: String)
    ) async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "2"]), keyType: "rsa2048") {
            yaml in
            var yaml = yaml
            if let word = choice.section {
                yaml = yaml.replacing("intune: {", with: "intune: {pfxEncryption: \(word), ")
            }
            if let word = choice.template {
                yaml = yaml.replacing("    backendCA: ca\n", with: "    backendCA: ca\n    pfxEncryption: \(word)\n")
            }
            return yaml
        }
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(2))
        try await gateway.readMail(expected: 2)
        for entity in try await gateway.sandbox.control("/control/pfx")["pfx"]?.array ?? [] {
            let file = try #require(entity["encryptedPfxBlob"]?.string.flatMap { Data(base64Encoded: $0) })
            let found = Self.identifiers.filter { file.range(of: $0.value) != nil }.map(\.key)
            #expect(found == [choice.used])
        }
        let orders = try await gateway.certway(["order", "list", "--output", "json"]).json.array ?? []
        #expect(orders.count == 2)
        for order in orders {
            let reference = try #require(order["reference"]?.string)
            let shown = try await gateway.certway(["order", "show", reference, "--output", "json"]).json
            let delivered = shown["events"]?.array?.first { $0["kind"]?.string == "delivered" }
            #expect(
                delivered?["message"]?.string?.hasSuffix("encrypted with \(choice.used)") == true, "\(shown.text)")
        }
    }
}
