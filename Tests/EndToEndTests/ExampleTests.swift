// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What the help says one may type, typed: in a folder that has what the examples speak of, by a shell.
@Suite(.timeLimit(.minutes(15))) struct ExampleTests {
    /// Whole programs of their own, which have tests of their own.
    private static let elsewhere = [
        "certway demo", "certway ca conformance", "certway serve", "certway simulate --people",
        "certway simulate --kills", "certway simulate --judge", "certway incident drill",
    ]

    /// What needs an order, a plan or a CA in a state that this home has none in is understood, and refused with a sentence.
    private static let refused = [
        "certway plan approve", "certway plan && certway plan approve", "certway order again",
        "certway order retry 12 --absent", "certway order retry 12 --found 4711", "certway order cancel 12",
        "certway incident show", "certway incident pause", "certway incident resume", "certway incident cancel",
        "certway incident change", "certway incident report",
        "certway order validation", "certway order resend-mail", "certway order remind cw-",
        "certway ca chain confirm public-ca 3f9a0c11", "certway restore accept --backend-ca own",
        "certway enroll ada@example.org", "certway ca revoke", "certway ca crl /var/lib/certway-ca --clock-is-right",
        "certway ca root-crl /var/lib/certway-ca --revoke", "certway ca renew /var/lib/certway-ca --new-key",
        "certway ca retire",
        "certway request submit", "certway request show", "certway request approve", "certway request deny",
        "certway request withdraw", "certway request fetch", "certway notification preview",
        "certway notification test", "certway notification send-again",
        "certway adopt --certificates export.pem", "certway request revoke", "certway key recovery show R-19",
        "certway key recovery approve R-19", "certway key recovery deny R-19", "certway key recovery fetch R-19",
        "certway key recovery password R-19", "certway key drill --sample 50", "certway key rewrap --to office-2027",
        "certway key redeliver ada@example.org", "certway mailbox show support@", "certway mailbox release support@",
        "certway handover offer 0C0FFE…", "certway handover mail 0C0FFE…", "certway handover withdraw 12",
        "certway publication script", "certway store copy --from sqlite:certway.db --to 'postgresql:",
    ]

    @Test func everyExampleOfTheHelpWorks() async throws {
        let examples = try await HelpExamples("certway")
        #expect(examples.without == [], "these have no examples")
        try #require(examples.lines.count > 40)
        let place = try await Place()
        for line in examples.lines where !Self.elsewhere.contains(where: line.hasPrefix) {
            let run = try await place.type(line)
            let isRefused = Self.refused.contains(where: line.hasPrefix)
            #expect(
                isRefused ? (1...3).contains(run.status) : run.status == 0, "\(line): \(run.status) \(run.errors)")
            // A command line that is not understood ends with the way to its help.
            #expect(
                !isRefused || run.errors.hasPrefix("certway: ") && !run.errors.contains("--help'"),
                "\(line): \(run.errors)")
        }
        // The list has nothing that is no example any more.
        for line in Self.refused + Self.elsewhere {
            #expect(examples.lines.contains { $0.hasPrefix(line) }, "\(line) is no example")
        }
    }

    @Test func everyCommandOfTheSandboxHasExamples() async throws {
        let examples = try await HelpExamples("certway-sandbox")
        #expect(examples.without == [] && !examples.lines.isEmpty)
    }
}

extension ExampleTests {
    /// A folder with what the examples name.
    private struct Place {
        let gateway: GatewayUnderTest
        private let words: [(String, String)]

        init() async throws {
            gateway = try await GatewayUnderTest(
                sandbox: SandboxProcess(["--users", "2", "--only", "tenant", "--only", "digicert-certcentral"])
            ) {
                $0.replacing(/"name": ?"ca"/, with: "\"name\":\"public-ca\"")
                    .replacing("backendCA: ca", with: "backendCA: public-ca")
                    .replacing(#/\n +group: (\S+)/#, with: "")
                    + "\npolicies:\n  - {name: staff, group: \($0.firstMatch(of: #/ group: (\S+)/#)?.output.1 ?? ""), templates: [smime]}\n"
            }
            let ada: JSONValue = [
                "action": "add",
                "properties": [
                    "userPrincipalName": "ada@example.org", "displayName": "Ada Lovelace", "givenName": "Ada",
                    "surname": "Lovelace", "mail": "ada@sandbox.example",
                    "proxyAddresses": ["SMTP:ada@sandbox.example"],
                ],
            ]
            try await gateway.sandbox.control("/control/people", method: "POST", body: ada.text)
            try await gateway.finish()
            let folder = gateway.folder
            try FileManager.default.copyItem(
                atPath: BuiltPrograms.repository + "/connectors.d", toPath: folder.path("connectors.d"))
            try FileManager.default.createDirectory(
                atPath: folder.path("bin"), withIntermediateDirectories: true)
            let program = try folder.write(
                "#!/bin/sh\nexec '\(BuiltPrograms.path("certway"))' \"$@\"\n", to: "bin/certway")
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
            try folder.write("events: [{event: marry, month: 3}]\n", to: "year.yaml")
            let passphrase = try folder.write("a long passphrase", to: "ca.pass")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: passphrase)
            let orders = try await gateway.certway(["order", "list", "--output", "json"]).json.array ?? []
            let order = try #require(orders.first { $0["userPrincipalName"] == "ada@example.org" })
            let certificates = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
            let serial = try #require(
                certificates.first { $0["userPrincipalName"] == "ada@example.org" }?["serialNumber"]?.string)
            _ = try folder.write(
                String(
                    contentsOfFile: BuiltPrograms.repository
                        + "/Tests/RulesTests/Fixtures/smime-rules/01-mailbox-strict-good.pem", encoding: .utf8),
                to: "certificate.pem")
            let pairs = stride(from: 0, to: serial.count, by: 2).map { String(serial.dropFirst($0).prefix(2)) }
            words = [
                ("cw-7f3a…", (order["reference"]?.string?.prefix(14) ?? "") + "…"),
                ("0C0FFE…", serial.prefix(12) + "…"),
                ("0C:0F:FE:…", pairs.joined(separator: ":")), (" 5B4BE62D…", " \(serial)"),
                (" 12", " \(order["id"]?.int ?? 0)"),
                ("4B…", "4B00"), ("/var/lib/certway-ca", folder.path("own-ca")),
                ("/media/stick/ca-root", folder.path("stick")),
                ("/etc/certway/ca.pass", passphrase),
            ]
        }

        func type(_ line: String) async throws -> Run {
            let typed = words.reduce(line) { $0.replacing($1.0, with: $1.1) }
            return try await Run.program(
                "bash", ["-c", "set -o pipefail; PATH=\"$PWD/bin:$PATH\"; \(typed)"],
                environment: [
                    "CERTWAY_HOME": gateway.home, "PW": "correct horse battery", "ROOT_PASS": "another passphrase",
                ], folder: gateway.folder.path)
        }
    }
}
