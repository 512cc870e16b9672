// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import TestSupport
import Testing

/// Names that mean something to who puts them between delimiters, through every CA that the sandbox imitates: a certificate says
/// exactly the name, or there is none.
@Suite(.timeLimit(.minutes(10))) struct HostileNameTests {
    private static let names = [
        "A,B+C=D;E<F>#G,CN=admin", "A \"B\" 'C' \\ D", "#x", "Ada\\", "Ada\\,CN=admin", "Ada/CN=admin",
        "Ada&amp;<b>&lt;",
        "${ .settings }", "Ada%2FCN%3Dadmin\\\"", "Zoë 李 – \u{1F511}", "a' OR 1=1 --", "=1+1", "Ada\\0A",
        "\\(.request)",
    ]

    @Test(arguments: EveryCATests.connectors + ["digicert-certcentral"])
    func aCertificateSaysTheNameOrThereIsNone(connector: String) async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "0", "--only", "tenant", "--only", connector]),
            keyType: connector == "globalsign-atlas" ? "rsa2048" : "p256", connector: connector
        )
        for (number, name) in Self.names.enumerated() {
            let mail = "odd\(number)@sandbox.example"
            let action: JSONValue = [
                "action": "add",
                "properties": [
                    "userPrincipalName": .string(mail), "displayName": .string(name), "givenName": .string(name),
                    "surname": .string(name), "mail": .string(mail),
                    "proxyAddresses": [
                        .string("SMTP:\(mail)"), .string("smtp:o'odd.\(number)&x=%41+t@sandbox.example"),
                    ],
                ],
            ]
            try await gateway.sandbox.control("/control/people", method: "POST", body: action.text)
        }
        let run = try await gateway.finish(within: 60)
        let people =
            try await gateway.certway(["people", "list", "--all", "--output", "json"]).json["people"]?.array ?? []
        #expect(people.count == Self.names.count, "\(run.errors)")
        var certified = 0
        for person in people {
            let mail = person["userPrincipalName"]?.string ?? ""
            let number = try #require(Int(mail.dropFirst(3).prefix { $0.isNumber }))
            let name = Self.names[number]
            guard person["status"] == "inUse" else {
                #expect(person["reason"]?.string?.isEmpty == false, "\(name): \(person.text)")
                continue
            }
            certified += 1
            let serial = person["serialNumber"]?.string ?? ""
            let shown = try await gateway.certway(["certificate", "show", serial, "--output", "json"]).json
            let certificate = try Certificate(pem: try #require(shown["chain"]?[0]?.string))
            let addresses = Set([mail, "o'odd.\(number)&x=%41+t@sandbox.example"])
            for attribute in certificate.subject.attributes where ["CN", "GN", "SN"].contains(attribute.type) {
                #expect(attribute.value == name || addresses.contains(attribute.value), "\(connector): \(attribute)")
            }
            #expect(certificate.subject.attributes.count { $0.type == "CN" } == 1)
            #expect(
                Set(certificate.emailAddresses).isSubset(of: addresses), "\(connector): \(certificate.emailAddresses)")
            #expect(certificate.emailAddresses.contains(mail))
        }
        #expect(certified > 0, "\(connector): \(people)")
    }
}
