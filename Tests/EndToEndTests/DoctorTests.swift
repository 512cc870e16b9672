// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport
import Testing

/// `certway doctor` says beforehand what would go wrong later, and changes nothing by looking.
@Suite(.timeLimit(.minutes(10))) struct DoctorTests {
    private func findings(_ gateway: GatewayUnderTest, status: Int32) async throws -> [String: [String]] {
        let run = try await gateway.certway(["doctor", "--output", "json"])
        #expect(run.status == status, "\(run.output)\(run.errors)")
        var findings: [String: [String]] = [:]
        for finding in try run.json.array ?? [] {
            let text = "\(finding["verdict"]?.string ?? ""): \(finding["text"]?.string ?? "")"
            findings[finding["subject"]?.string ?? "", default: []].append(text)
        }
        return findings
    }

    private func grant(_ roles: [String], _ gateway: GatewayUnderTest) async throws {
        _ = try await gateway.sandbox.control(
            "/control/tenant", method: "POST", body: (["roles": JSONValue(roles)] as JSONValue).text)
    }

    @Test func aMissingPermissionIsNamedBeforeAnythingIsOrdered() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        #expect(try await findings(gateway, status: 0)["Intune"] == ["ok: imported PFX can be read and written"])
        try await grant(["User.Read.All", "GroupMember.Read.All", "DeviceManagementConfiguration.Read.All"], gateway)
        let intune = try await findings(gateway, status: 1)["Intune"]?.first ?? ""
        #expect(
            intune.hasPrefix("failed: ") && intune.contains("DeviceManagementConfiguration.ReadWrite.All"), "\(intune)")
        try await grant(["User.Read.All", "DeviceManagementConfiguration.ReadWrite.All"], gateway)
        let found = try await findings(gateway, status: 1).filter { $0.key.hasPrefix("group ") }
        #expect(
            found.values.flatMap(\.self).contains { $0.contains("the application lacks GroupMember.Read.All") },
            "\(found)")
    }

    /// As an older version has left it.
    @Test func anOlderSchemaIsSaidAndLeftAsItIs() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        func sqlite(_ statement: String) async throws -> String {
            try await Tool.run(["sqlite3", gateway.database, statement])
        }
        let step = "ledger-13-event-owners"
        _ = try await sqlite(
            """
            ALTER TABLE order_events DROP COLUMN node; ALTER TABLE order_events DROP COLUMN fence; \
            DELETE FROM migrations WHERE name = '\(step)'
            """)
        let schema = try await sqlite(".schema")
        let run = try await gateway.certway(["doctor"])
        #expect(run.status == 1 && run.errors.contains("lacks 1 step of the schema"), "\(run)")
        #expect(run.errors.contains("certway store migrate") && run.output.isEmpty, "\(run)")
        #expect(try await sqlite(".schema") == schema)
        #expect(try await gateway.certway(["store", "migrate"]).output.contains(step))
        #expect(try await findings(gateway, status: 0)["Intune"] != nil)
    }

    @Test(arguments: ["digicert-certcentral", "ejbca", "globalsign-atlas"])
    func rootsThatDoNotFitAreFoundBeforeAnythingIsOrdered(connector: String) async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]), connector: connector)
        let roots = "\(gateway.folder.path)/roots.pem"
        func verdicts() async throws -> [String] {
            let run = try await gateway.certway(["ca", "check", "ca", "--output", "json"])
            return try run.json[0]?["roots"]?.array?.map { "\(run.status) \($0["verdict"]?.string ?? "")" } ?? []
        }
        // One CA of the three does not show its certificates: there an order must have come back first.
        let shows = connector != "digicert-certcentral"
        #expect(try await verdicts() == ["0 ok"])
        if !shows { try await gateway.finish() }
        let made = try await Run.tool(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "/dev/null",
                "-out", roots, "-subj", "/CN=Wrong Root", "-days", "300",
            ])
        try #require(made.status == 0, "\(made.errors)")
        // What is not applied is not believed, and nothing is said of it but that.
        #expect(try await findings(gateway, status: 1)["applied files"]?.first?.contains(roots) == true)
        try await gateway.reconfigure { $0 }
        #expect(try await verdicts() == ["1 failed"])
        let text = try await findings(gateway, status: 1)["backend CA ca"]?.last ?? ""
        #expect(text.contains("leads to no accepted root"), "\(text)")
    }
}
