// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A policy of two: a certificate for mail from a public CA, and one for logon from the company's own, by which people sign in to Entra
/// ID; through the built programs.
@Suite(.timeLimit(.minutes(10))) struct SignInTests {
    /// Two accounts of the cloud, and two that come from on-premises.
    private static let people = 4

    private let sandbox: SandboxProcess
    private let gateway: GatewayUnderTest

    init() async throws {
        let sandbox = try await SandboxProcess([
            "--users", "\(Self.people)", "--only", "tenant", "--only", "digicert-certcentral",
        ])
        self.sandbox = sandbox
        try await sandbox.control(
            "/control/tenant", method: "POST",
            body: """
                {"roles": ["User.Read.All", "User.ReadWrite.All", "GroupMember.Read.All", "OrgContact.Read.All", \
                "DeviceManagementConfiguration.ReadWrite.All"]}
                """)
        gateway = try await GatewayUnderTest(sandbox: sandbox)
        let folder = gateway.folder.path("ca")
        let made = try await gateway.certway(["ca", "create", folder])
        try #require(made.status == 0, "\(made.errors)")
        let own: JSONValue = [
            "name": "own", "connector": "local-ca", "acceptedRoots": .string(folder + "/root.pem"),
            "settings": ["directory": .string(folder)],
        ]
        let group = sandbox.text("tenant", "groups", "smime")
        try await gateway.reconfigure { yaml in
            yaml.replacing("backendCAs: [", with: "backendCAs: [\(own.text),")
                .replacing("    group: \(group)\n", with: "")
                .replacing(
                    "limits: {ordersPerRun",
                    with: """
                          - {name: logon, backendCA: own, product: client-authentication, purpose: clientAuthentication, key: p256, certificateUserIds: subjectKeyIdentifier}
                        policies:
                          - {name: staff, group: \(group), templates: [smime, logon]}
                        limits: {ordersPerRun
                        """)
        }
    }

    private func values(of user: String) async throws -> [String] {
        let person = try await sandbox.control("/control/people")["people"]?.array?.first {
            $0["userPrincipalName"]?.string == user
        }
        return person?["authorizationInfo"]?["certificateUserIds"]?.array?.compactMap(\.string) ?? []
    }

    @Test func peopleAreKnownByTheirCertificateAsLongAsItIsGood() async throws {
        let doctor = try await gateway.certway(["doctor"])
        #expect(doctor.output.contains("certificateUserIds"), "\(doctor.output)")
        try await gateway.finish(within: 60)
        let all = try await gateway.certway(["people", "list", "--policy", "staff", "--output", "json"]).json
        #expect(all["total"]?.int == Self.people)
        #expect(all["people"]?.array?.allSatisfy { $0["complete"] == true } == true, "\(all.text)")
        let none = try await gateway.certway(["people", "list", "--policy", "staff", "--incomplete"])
        #expect(none.output == "nobody\n")

        let certificates = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        let logon = certificates.filter { $0["backendCA"] == "own" }
        #expect(logon.count == Self.people && certificates.count == 2 * Self.people)
        var bound: [(user: String, serial: String, value: String)] = []
        for certificate in logon {
            let user = try #require(certificate["userPrincipalName"]?.string)
            let serial = try #require(certificate["serialNumber"]?.string)
            let details = try await gateway.certway(["certificate", "show", serial, "--output", "json"]).json
            // What openssl finds in the certificate is what the account has.
            let pem = try #require(details["chain"]?[0]?.string)
            let shown = try await Run.program(
                "openssl", ["x509", "-noout", "-ext", "subjectKeyIdentifier"], input: Array(pem.utf8))
            let key = shown.output.split(separator: "\n").last?.filter(\.isHexDigit).lowercased() ?? ""
            let expected = try await values(of: user)
            #expect(key.count == 40)
            if let value = details["certificateUserId"]?.string {
                #expect(value == "X509:<SKI>\(key)" && expected == [value], "\(expected)")
                bound.append((user, serial, value))
            } else {
                #expect(expected == [], "an account from on-premises is not written")
            }
        }
        #expect(bound.count == 2)

        // One that is revoked signs nobody in any more, others' entries stay.
        let first = try #require(bound.first)
        let foreign = "X509:<PN>somebody@example.org"
        try await change(first.user, [foreign, first.value])
        let revoked = try await gateway.certway([
            "certificate", "revoke", first.serial, "--reason", "keyCompromise", "--because", "stolen",
        ])
        #expect(revoked.status == 0, "\(revoked.errors)")
        // The CA has taken it by the end of a pass, and the next one takes the entry out.
        for _ in 1...2 { try await gateway.certway(["run", "--once", "--wait", "10"]) }
        #expect(try await values(of: first.user) == [foreign])
        #expect(try await values(of: bound[1].user) == [bound[1].value])
    }

    /// An account without room holds the order before anything is on a device; with room it goes on.
    @Test func anAccountWithoutRoomIsSaid() async throws {
        let people = try await sandbox.control("/control/people")["people"]?.array ?? []
        let cloud = people.filter { $0["onPremisesSyncEnabled"] != true }.compactMap { $0["userPrincipalName"]?.string }
        let user = try #require(cloud.first)
        let full = (1...10).map { "X509:<PN>\($0)@example.org" }
        try await change(user, full)
        try await gateway.finish(within: 60)
        let held = try await gateway.certway(["order", "list", "--held", "--output", "json"]).json.array ?? []
        #expect(held.map { $0["userPrincipalName"]?.string } == [user])
        #expect(held.first?["holdReason"]?.string?.contains("10 are the most") == true, "\(held)")
        #expect(try await sandbox.control("/control/pfx")["pfx"]?.array?.count == 2 * Self.people - 1)
        #expect(try await values(of: user) == full)
        try await change(user, Array(full.dropLast()))
        let reference = try #require(held.first?["reference"]?.string)
        #expect(try await gateway.certway(["order", "retry", reference]).status == 0)
        try await gateway.finish(within: 30)
        #expect(try await sandbox.control("/control/pfx")["pfx"]?.array?.count == 2 * Self.people)
        #expect(try await values(of: user).count == 10)
    }

    private func change(_ user: String, _ values: [String]) async throws {
        let body: JSONValue = [
            "action": "change", "person": .string(user),
            "properties": ["authorizationInfo": ["certificateUserIds": JSONValue(values)]],
        ]
        try await sandbox.control("/control/people", method: "POST", body: body.text)
    }
}
