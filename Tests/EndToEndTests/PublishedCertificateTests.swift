// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Where others find certificates: the sandbox's address list and OpenLDAP's server (docs/decisions/0047).
@Suite(.timeLimit(.minutes(5))) struct PublishedCertificateTests {
    /// Published after delivery, put right where others have changed it, taken out with the revocation; killed at each moment.
    @Test(arguments: ["", "beforePublication", "publicationWritten", "publicationNoted"])
    func aWholeLife(killedAt boundary: String) async throws {
        let sandbox = try await SandboxProcess(Self.sandbox)
        let people = try await sandbox.control("/control/people")["people"]?.array ?? []
        let server = try await TestDirectoryServer(people: people.compactMap { $0["id"]?.string })
        let gateway = try await gateway(sandbox, server)
        if !boundary.isEmpty {
            let killed = try await gateway.certway(
                ["run", "--once", "--wait", "20"], environment: ["CERTWAY_KILL_AT": boundary])
            #expect(killed.wasKilled, "\(boundary) was not reached: \(killed.errors)")
        }
        // One of the two is mastered on premises: said at the address list, and published by LDAP.
        try await gateway.pass { try await states(gateway) == ["published": 3, "failed": 1] }
        let rows = try await publications(gateway)
        #expect(try await states(gateway) == ["published": 3, "failed": 1], "\(rows)")
        let failed = try #require(rows.first { $0["state"] == "failed" })
        #expect(failed["directory"] == "address-list" && failed["problem"]?.string?.contains("kind ldap") == true)
        let own = try #require(rows.first { $0["directory"] == "address-list" && $0["state"] == "published" })
        let name = own["userPrincipalName"]?.string ?? ""
        let id = people.first { $0["userPrincipalName"]?.string == name }?["id"]?.string ?? ""
        let listed = try await addressList(gateway, name)
        #expect(listed.count == 1)
        #expect(try await server.read(TestDirectoryServer.entry(id))["userCertificate;binary"] == listed)
        let serial = own["serialNumber"]?.string ?? ""
        let file = try gateway.folder.write([UInt8](Data(base64Encoded: listed.first ?? "") ?? Data()), to: "found.der")
        let judged = try await Tool.openssl("x509", "-inform", "DER", "-in", file, "-noout", "-serial")
        #expect(judged.lowercased().contains(serial.lowercased()), "\(judged) \(serial)")

        // Another administrator empties the entry; that is found, shown without a change, and put right.
        try await sandbox.control(
            "/control/mailboxes", method: "POST",
            body: JSONValue.object(["mailbox": .string(name), "userCertificate": []]).text)
        let dry = try await gateway.certway(["publication", "repair", "--dry-run", "--output", "json"])
        let found = try dry.json.array?.filter { $0["directory"] == "address-list" } ?? []
        #expect(
            Set(found.map { $0["userPrincipalName"] }) == [own["userPrincipalName"], failed["userPrincipalName"]],
            "\(dry.output)\(dry.errors)")
        #expect(found.first { $0["userPrincipalName"] == own["userPrincipalName"] }?["adds"] == [.string(serial)])
        // What cannot be written is not shown as if it could.
        let last = found.first { $0["userPrincipalName"] == failed["userPrincipalName"] }?["lastFailure"]?.string
        #expect(last == failed["problem"]?.string && last != nil, "\(dry.output)")
        #expect(try await addressList(gateway, name).isEmpty)
        #expect(try await gateway.certway(["publication", "repair"]).status == 0)
        try await gateway.pass { try await addressList(gateway, name) == listed }
        #expect(try await addressList(gateway, name) == listed)
        #expect(try await gateway.certway(["publication", "check"]).status == 0)

        let revoked = try await gateway.certway(
            ["certificate", "revoke", serial, "--reason", "keyCompromise", "--because", "stolen"])
        #expect(revoked.status == 0, "\(revoked.errors)")
        try await gateway.pass { try await states(gateway)["withdrawn"] == 2 }
        #expect(try await !addressList(gateway, name).contains(listed[0]))
        let values = try await server.read(TestDirectoryServer.entry(id))["userCertificate;binary"] ?? []
        #expect(!values.contains(listed[0]))
    }

    /// Each form is refused in turn, or taken and forgotten: that is said, and another form mends it.
    @Test(arguments: Form.all) func aFormThatTheTenantDoesNotTake(_ form: Form) async throws {
        let sandbox = try await SandboxProcess(Self.sandbox)
        try await sandbox.control(
            "/control/exchange", method: "POST", body: JSONValue.object([form.how: [.string(form.theirs)]]).text)
        let gateway = try await gateway(sandbox, nil, form: form.ours)
        try await gateway.pass { try await states(gateway)["failed"] == 2 }
        let rows = try await publications(gateway)
        let kinds = Set(rows.compactMap { $0["problemKind"]?.string })
        #expect(kinds == ["elsewhere", form.how == "refuse" ? "refused" : "unverified"], "\(rows)")
        let script = try await gateway.certway(["publication", "script"])
        #expect(script.output.contains("# Left out: 1 whose entries are mastered on premises"), "\(script.output)")
        #expect(script.output.split(separator: "\n").filter { $0.contains("Set-Mailbox -Identity") }.count == 1)
        try await gateway.reconfigure { $0.replacing("form: \(form.ours)", with: "form: \(form.next)") }
        #expect(try await gateway.certway(["publication", "repair"]).status == 0)
        try await gateway.pass { try await states(gateway)["published"] == 1 }
        #expect(try await states(gateway) == ["published": 1, "failed": 1])
    }

    /// A form of the configuration, the sandbox's word for it, what the sandbox does with it, and the form that is tried after it.
    struct Form: Sendable {
        let ours: String
        let theirs: String
        let how: String
        let next: String

        static let all = [
            Form(ours: "base64", theirs: "base64", how: "refuse", next: "numbers"),
            Form(ours: "numbers", theirs: "numbers", how: "refuse", next: "table"),
            Form(ours: "table", theirs: "hashtable", how: "refuse", next: "base64"),
            Form(ours: "base64", theirs: "base64", how: "ignore", next: "table"),
        ]
    }

    private static let sandbox = [
        "--users", "2", "--only", "tenant", "--only", "digicert-certcentral", "--instant",
    ]

    private func gateway(
        _ sandbox: SandboxProcess, _ server: TestDirectoryServer?, form: String = "base64"
    ) async throws -> GatewayUnderTest {
        let secret = try server?.folder.write(TestDirectoryServer.password, to: "bind-password") ?? ""
        var directories = "  - {name: address-list, kind: exchange, form: \(form)}\n"
        if let server {
            directories += """
                  - name: certbox
                    kind: ldap
                    url: \(server.plainURL)
                    tlsRoots: \(server.roots)
                    bindName: "\(TestDirectoryServer.bindName)"
                    bindPassword: "file:\(secret)"
                    base: "\(TestDirectoryServer.base)"
                    filter: "(uid={id})"

                """
        }
        return try await GatewayUnderTest(sandbox: sandbox) { yaml in
            yaml.replacing("tenant: {", with: "tenant: {exchange: \"\(sandbox.text("tenant", "exchange"))\", ")
                .replacing("templates:\n", with: "directories:\n\(directories)templates:\n")
                .replacing(
                    "    backendCA: ca\n",
                    with: "    backendCA: ca\n    publish: [address-list\(server == nil ? "" : ", certbox")]\n")
        }
    }

    private func publications(_ gateway: GatewayUnderTest) async throws -> [JSONValue] {
        try await gateway.certway(["publication", "list", "--all", "--output", "json"]).json.array ?? []
    }

    private func states(_ gateway: GatewayUnderTest) async throws -> [String: Int] {
        let states = try await publications(gateway).compactMap { $0["state"]?.string }
        return Dictionary(states.map { ($0, 1) }, uniquingKeysWith: +)
    }

    private func addressList(_ gateway: GatewayUnderTest, _ name: String) async throws -> [String] {
        let shown = try await gateway.sandbox.control("/control/mailboxes/\(name)")
        return shown["userCertificate"]?.array?.compactMap(\.string) ?? []
    }
}
