// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// People as directories have them, and the questions of a help desk, through the built programs.
@Suite(.timeLimit(.minutes(10))) struct PeopleTests {
    private func gateway(
        _ people: Int, domains: String = "sandbox.example", product: String? = nil
    ) async throws -> GatewayUnderTest {
        try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", "digicert-certcentral"]),
            product: product
        ) {
            $0.replacing("key: p256", with: "key: p256\n    addressDomains: [\(domains)]")
        }
    }

    private func change(_ gateway: GatewayUnderTest, _ body: JSONValue) async throws {
        try await gateway.sandbox.control("/control/people", method: "POST", body: body.text)
    }

    private func people(_ gateway: GatewayUnderTest, _ options: String...) async throws -> [JSONValue] {
        let run = try await gateway.certway(["people", "list", "--all", "--output", "json"] + options)
        try #require(run.status == 0, "\(run.errors)")
        return try run.json["people"]?.array ?? []
    }

    /// Quotes, escape sequences, wrong directions, NUL, 3,000 letters, foreign domains, guests, one address for two: everybody
    /// of it has a certificate that says nothing but what the directory says and an administrator allows, or a reason.
    @Test func everyUnusualPersonHasACertificateOrAReason() async throws {
        let gateway = try await gateway(2)
        let cases = try JSONValue(
            parsing: String(
                contentsOfFile: BuiltPrograms.repository + "/Tests/EndToEndTests/people.json", encoding: .utf8))
        let persons = cases["actions"]?.array ?? []
        try #require(persons.count > 20)
        for action in persons { try await change(gateway, action) }
        try await gateway.finish()
        let standing = try await people(gateway)
        for action in persons {
            let name = action["properties"]?["userPrincipalName"]?.string ?? ""
            let own = standing.filter { $0["userPrincipalName"]?.string == name }
            #expect(own.count == 1, "\(name)")
            guard let person = own.first else { continue }
            if person["status"] == "inUse" {
                let certificate = try await gateway.certway([
                    "certificate", "show", person["serialNumber"]?.string ?? "", "--output", "json",
                ]).json
                let addresses = Set(certificate["emailAddresses"]?.array?.compactMap(\.string) ?? [])
                let allowed = Set(
                    (action["properties"]?["proxyAddresses"]?.array ?? []).compactMap(\.string).map {
                        String($0.dropFirst(5))
                    })
                #expect(!addresses.isEmpty && addresses.isSubset(of: allowed), "\(name): \(addresses)")
                for address in addresses {
                    #expect(address.lowercased().hasSuffix("@sandbox.example") && address.utf8.count <= 254, "\(name)")
                    #expect(address.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) }, "\(name)")
                }
                let subject = certificate["subject"]?.string ?? ""
                #expect(
                    !subject.unicodeScalars.contains {
                        [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
                    }, "\(name): \(subject.debugDescription)")
            } else {
                #expect(
                    ["leftOut", "waiting", "ended", "held"].contains(person["status"]?.string ?? ""), "\(person.text)")
                #expect(person["reason"]?.string?.isEmpty == false, "\(name)")
            }
        }
        let left = Set(standing.filter { $0["status"] == "leftOut" }.compactMap { $0["userPrincipalName"]?.string })
        let refused = [
            "guest", "dup1", "dup2", "eve", "foreign", "idn", "nomail", "crlf", "escmail", "longmail", "nl", "zw",
            "rtl",
            "long", "esc", "nul", "many", "big", "backslash",
        ]
        for name in refused { #expect(left.contains("\(name)@sandbox.example"), "\(name)") }
    }

    /// The numbers of the plan, and everybody behind each, before and after somebody leaves, is disabled or renamed.
    @Test func theNumbersOfThePlanHavePeople() async throws {
        let gateway = try await gateway(5)
        try await gateway.finish()
        let names = try await people(gateway, "--status", "inUse").compactMap { $0["userPrincipalName"]?.string }
        try #require(names.count == 5)
        try await change(gateway, ["action": "leave", "person": .string(names[0])])
        try await change(gateway, ["action": "disable", "person": .string(names[1])])
        try await change(
            gateway,
            [
                "action": "change", "person": .string(names[2]),
                "properties": [
                    "mail": "other.name@sandbox.example", "proxyAddresses": ["SMTP:other.name@sandbox.example"],
                ],
            ])
        let plan = try await gateway.certway(["plan"])
        for (concern, name) in [("departed", names[0]), ("disabled", names[1]), ("renamed", names[2])] {
            #expect(plan.output.contains("--concern \(concern)"), "\(plan.output)")
            #expect(
                try await people(gateway, "--concern", concern).map { $0["userPrincipalName"]?.string } == [name],
                "\(concern)")
        }
        #expect(plan.output.contains("IN USE") && !plan.output.contains("COVERED"))
        // Those of a template that is switched off are not forgotten.
        try await gateway.reconfigure { $0.replacing("key: p256", with: "key: p256\n    enabled: false") }
        let off = try await gateway.certway(["plan"])
        #expect(
            off.output.contains("template smime is switched off") && off.output.contains("--concern departed"),
            "\(off.output)")
        try await gateway.reconfigure { $0.replacing("enabled: false", with: "enabled: true") }
        let why = try await gateway.certway(["why", names[1]])
        #expect(why.output.contains("has a certificate in use, but: the account is disabled"), "\(why.output)")
        #expect(why.output.contains("valid until") && why.output.contains("delivered through intune"), "\(why.output)")
        let page = try await gateway.certway(["people", "list", "--limit", "2"])
        #expect(page.output.contains("2 of 5"), "\(page.output)")
        let cursor = try #require(page.output.firstMatch(of: /--page (\S+) the/)).output.1
        let next = try await gateway.certway(["people", "list", "--page", String(cursor), "--output", "json"])
        #expect(try next.json["people"]?.array?.compactMap { $0["userPrincipalName"]?.string } == Array(names[2...]))
        let unknown = try await gateway.certway(["people", "list", "--template", "smine"])
        #expect(unknown.status == 2 && unknown.errors.contains("smime"), "\(unknown.errors)")
    }

    /// By everything that stands on a help desk's ticket; what means several people is a list.
    @Test func whyFindsPeopleByWhatTheyAreCalled() async throws {
        let gateway = try await gateway(0)
        func add(_ name: String, _ display: String, _ alias: String) async throws {
            let mail = "\(name)@sandbox.example"
            try await change(
                gateway,
                [
                    "action": "add",
                    "properties": [
                        "userPrincipalName": .string("\(name).once@sandbox.example"), "displayName": .string(display),
                        "mail": .string(mail),
                        "proxyAddresses": [.string("SMTP:\(mail)"), .string("smtp:\(alias)@sandbox.example")],
                    ],
                ])
        }
        try await add("ada", "Ada Lovelace", "countess")
        try await add("jurgen", "Jürgen Lovelace", "al")
        try await gateway.finish()
        let person = try #require(
            try await people(gateway).first { $0["userPrincipalName"] == "ada.once@sandbox.example" })
        let (id, serial) = (person["id"]?.string ?? "", person["serialNumber"]?.string ?? "")
        try await change(
            gateway,
            [
                "action": "change", "person": .string(id),
                "properties": ["userPrincipalName": "ada.king@sandbox.example", "displayName": "Ada King"],
            ])
        try await gateway.certway(["plan"])
        let pairs = String(serial.enumerated().flatMap { $0 > 0 && $0.isMultiple(of: 2) ? [":", $1] : [$1] })
        let words = [
            "ada.king@sandbox.example", "Ada.Once@sandbox.example", "ADA@sandbox.example", "Countess@Sandbox.example",
            "ada king", "countes", "ada.kin", id, serial, pairs,
            "0x\(serial.lowercased())", person["order"]?.string ?? "",
        ]
        for word in words {
            let run = try await gateway.certway(["why", word, "--output", "json"])
            #expect(run.status == 0, "\(word): \(run.errors)")
            let answer = try run.json
            #expect(answer["id"]?.string == id, "\(word): \(answer.text)")
            #expect(answer["templates"]?[0]?["certificate"]?["serialNumber"]?.string == serial, "\(word)")
            #expect(answer["templates"]?[0]?["concern"] == "renamed", "\(word)")
        }
        #expect(try await gateway.certway(["why", "jurgen lovelace"]).output.contains("jurgen.once@sandbox.example"))
        let several = try await gateway.certway(["why", "a"])
        #expect(
            several.status == 0 && several.output.contains(id) && several.output.contains("jurgen.once@")
                && several.output.contains("may mean 2 people"), "\(several.output)")
        let nobody = try await gateway.certway(["why", "nobody@nowhere.example"])
        #expect(nobody.status == 1 && nobody.output.contains("not known"), "\(nobody.output)")
    }

    /// Which mailbox has not answered the CA, and another mail to it.
    @Test func theCAIsAskedWhichAddressHasNotConfirmed() async throws {
        let gateway = try await gateway(0, domains: "sandbox.example, other.example", product: "secure_email_mailbox")
        try await change(
            gateway,
            [
                "action": "add",
                "properties": [
                    "userPrincipalName": "ada@sandbox.example", "displayName": "Ada", "mail": "ada@other.example",
                    "proxyAddresses": ["SMTP:ada@other.example"],
                ],
            ])
        try await gateway.pass {
            try await gateway.certway(["why", "ada@sandbox.example"]).output.contains("certway order validation ")
        }
        let order = try #require(try await gateway.certway(["order", "list", "--output", "json"]).json[0])
        let reference = order["reference"]?.string ?? ""
        let why = try await gateway.certway(["why", "ada@sandbox.example"])
        #expect(why.output.contains("certway order validation \(reference)"), "\(why.output)")
        let asked = try await gateway.certway(["order", "validation", reference, "--output", "json"])
        #expect(asked.status == 0, "\(asked.errors)")
        let addresses = try asked.json["addresses"]?.array ?? []
        #expect(addresses.map { $0["address"] } == ["ada@other.example"], "\(asked.output)")
        #expect(addresses.map { $0["confirmed"] } == [false])
        func mails() async throws -> Int { try await gateway.sandbox.calls("digicert.resend") }
        let dryRun = try await gateway.certway(["order", "resend-mail", reference, "--dry-run"])
        #expect(dryRun.status == 0 && dryRun.output.contains("nothing was sent"), "\(dryRun.errors)")
        #expect(try await mails() == 0)
        let sent = try await gateway.certway(["order", "resend-mail", reference])
        #expect(sent.status == 0, "\(sent.errors)")
        #expect(try await mails() == 1)
        #expect(try await gateway.certway(["order", "show", reference]).output.contains("validationMailed"))
        let cancelled = try await gateway.certway(["order", "cancel", reference])
        try #require(cancelled.status == 0, "\(cancelled.errors)")
        try await gateway.pass { try await gateway.stages() == ["cancelled": 1] }
        let over = try await gateway.certway(["order", "resend-mail", reference])
        #expect(over.status == 1 && over.errors.contains("does not wait at a CA"), "\(over.errors)")
        #expect(try await mails() == 1)
    }
}
