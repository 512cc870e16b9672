// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport
import Testing

/// The Microsoft CA of the sandbox behind a real web server: Apache asks for Kerberos and NTLM as IIS does, and the gateway
/// has what one of them needs.
@Suite struct WindowsSignInTests {
    @Test(arguments: ["ntlm", "negotiate"])
    func mainJob(authentication: String) async throws {
        let people = 3
        let sandbox = try await SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", "adcs"])
        let front = try await FrontServer([
            "--pages", sandbox.text("cas", "adcs", "otherSettings", "behindProxy", "endpoint"),
            "--domain", sandbox.text("cas", "adcs", "settings", "domain"),
        ])
        var settings: [String: JSONValue] = ["authentication": .string(authentication)]
        let withoutTicket = ["KRB5CCNAME": "FILE:/nonexistent/cache"]
        var environment = withoutTicket
        if authentication == "ntlm" {
            for key in ["user", "password", "domain"] { settings[key] = .string(front.text(key)) }
        } else {
            for (name, value) in front.facts["environment"]?.object ?? [:] { environment[name] = value.string }
            environment["KRB5CCNAME"] = front.text("ticket")
        }
        let gateway = try await GatewayUnderTest(
            sandbox: sandbox, connector: "adcs",
            ca: [
                "endpoint": .string(front.text("endpoints", "both")), "settings": .object(settings),
                "tlsRootPEM": .string(front.text("tlsRootPEM")),
            ])

        let check = try await gateway.certway(["ca", "check", "ca"], environment: environment)
        #expect(check.status == 0, "\(check.output) \(check.errors)")
        let unaided = try await gateway.certway(["ca", "check", "ca"], environment: withoutTicket)
        #expect((unaided.status == 0) == (authentication == "ntlm"), "\(unaided.output) \(unaided.errors)")
        let run = try await gateway.certway(["run", "--once", "--wait", "120"], environment: environment)
        #expect(try await Outcome.of(gateway) == .complete(people), "\(run.output) \(run.errors)")
        let kit = try await gateway.certway(
            [
                "ca", "conformance", "ca", "--domain", "sandbox.example", "--orders", "10", "--only", "credentials",
                "--only", "orders.issued", "--only", "certificate", "--output", "json",
            ], environment: environment)
        try #require(kit.status == 0, "\(kit.output) \(kit.errors)")
        let passed = try kit.json["checks"]?.array?.filter { $0["verdict"] == "passed" }.compactMap { $0["id"]?.string }
        #expect(Set(passed ?? []).isSuperset(of: ["credentials.good", "orders.issued", "certificate.names"]))
        #expect(passed?.contains("credentials.wrong.password") == (authentication == "ntlm"))

        let orders = try await sandbox.control("/control/cas/adcs")["orders"]?.array ?? []
        #expect(orders.count > people && orders.allSatisfy { $0["requester"]?.string == front.text("user") })
    }
}
