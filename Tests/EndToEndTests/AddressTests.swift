// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

/// Addresses as directories really hold them, and orders that ended without a certificate.
@Suite struct AddressTests {
    private func gateway(_ people: Int, change: (String) -> String = { $0 }) async throws -> GatewayUnderTest {
        try await GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "\(people)", "--only", "tenant", "--only", "digicert-certcentral",
            ]), change: change)
    }

    private func add(_ gateway: GatewayUnderTest, _ name: String, mail: String, _ more: JSONValue = [:]) async throws {
        var properties: [String: JSONValue] = [
            "userPrincipalName": .string("\(name)@sandbox.example"), "displayName": .string(name),
            "givenName": "X", "surname": "Y", "mail": .string(mail), "proxyAddresses": [.string("SMTP:\(mail)")],
        ]
        properties.merge(more.object ?? [:]) { $1 }
        let body: JSONValue = ["action": "add", "properties": .object(properties)]
        _ = try await gateway.sandbox.control("/control/people", method: "POST", body: body.text)
    }

    private func orders(_ gateway: GatewayUnderTest) async throws -> [[String]] {
        try await (gateway.sandbox.control("/control/orders")["orders"]?.array ?? []).map {
            $0["emails"]?.array?.compactMap(\.string) ?? []
        }
    }

    /// Two with one address, one with a colleague's, a guest, a foreign domain.
    @Test func nobodyIsCertifiedForAnAddressThatIsSomebodyElsesToo() async throws {
        let gateway = try await gateway(3) {
            $0.replacing("key: p256", with: "key: p256\n    addressDomains: [sandbox.example]")
        }
        let plan = try await gateway.certway(["plan", "--output", "json"]).json["templates"]?[0]
        let victim = try #require(plan?["toOrder"]?[0]?["names"]?["emails"]?[0]?.string)
        try await add(gateway, "dup1", mail: "shared@sandbox.example")
        try await add(gateway, "dup2", mail: "shared@sandbox.example")
        try await add(gateway, "thief", mail: victim, ["proxyAddresses": []])
        try await add(gateway, "guest", mail: "guest@sandbox.example", ["userType": "Guest"])
        try await add(gateway, "foreign", mail: "boss@evilsandbox.example")
        try await add(gateway, "sales", mail: "sales@sandbox.example", ["proxyAddresses": []])
        for (path, mail) in [("groups", "sales@sandbox.example"), ("contacts", "nobody@sandbox.example")] {
            let body: JSONValue = ["properties": ["displayName": "The list", "mail": .string(mail)]]
            _ = try await gateway.sandbox.control("/control/\(path)", method: "POST", body: body.text)
        }
        let after = try await gateway.certway(["plan", "--output", "json"]).json["templates"]?[0]
        #expect(after?["people"]?["toOrder"] == 3 && after?["people"]?["leftOut"] == 6, "\(after?.text ?? "")")
        // The name under which somebody signs in is that person, whoever else claims it as an address.
        let name = plan?["toOrder"]?[0]?["userPrincipalName"]?.string ?? ""
        try #require(name == victim)
        let own = try await gateway.certway(["why", name])
        #expect(own.status == 0 && own.output.contains("<\(name)>\n"), "\(own.output)")
        #expect(
            own.output.contains("note: thief@sandbox.example has \(name) as well, or had it: 'certway why "),
            "\(own.output)")
        let reasons = after?["skippedByReason"]?.object?.keys.sorted() ?? []
        for part in [
            "shared@sandbox.example is the proxy address of user dup1@sandbox.example, too",
            "shared@sandbox.example is the proxy address of user dup2@sandbox.example, too",
            "\(victim) is the proxy address of user ", "mail alone proves nothing", "is a guest",
            "no mail address in a domain of addressDomains",
            "sales@sandbox.example is the mail address of group The list, too",
        ] {
            #expect(reasons.contains { $0.contains(part) }, "\(part): \(reasons)")
        }
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(3))
        let certified = try await orders(gateway).flatMap(\.self)
        #expect(certified.filter { $0 == victim }.count == 1)
        #expect(Set(certified).isDisjoint(with: ["shared@sandbox.example", "sales@sandbox.example"]))
        // A listed person is told who the other one is.
        let why = try await gateway.certway(["why", "thief@sandbox.example"])
        #expect(why.output.contains("\(victim) is the proxy address of user "), "\(why.output)")
        let preview = try await gateway.certway(["template", "preview", "smime", "dup1@sandbox.example"])
        #expect(preview.output.contains("user dup2@sandbox.example, too"), "\(preview.output)")
    }

    @Test func aTemplateWithoutDomainsIsWarnedOfEverywhere() async throws {
        let gateway = try await gateway(1)
        for command in [["apply", "-f", gateway.configuration], ["plan"], ["doctor"]] {
            let run = try await gateway.certway(command)
            #expect(run.status == 0, "\(run.errors)\(run.output)")
            #expect((run.output + run.errors).contains("without addressDomains"), "\(command)")
        }
        try await gateway.reconfigure {
            $0.replacing("key: p256", with: "key: p256\n    addressDomains: [sandbox.example]")
        }
        #expect(try await !gateway.certway(["plan"]).output.contains("addressDomains"))
    }

    @Test func aMissingPermissionStopsPlanningAndIsNamed() async throws {
        let gateway = try await gateway(2)
        _ = try await gateway.sandbox.control(
            "/control/tenant", method: "POST",
            body:
                #"{"roles": ["User.Read.All", "GroupMember.Read.All", "DeviceManagementConfiguration.ReadWrite.All"]}"#)
        for command in [["plan"], ["doctor"]] {
            let run = try await gateway.certway(command)
            #expect(run.status != 0)
            #expect((run.output + run.errors).contains("OrgContact.Read.All"), "\(run.output)\(run.errors)")
        }
        #expect(try await orders(gateway).isEmpty)
    }

    /// Cancelled by a person: shown as ended with the way out, and ordered again by it.
    @Test func anOrderThatEndedIsMadeAgainByACommand() async throws {
        let gateway = try await gateway(1)
        func manual(_ on: Bool) async throws {
            _ = try await gateway.sandbox.control(
                "/control/cas/digicert-certcentral", method: "POST", body: #"{"manualApproval": \#(on)}"#)
        }
        try await manual(true)
        try await gateway.pass { try await gateway.stages() == ["pending": 1] }
        let first = try #require(
            try await gateway.certway(["order", "list", "--output", "json"]).json[0]?["reference"]?.string)
        let refused = try await gateway.certway(["order", "again", first])
        #expect(refused.status == 1 && refused.errors.contains("has not ended"), "\(refused.errors)")
        try await gateway.certway(["order", "cancel", first])
        try await gateway.pass { try await gateway.stages() == ["cancelled": 1] }
        let plan = try await gateway.certway(["plan"])
        #expect(plan.output.contains("certway order again \(first)"), "\(plan.output)")
        let json = try await gateway.certway(["plan", "--output", "json"]).json
        #expect(json["templates"]?[0]?["people"]?["ended"] == 1)
        try await manual(false)
        let again = try await gateway.certway(["order", "again", first])
        #expect(again.status == 0, "\(again.errors)")
        try await gateway.finish()
        let stages = try await gateway.certway(["order", "list", "--output", "json"]).json.array?.map {
            $0["stage"]?.string
        }
        #expect(stages == ["active", "cancelled"])
        let twice = try await gateway.certway(["order", "again", first])
        #expect(twice.status == 1 && twice.errors.contains("active certificate"), "\(twice.errors)")
    }
}
