// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A template goes to another CA through the built programs; judged by what the two sandbox CAs and Intune have on record.
@Suite(.timeLimit(.minutes(10))) struct SwitchCATests {
    private static let first = "digicert-certcentral"
    private static let second = "sectigo-scm"
    private let sandbox: SandboxProcess
    private let gateway: GatewayUnderTest

    /// Six people with a certificate of the first CA, one whom the second refuses, and one whose order waits at the first.
    init() async throws {
        sandbox = try await SandboxProcess([
            "--users", "6", "--only", "tenant", "--only", Self.first, "--only", Self.second,
        ])
        gateway = try await GatewayUnderTest(sandbox: sandbox, others: [Self.second])
        try await sandbox.control(
            "/control/people", method: "POST",
            body:
                #"{"changes": [{"action": "add", "properties": {"userPrincipalName": "desk@sandbox.example", "displayName": "Desk", "#
                + #""mail": "desk@sandbox.example", "proxyAddresses": ["SMTP:desk@sandbox.example"]}}, "#
                + #"{"action": "join", "person": "desk@sandbox.example"}]}"#)
        try await gateway.pass { try await gateway.stages("ca") == ["active": 7] }
        try await sandbox.set(Self.first, ["manualApproval": true])
        try await sandbox.join("Zoe")
        try await gateway.pass { try await gateway.stages("ca") == ["active": 7, "pending": 1] }
    }

    private func switchCA(_ arguments: [String]) async throws -> JSONValue {
        let run = try await gateway.certway(["template", "switch-ca", "smime"] + arguments + ["--output", "json"])
        try #require(run.status == 0, "\(run.errors)\(run.output)")
        return try run.json
    }

    private var there: [String] {
        let product = sandbox.description["cas"]?[Self.second]?["products"]?[0]?.string ?? ""
        return ["--to", Self.second, "--product", product, "--set", "smime=sponsor-multipurpose", "--when", "now"]
    }

    /// Valid certificates at a CA by address, as it has them on record.
    private func issued(_ connector: String) async throws -> [String: Int] {
        var count: [String: Int] = [:]
        for order in try await sandbox.orders(connector) {
            guard order["certificates"]?.array?.isEmpty == false || order["certificate"] != nil else { continue }
            count[order["emails"]?[0]?.string ?? "", default: 0] += 1
        }
        return count
    }

    private func killed(at boundary: String) async throws {
        let run = try await gateway.certway(
            ["run", "--once", "--wait", "60"], environment: ["CERTWAY_KILL_AT": boundary])
        #expect(run.wasKilled, "\(boundary) was not reached: \(run.errors)")
    }

    @Test func everybodyGoesOverOnceWhateverDiesAndWithTheWayBackInTheMiddle() async throws {
        let before = try await gateway.certway(["export"]).output
        let report = try await switchCA(there + ["--dry-run"])
        #expect(report["state"] == "dryRun")
        #expect(report["people"]?["inUse"] == 7 && report["people"]?["replaceable"] == 6)
        #expect(report["people"]?["refused"]?["first"]?[0]?["userPrincipalName"] == "desk@sandbox.example")
        #expect(report["people"]?["underWay"]?["count"] == 1)
        #expect(report["orders"]?["now"] == 6)
        #expect(report["differences"]?.array?.contains { $0["topic"] == "accepted roots" } == true)
        #expect(report["rules"]?["begin"]?.array?.contains { $0["id"] == "smbr-7.1.4.2.5-person" } == true)
        #expect(try await gateway.certway(["export"]).output == before)

        #expect(try await switchCA(there)["state"] == "switched")
        let refused = try await gateway.certway(["apply", "-f", gateway.configuration])
        #expect(refused.status == 3 && refused.errors.contains("--undo-switch"), "\(refused.errors)")
        // Planned and keyed at the new CA, one of them at most is there; then back.
        for boundary in ["planned", "submitCommitted"] { try await killed(at: boundary) }
        #expect(try await switchCA(["--back"])["state"] == "switched")
        try await gateway.finish(within: 20)
        let gone = try await issued(Self.second)
        #expect(gone.count <= 6 && gone.values.allSatisfy { $0 == 1 }, "\(gone)")
        #expect(try await gateway.stages("ca")["pending"] == 1)
        #expect(try await gateway.finish(within: 5).json["planned"] == 0, "the way back buys nothing")

        // There again, and killed again.
        #expect(try await switchCA(["--back", "--when", "now"])["next"]?["backendCA"] == .string(Self.second))
        for boundary in ["beforeSubmit", "answered", "issued", "delivered"] { try await killed(at: boundary) }
        try await gateway.pass { try await issued(Self.second).count == 6 }
        _ = try await sandbox.control(
            "/control/cas/\(Self.first)/orders/all", method: "POST", body: #"{"decision": "approve"}"#)
        try await gateway.pass {
            try await gateway.stages(Self.second)["active"] == 7
        }
        #expect(try await gateway.stages(Self.second)["active"] == 7, "who waited at the first CA, too")
        #expect(try await gateway.finish(within: 10).json["planned"] == 0)

        let (old, new) = (try await issued(Self.first), try await issued(Self.second))
        #expect(old.count == 8 && old.values.allSatisfy { $0 == 1 }, "\(old)")
        #expect(new.count == 7 && new.values.allSatisfy { $0 == 1 }, "\(new)")
        #expect(new["desk@sandbox.example"] == nil)
        // The judge opens every key and PFX of either CA.
        var expected = Outcome.complete(15)
        expected.ordersAtCA = 8
        #expect(try await Outcome.of(gateway) == expected)
        let desk = try await gateway.certway(["why", "desk@sandbox.example"]).output
        #expect(desk.contains("none of them is there"), "\(desk)")
        let standing = try await switchCA([])
        #expect(standing["certificates"]?.array?.compactMap { $0["count"]?.int } == [1, 7])
    }
}
