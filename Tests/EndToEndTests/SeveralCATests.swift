// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Two sandbox CAs behind one gateway, through the built programs.
@Suite struct SeveralCATests {
    private static let first = "digicert-certcentral"
    private static let second = "sectigo-scm"

    private func sandbox(_ people: Int) throws -> SandboxProcess {
        try SandboxProcess([
            "--users", "\(people)", "--only", "tenant", "--only", Self.first, "--only", Self.second,
        ])
    }

    private func product(_ sandbox: SandboxProcess, _ connector: String) -> String {
        sandbox.description["cas"]?[connector]?["products"]?[0]?.string ?? ""
    }

    /// How many orders of a backend CA are in each stage.
    private func stages(_ gateway: GatewayUnderTest, _ backendCA: String) throws -> [String: Int] {
        let run = try gateway.certway(["order", "list", "--backend-ca", backendCA, "--output", "json"])
        let orders = try run.json.array ?? []
        return Dictionary(grouping: orders) { $0["stage"]?.string ?? "" }.mapValues(\.count)
    }

    /// An administrator switches the template to another CA while orders wait at the first.
    @Test func whatTheFirstCATookIsFinishedThere() throws {
        let sandbox = try sandbox(3)
        let gateway = try GatewayUnderTest(sandbox: sandbox, others: [Self.second])
        func ordersAtCA(_ connector: String) throws -> Int {
            try sandbox.control("/control/cas/\(connector)")["orders"]?.array?.count ?? -1
        }
        _ = try sandbox.control(
            "/control/cas/\(Self.first)", method: "POST", body: #"{"manualApproval": true}"#)
        try gateway.finish(within: 3)
        #expect(try stages(gateway, "ca") == ["pending": 3])

        try gateway.reconfigure {
            $0.replacing("backendCA: ca", with: "backendCA: \(Self.second)")
                .replacing(product(sandbox, Self.first), with: product(sandbox, Self.second))
        }
        _ = try sandbox.control(
            "/control/people", method: "POST",
            body: #"""
                {"changes": [
                    {"action": "add", "properties": {"userPrincipalName": "zoe@sandbox.example", "displayName": "Zoe New",
                        "givenName": "Zoe", "surname": "New", "mail": "zoe@sandbox.example",
                        "proxyAddresses": ["SMTP:zoe@sandbox.example"]}},
                    {"action": "join", "person": "zoe@sandbox.example"}]}
                """#)
        try gateway.finish(within: 8)
        #expect(try stages(gateway, "ca") == ["pending": 3])
        #expect(try stages(gateway, Self.second) == ["active": 1])
        #expect(try ordersAtCA(Self.second) == 1)

        _ = try sandbox.control(
            "/control/cas/\(Self.first)/orders/all", method: "POST", body: #"{"decision": "approve"}"#)
        try gateway.finish(within: 60)
        #expect(try stages(gateway, "ca") == ["active": 3])
        #expect(try stages(gateway, Self.second) == ["active": 1])
        #expect(try ordersAtCA(Self.second) == 1)
        // The judge opens every key and PFX of either CA; the first has its three orders and no more.
        var expected = Outcome.complete(4)
        expected.ordersAtCA = 3
        #expect(try Outcome.of(gateway) == expected)
        #expect(try gateway.finish(within: 10).json["planned"]?.int == 0)
    }

    enum Trouble: String, CaseIterable { case throttled, badCredentials, nobodyListens, neverAnswers }

    /// While the first CA is in trouble, everybody gets the certificate of the second.
    @Test(arguments: Trouble.allCases)
    func troubleAtOneCAIsNobodyElses(trouble: Trouble) throws {
        let people = 3
        let sandbox = try sandbox(people)
        let silent = try SilentServer()
        let gateway = try GatewayUnderTest(sandbox: sandbox, others: [Self.second]) { yaml in
            let endpoint = sandbox.text("cas", Self.first, "endpoint")
            let changed =
                switch trouble {
                case .nobodyListens: yaml.replacing(endpoint, with: "http://127.0.0.1:1/services/v2")
                case .neverAnswers: yaml.replacing(endpoint, with: "http://127.0.0.1:\(silent.port)/services/v2")
                default: yaml
                }
            return changed.replacing(
                "limits: {ordersPerRun",
                with: """
                      - name: other
                        group: \(sandbox.text("tenant", "groups", "smime"))
                        backendCA: \(Self.second)
                        product: "\(product(sandbox, Self.second))"
                        key: p256
                        keyRecoveryAgents: [agent]
                    limits: {ordersPerRun
                    """)
        }
        switch trouble {
        case .throttled:
            _ = try sandbox.control(
                "/control/cas/\(Self.first)", method: "POST", body: #"{"limit": {"requests": 1, "seconds": 600}}"#)
        case .badCredentials: try gateway.folder.write("not-the-key", to: "apiKey")
        default: break
        }
        let work = Process()
        work.executableURL = URL(filePath: BuiltPrograms.path("certway"))
        work.arguments = ["run", "--once", "--wait", "300", "--home", gateway.home]
        work.standardOutput = FileHandle.nullDevice
        work.standardError = FileHandle.nullDevice
        try work.run()
        defer {
            // It would go on trying the first CA, and wait there for its answers.
            kill(work.processIdentifier, SIGKILL)
            work.waitUntilExit()
        }
        let end = Date() + 120
        while try stages(gateway, Self.second)["active"] != people, Date() < end, work.isRunning {
            Thread.sleep(forTimeInterval: 0.2)
        }
        #expect(try stages(gateway, Self.second) == ["active": people])
        #expect(try stages(gateway, "ca")["active", default: 0] <= (trouble == .throttled ? 1 : 0))
        #expect(work.isRunning, "the first CA must still be tried")
    }
}
