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
                .replacing("[Sandbox GmbH]", with: "[\"Sandbox\\u202E GmbH\"]")
        }
        let export = try await gateway.certway(["export"])
        try #require(export.status == 0, "\(export.errors)")
        expectClean(export.output, ["export"])
        let again = try gateway.folder.write(export.output, to: "again.yaml")
        let applied = try await gateway.certway(["apply", "-f", again])
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try await gateway.certway(["export"]).output == export.output)
    }

    /// A CA whose every text steers a terminal: account, facts, warnings, products, reasons, error messages, standard error.
    private static let hostileCA = #"""
        #!/usr/bin/python3
        import json, sys
        H = "\n\x07\x1b]0;x\x07\x1b[2J\u009b31m\u202e\u2028\u2066\u00ad\ufeff\U000e0041\u200d"
        for line in sys.stdin:
            call = json.loads(line)
            print("noise" + H.replace("\n", ""), file=sys.stderr, flush=True)
            operation = call["operation"]
            if operation == "start":
                answer = {"ready": {}}
            elif operation == "check":
                answer = {"account": {"name": "CA" + H, "facts": {"level" + H: "gold" + H}, "warnings": ["beware" + H]}}
            elif operation == "listProducts":
                answer = {"products": {"list": [{"id": "p" + H, "title": "T" + H, "details": {"d" + H: "v" + H}}]}}
            elif operation == "findByReference":
                answer = {"undecidable": {"reason": "no list" + H}}
            else:
                first = call.get("request", {}).get("names", {}).get("emails", [""])[0]
                answer = {
                    "0": {"rejected": {"reason": "never" + H}},
                    "1": {"error": {"kind": "refused", "message": "no" + H, "detail": "because" + H}},
                    "2": {"error": {"kind": "configuration", "message": "wrong" + H}},
                }.get(first[3:4], {"error": {"kind": "outcomeUnknown", "message": "perhaps" + H}})
            answer["call"] = call["call"]
            print(json.dumps(answer), flush=True)
        """#

    @Test func noTextOfACASteersATerminal() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "0", "--only", "tenant", "--only", "digicert-certcentral"]))
        let program = try gateway.folder.write(Self.hostileCA, to: "hostile-ca")
        chmod(program, 0o755)
        try await gateway.reconfigure { text in
            text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                guard line.hasPrefix("backendCAs:") else { return String(line) }
                return "backendCAs: [{name: ca, connector: external-program, acceptedRoots: "
                    + "\(gateway.folder.path)/roots.pem, settings: {program: \(program)}}]"
            }.joined(separator: "\n").replacing(/product: .*/, with: "product: smime")
        }
        for number in 0..<4 {
            let mail = "odd\(number)@sandbox.example"
            let action: JSONValue = [
                "action": "add",
                "properties": [
                    "userPrincipalName": .string(mail), "displayName": "Ada \(number)", "mail": .string(mail),
                    "proxyAddresses": [
                        .string("SMTP:\(mail)"), .string("smtp:a\u{1B}[2J\u{202E}\(number)@sandbox.example"),
                    ],
                ],
            ]
            try await gateway.sandbox.control("/control/people", method: "POST", body: action.text)
        }
        let hidden: JSONValue = [
            "action": "add",
            "properties": [
                "userPrincipalName": "hidden@sandbox.example", "displayName": "Ada\u{1B}[2J",
                "mail": "hidden@sandbox.example",
                "proxyAddresses": ["SMTP:hidden@sandbox.example"],
            ],
        ]
        try await gateway.sandbox.control("/control/people", method: "POST", body: hidden.text)
        var said = ""
        func look(_ command: [String]) async throws {
            for options in [[], ["--output", "json"], ["--log", "trace"]] {
                let run = try await gateway.certway(command + options)
                expectClean(run.output, command + options)
                expectClean(run.errors, command + options)
                said += run.output + run.errors
            }
        }
        try await look(["run", "--once"])
        let orders = try await gateway.certway(["order", "list", "--all", "--output", "json"]).json.array ?? []
        #expect(orders.count == 4)
        for order in orders { try await look(["order", "show", order["reference"]?.string ?? ""]) }
        for command in [
            ["order", "list"], ["plan"], ["people", "list", "--all"], ["why", "odd0@sandbox.example"], ["doctor"],
            ["ca", "check"], ["ca", "products", "ca"], ["template", "preview", "smime"],
            ["template", "preview", "smime", "hidden@sandbox.example"],
        ] { try await look(command) }
        // The CA's and the directory's words were there, made visible.
        for word in [
            "never ]0;x[2J\\u{9B}31m\\u{202E}", "gold", "beware", "a\\u{1B}[2J", "commonName holds U+001B",
        ] {
            #expect(said.contains(word), "\(word)")
        }
    }
}
