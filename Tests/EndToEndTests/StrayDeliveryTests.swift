// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Intune files a PFX under whoever has the user principal name at that moment; a name may have gone to somebody else.
@Suite(.timeLimit(.minutes(5))) struct StrayDeliveryTests {
    /// What happens to the upload that leaves for the next holder of the name.
    enum End: String, CaseIterable { case killedMeanwhile, cannotBeTakenOut }

    @Test(arguments: End.allCases)
    func noKeyStaysWithTheNextHolderOfAName(end: End) async throws {
        let (gateway, sandbox) = try await gateway()
        try await sandbox.order("delay", of: "intune.create", ["milliseconds": 10_000])
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { try await sandbox.calls("faults.delay") == 1 }
        if end == .cannotBeTakenOut {
            try await sandbox.order("status", of: "intune.delete", count: 1_000_000, ["status": 500])
        }
        let next = try await pass("ada@sandbox.example", on: sandbox)
        if end == .killedMeanwhile {
            service.signal(SIGKILL)
            _ = await service.end()
        }
        // The evidence: somebody else's devices could fetch the key.
        var seen: [String] = []
        while seen.isEmpty {
            seen = try await filed(sandbox)
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(seen.allSatisfy { $0.hasPrefix(next) }, "\(seen)")
        if end != .killedMeanwhile { try await gateway.stop(service) }
        #expect(try await filed(sandbox) == seen, "it was taken out at once: nothing is left to prove")
        try await sandbox.order("none", of: "intune.delete")

        try await gateway.retryAll()
        try await gateway.pass { try await gateway.stages() == ["active": 1] }
        #expect(try await gateway.stages() == ["active": 1])
        let after = try await filed(sandbox)
        #expect(after.count == 1 && !after[0].hasPrefix(next), "\(after)")
        #expect(try await sandbox.orders("digicert-certcentral").count == 1)
        let order =
            try await gateway.certway(["order", "list", "--output", "json"]).json[0]?["reference"]?.string ?? ""
        let shown = try await gateway.certway(["order", "show", order]).output
        #expect(shown.contains("leaves for the devices of ada@sandbox.example"), "\(shown)")
        #expect(shown.contains("leaves for the devices of ada.old@sandbox.example"), "\(shown)")
        let sentence = "taken out of Intune under another person: that person's devices may have fetched the key"
        #expect(shown.components(separatedBy: sentence).count == 2, "\(shown)")
    }

    /// Between two readings of the directory the name goes to somebody else: nothing leaves under it.
    @Test func thePersonIsAskedForByItsIdBeforeTheKeyLeaves() async throws {
        let (gateway, sandbox) = try await gateway()
        try await sandbox.set("digicert-certcentral", ["manualApproval": true])
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { try await gateway.stages() == ["pending": 1] }
        _ = try await pass("ada@sandbox.example", on: sandbox)
        try await sandbox.control(
            "/control/cas/digicert-certcentral/orders/all", method: "POST", body: #"{"decision": "approve"}"#)
        try await gateway.wait(beside: service) { try await gateway.stages() == ["issued": 1] }
        try await gateway.wait(beside: service) {
            try await gateway.certway(["order", "list"]).output.contains("signs in as ada.old@sandbox.example now")
        }
        try await gateway.stop(service)
        #expect(try await sandbox.calls("intune.create") == 0)
        try await gateway.retryAll()
        try await gateway.pass { try await gateway.stages() == ["active": 1] }
        #expect(try await sandbox.calls("intune.create") == 1)
        #expect(try await filed(sandbox).count == 1)
    }

    private func gateway() async throws -> (GatewayUnderTest, SandboxProcess) {
        let sandbox = try await SandboxProcess(["--users", "0", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(
            sandbox: sandbox,
            change: { $0.replacing(/interval: [0-9]+[smh]/, with: "interval: 30m") })
        try await sandbox.join("Ada")
        return (gateway, sandbox)
    }

    /// Somebody is renamed and keeps the address; a newcomer, who gets no certificate, gets the name. Answers with the newcomer's id as Intune writes it.
    private func pass(_ name: String, on sandbox: SandboxProcess) async throws -> String {
        let old = name.replacing("@", with: ".old@")
        let changes: JSONValue = [
            "changes": [
                ["action": "change", "person": .string(name), "properties": ["userPrincipalName": .string(old)]],
                [
                    "action": "add",
                    "properties": [
                        "userPrincipalName": .string(name), "displayName": "Newcomer",
                        "mail": "newcomer@sandbox.example",
                    ],
                ],
                ["action": "leave", "person": .string(name)],
            ]
        ]
        let answer = try await sandbox.control("/control/people", method: "POST", body: changes.text)
        let id = try #require(answer["people"]?[1]?["id"]?.string, "\(answer.text)")
        return id.replacing("-", with: "").lowercased()
    }

    private func filed(_ sandbox: SandboxProcess) async throws -> [String] {
        try await sandbox.control("/control/pfx")["pfx"]?.array?.compactMap { $0["id"]?.string } ?? []
    }
}
