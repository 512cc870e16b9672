// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Two sandbox CAs behind one gateway, through the built programs.
@Suite(.timeLimit(.minutes(10))) struct SeveralCATests {
    private static let first = "digicert-certcentral"
    private static let second = "sectigo-scm"

    private func sandbox(_ people: Int) async throws -> SandboxProcess {
        try await SandboxProcess([
            "--users", "\(people)", "--only", "tenant", "--only", Self.first, "--only", Self.second,
        ])
    }

    private func product(_ sandbox: SandboxProcess, _ connector: String) -> String {
        sandbox.description["cas"]?[connector]?["products"]?[0]?.string ?? ""
    }

    /// An administrator switches the template to another CA while orders wait at the first.
    @Test func whatTheFirstCATookIsFinishedThere() async throws {
        let sandbox = try await sandbox(3)
        let gateway = try await GatewayUnderTest(sandbox: sandbox, others: [Self.second])
        func ordersAtCA(_ connector: String) async throws -> Int {
            try await sandbox.control("/control/cas/\(connector)")["orders"]?.array?.count ?? -1
        }
        _ = try await sandbox.control(
            "/control/cas/\(Self.first)", method: "POST", body: #"{"manualApproval": true}"#)
        try await gateway.pass { try await gateway.stages("ca") == ["pending": 3] }
        #expect(try await gateway.stages("ca") == ["pending": 3])

        try await gateway.reconfigure {
            $0.replacing("backendCA: ca", with: "backendCA: \(Self.second)")
                .replacing(product(sandbox, Self.first), with: product(sandbox, Self.second))
        }
        try await sandbox.join("Zoe")
        try await gateway.pass { try await gateway.stages(Self.second) == ["active": 1] }
        #expect(try await gateway.stages("ca") == ["pending": 3])
        #expect(try await gateway.stages(Self.second) == ["active": 1])
        #expect(try await ordersAtCA(Self.second) == 1)

        _ = try await sandbox.control(
            "/control/cas/\(Self.first)/orders/all", method: "POST", body: #"{"decision": "approve"}"#)
        try await gateway.finish(within: 60)
        #expect(try await gateway.stages("ca") == ["active": 3])
        #expect(try await gateway.stages(Self.second) == ["active": 1])
        #expect(try await ordersAtCA(Self.second) == 1)
        // The judge opens every key and PFX of either CA; the first has its three orders and no more.
        var expected = Outcome.complete(4)
        expected.ordersAtCA = 3
        #expect(try await Outcome.of(gateway) == expected)
        #expect(try await gateway.finish(within: 10).json["planned"]?.int == 0)
    }

    enum Trouble: String, CaseIterable { case throttled, badCredentials, nobodyListens, neverAnswers }

    /// While the first CA is in trouble, everybody gets the certificate of the second.
    @Test(arguments: Trouble.allCases)
    func troubleAtOneCAIsNobodyElses(trouble: Trouble) async throws {
        let people = 3
        let sandbox = try await sandbox(people)
        let silent = try LoopbackListener(backlog: 64)
        let gateway = try await GatewayUnderTest(sandbox: sandbox, others: [Self.second]) { yaml in
            let endpoint = sandbox.text("cas", Self.first, "endpoint")
            let changed =
                switch trouble {
                case .nobodyListens: yaml.replacing(endpoint, with: "http://127.0.0.1:1/services/v2")
                case .neverAnswers: yaml.replacing(endpoint, with: "http://127.0.0.1:\(silent.port)/services/v2")
                default: yaml
                }
            return sandbox.addTemplate("other", at: Self.second, to: changed)
        }
        switch trouble {
        case .throttled:
            _ = try await sandbox.control(
                "/control/cas/\(Self.first)", method: "POST", body: #"{"limit": {"requests": 1, "seconds": 600}}"#)
        case .badCredentials: try gateway.folder.write("not-the-key", to: "apiKey")
        default: break
        }
        let work = try await gateway.start(["run", "--once", "--wait", "300"])
        // It would go on trying the first CA, and wait there for its answers.
        defer { work.signal(SIGKILL) }
        let end = Date() + 120
        while try await gateway.stages(Self.second)["active"] != people, Date() < end, work.isRunning {
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(try await gateway.stages(Self.second) == ["active": people])
        #expect(try await gateway.stages("ca")["active", default: 0] <= (trouble == .throttled ? 1 : 0))
        #expect(work.isRunning, "the first CA must still be tried")
    }
}
