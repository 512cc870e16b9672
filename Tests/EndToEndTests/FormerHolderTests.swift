// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Intune delivers by the name on a record: who gets a name that was somebody else's gets none of the keys that lie under it.
@Suite(.timeLimit(.minutes(5))) struct FormerHolderTests {
    private let gateway: GatewayUnderTest

    init() async throws {
        gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "6", "--only", "tenant", "--only", "digicert-certcentral"]))
    }

    /// Name and owner, by the beginning of the id, of each record.
    private func filed() async throws -> [(name: String, owner: String)] {
        (try await gateway.sandbox.control("/control/pfx")["pfx"]?.array ?? []).map { record in
            (
                record["userPrincipalName"]?.string ?? "",
                String((record["id"]?.string ?? "").lowercased().prefix { $0 != "-" })
            )
        }
    }

    @discardableResult
    private func change(_ changes: JSONValue...) async throws -> JSONValue {
        try await gateway.sandbox.control(
            "/control/people", method: "POST", body: (["changes": .array(changes)] as JSONValue).text)
    }

    private func named(_ name: String) -> JSONValue {
        [
            "userPrincipalName": .string(name), "mail": .string(name),
            "proxyAddresses": .array([.string("SMTP:" + name)]),
        ]
    }

    @Test func earlierKeysGoBeforeTheNextHoldersComes() async throws {
        try await gateway.finish()
        let (name, owner) = try #require(try await filed().first)
        try await change(
            ["action": "change", "person": .string(name), "properties": named(name.replacing("@", with: ".new@"))])
        try await gateway.finish()
        #expect(try await filed().contains { $0 == (name, owner) }, "the earlier key stays with its owner until then")
        try await change(["action": "add", "properties": named(name)])
        try await gateway.finish()
        let run = try await gateway.certway(["run", "--once", "--wait", "10"])
        let under = try await filed().filter { $0.name == name }
        #expect(under.count == 1 && under[0].owner != owner, "\(under) \(run.errors)")
    }

    /// The same while the orders wait at the CA: nothing ever lay with the other, and nobody gets a second one.
    @Test func namesAreExchangedWhileTheCAWorks() async throws {
        try await gateway.sandbox.set("digicert-certcentral", ["manualApproval": true])
        try await gateway.pass { try await gateway.stages() == ["pending": 6] }
        let people = try await gateway.sandbox.control("/control/people")["people"]?.array ?? []
        let names = people.filter { $0["isMember"] == true }.compactMap { $0["userPrincipalName"]?.string }
        func exchange(_ person: String, _ name: String) -> JSONValue {
            ["action": "change", "person": .string(person), "properties": ["userPrincipalName": .string(name)]]
        }
        let between = "between@sandbox.example"
        try await change(exchange(names[0], between), exchange(names[1], names[0]), exchange(between, names[1]))
        try await gateway.sandbox.control(
            "/control/cas/digicert-certcentral/orders/all", method: "POST", body: #"{"decision": "approve"}"#)
        try await gateway.sandbox.set("digicert-certcentral", ["manualApproval": false])
        for _ in 0..<3 {
            try await gateway.retryAll()
            try await gateway.finish(within: 20)
        }
        #expect(try await gateway.stages() == ["active": 6])
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 6)
        let filed = try await filed()
        let owners = Dictionary(
            uniqueKeysWithValues: people.compactMap { person in
                person["userPrincipalName"]?.string.map {
                    ($0, (person["id"]?.string ?? "").lowercased().replacing("-", with: ""))
                }
            })
        for (name, other) in [(names[0], names[1]), (names[1], names[0])] {
            #expect(filed.filter { $0.name == name }.map(\.owner) == [owners[other]], "\(filed)")
        }
    }

    /// Two exchange their names and keep their addresses: each one's key lay with the other, so it is revoked and another one comes.
    @Test func namesAreExchanged() async throws {
        try await gateway.finish()
        let before = try await filed()
        try #require(before.count == 6)
        let names = before.map(\.name)
        func exchange(_ person: String, _ name: String) -> JSONValue {
            ["action": "change", "person": .string(person), "properties": ["userPrincipalName": .string(name)]]
        }
        let between = "between@sandbox.example"
        try await change(exchange(names[0], between), exchange(names[1], names[0]), exchange(between, names[1]))
        for _ in 0..<3 { try await gateway.finish(within: 20) }
        let after = try await filed()
        let own = Dictionary(uniqueKeysWithValues: before.map { ($0.name, $0.owner) })
        #expect(after.count == 6 && after.filter { $0.name == names[0] }.map(\.owner) == [own[names[1]]], "\(after)")
        #expect(after.filter { $0.name == names[1] }.map(\.owner) == [own[names[0]]], "\(after)")
        #expect(try await gateway.stages() == ["active": 6, "revoked": 2])
    }
}
