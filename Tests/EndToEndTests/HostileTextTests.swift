// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What a directory calls people, as the built program shows it: on a terminal, in JSON and in its log.
@Suite(.timeLimit(.minutes(10))) struct HostileTextTests {
    /// One of each kind: line break, bell, escape, C1, joiner at the end, bidirectional, separator, soft hyphen, tag.
    private static let scalars = "\n\u{7}\u{1B}\u{9B}\u{202E}\u{2028}\u{2066}\u{AD}\u{FEFF}\u{E0041}\u{200D}"
        .unicodeScalars

    private func expectClean(_ text: String, _ command: [String]) {
        let found = text.unicodeScalars.filter { $0 != "\n" && Self.scalars.contains($0) }
        #expect(found.isEmpty, "\(command): \(found.map { String($0.value, radix: 16) })")
    }

    @Test func noNameSteersATerminalAndJSONHoldsItExactly() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        var names: [String: String] = [:]
        for (number, scalar) in Self.scalars.enumerated() {
            let mail = "odd\(number)@sandbox.example"
            let name = "Ada\(scalar)[2J forged \(scalar)"
            names[mail] = name
            let action: JSONValue = [
                "action": "add",
                "properties": [
                    "userPrincipalName": .string(mail), "displayName": .string(name), "mail": .string(mail),
                    "proxyAddresses": [.string("SMTP:\(mail)")],
                ],
            ]
            try await gateway.sandbox.control("/control/people", method: "POST", body: action.text)
        }
        try await gateway.finish()
        let orders = try await gateway.certway(["order", "list", "--output", "json"]).json.array ?? []
        let reference = try #require(orders.first?["reference"]?.string)
        for command in [
            ["plan"], ["people", "list", "--all"], ["why", "Ada"], ["order", "list"], ["order", "show", reference],
            ["certificate", "list"], ["template", "list"], ["key", "list"], ["doctor"], ["ca", "check"],
        ] {
            for options in [[], ["--output", "json"], ["--log", "trace"]] {
                let run = try await gateway.certway(command + options)
                expectClean(run.output, command + options)
                expectClean(run.errors, command + options)
            }
        }
        for (mail, name) in names {
            let shown = try await gateway.certway(["why", mail])
            expectClean(shown.output, ["why", mail])
            #expect(shown.output.split(separator: "\n").first?.contains("Ada\\u{") == true, "\(shown.output)")
            let json = try await gateway.certway(["why", mail, "--output", "json"])
            expectClean(json.output, ["why", mail, "--output", "json"])
            let read = try json.json["displayName"]?.string ?? ""
            #expect(Array(read.unicodeScalars) == Array(name.unicodeScalars), "\(mail): \(json.output)")
        }
    }

    /// What is printed can be applied again, whatever it holds, and is the same configuration then.
    @Test func anExportIsCleanAndExact() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        try await gateway.reconfigure {
            $0.replacing("key: p256", with: "key: p256\n    addressDomains: [sandbox.example]")
                .replacing("name: smime", with: "name: \"sm\\u202Eime\"")
        }
        let export = try await gateway.certway(["export"])
        try #require(export.status == 0, "\(export.errors)")
        expectClean(export.output, ["export"])
        let again = try gateway.folder.write(export.output, to: "again.yaml")
        let applied = try await gateway.certway(["apply", "-f", again])
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try await gateway.certway(["export"]).output == export.output)
    }
}
