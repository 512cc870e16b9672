// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// `run --once` where nothing works: exit status 4, and one line for each cause that says how many orders it keeps.
@Suite(.timeLimit(.minutes(5))) struct ExitStatusTests {
    @Test func aGatewayWithoutTemplatesIsNoSuccess() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        let file = try gateway.folder.write("templates: []\n", to: "empty.yaml")
        #expect(try await gateway.certway(["apply", "-f", file, "--prune"]).status == 0)
        for command in [["run", "--once"], ["plan"]] {
            let run = try await gateway.certway(command)
            #expect(run.status == 4 || command == ["plan"])
            #expect((run.output + run.errors).contains("no template is switched on"), "\(command): \(run)")
        }
    }

    enum Trouble: String, CaseIterable { case refusedKey, nobodyListens, intuneRefuses, rejected }

    @Test(arguments: Trouble.allCases)
    func saysWhatIsWrong(trouble: Trouble) async throws {
        let (people, connector) = (3, "digicert-certcentral")
        let sandbox = try await SandboxProcess([
            "--users", "\(people)", "--only", "tenant", "--only", connector,
        ])
        let endpoint = sandbox.text("cas", connector, "endpoint")
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            trouble == .nobodyListens ? $0.replacing(endpoint, with: "http://127.0.0.1:1/services/v2") : $0
        }
        switch trouble {
        case .refusedKey: try gateway.folder.write("not-the-key", to: "apiKey")
        case .intuneRefuses:
            try await sandbox.control(
                "/control/tenant", method: "POST",
                body: #"""
                    {"roles": ["User.Read.All", "GroupMember.Read.All", "OrgContact.Read.All",
                        "DeviceManagementConfiguration.Read.All"], "expireTokens": true}
                    """#)
        case .rejected:
            try await sandbox.set(connector, ["manualApproval": true])
            try await gateway.pass { try await gateway.stages() == ["pending": people] }
            try await sandbox.control(
                "/control/cas/\(connector)/orders/all", method: "POST", body: #"{"decision": "reject"}"#)
        case .nobodyListens: break
        }
        let run = try await gateway.certway(["run", "--once", "--wait", "12"], timeLimit: 120)
        #expect(run.status == 4, "\(run.status) \(run.output) \(run.errors)")
        let lines = run.errors.split(separator: "\n").map(String.init)
        #expect(lines.allSatisfy { $0.hasPrefix("certway: ") }, "\(run.errors)")
        // Every order is in one of the lines, and all in as few as there are causes; who was not asked is one of them.
        let told = lines.compactMap { $0.firstMatch(of: /(?:certway: |: )(?:([0-9]+) orders|order cw-)/) }
        let counts = told.map { $0.1.flatMap { Int($0) } ?? 1 }
        #expect(counts.reduce(0, +) == people && lines.count <= 2, "\(run.errors)")
        // The fault has struck, and nothing else.
        let atCA = try await sandbox.orders(connector).count
        switch trouble {
        case .refusedKey: #expect(run.errors.contains("access_denied_invalid_key") && atCA == 0, "\(run.errors)")
        case .nobodyListens: #expect(run.errors.contains("127.0.0.1") && atCA == 0, "\(run.errors)")
        case .intuneRefuses:
            #expect(run.errors.contains("DeviceManagementConfiguration") && atCA == people, "\(run.errors)")
        case .rejected: #expect(run.errors.contains("rejected") && atCA == people, "\(run.errors)")
        }
        #expect(try await sandbox.control("/control/pfx")["pfx"] == [])
        // A second pass says the same: nothing is forgotten because it was said.
        let again = try await gateway.certway(["run", "--once"], timeLimit: 120)
        #expect(again.status == 4 && !again.errors.isEmpty, "\(again.status) \(again.output) \(again.errors)")
        guard trouble == .rejected else { return }
        #expect(again.errors.contains("template smime: \(people) people have no certificate, rejected by the CA"))
        #expect(try await sandbox.orders(connector).count == people)
    }

    /// A CA that has the orders and decides nothing, for longer than somebody expects.
    @Test func whatACADoesNotDecideIsSaid() async throws {
        let sandbox = try await SandboxProcess(["--users", "3", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        try await sandbox.set("digicert-certcentral", ["manualApproval": true])
        let young = try await gateway.certway(["run", "--once"], timeLimit: 120)
        #expect(young.status == 0 && young.errors.isEmpty, "\(young.errors)")
        #expect(try await gateway.stages() == ["pending": 3])
        try await gateway.reconfigure {
            $0.replacing(#""pollEvery":"1s""#, with: #""pollEvery":"1s","expectedWithin":"1s""#)
        }
        try await Task.sleep(for: .seconds(2))
        let old = try await gateway.certway(["run", "--once"], timeLimit: 120)
        #expect(old.status == 4, "\(old.output) \(old.errors)")
        #expect(old.errors.contains("certway: 3 orders at ca: waiting for "), "\(old.errors)")
        #expect(old.errors.contains("'certway order list --stage pending --backend-ca ca'"), "\(old.errors)")
        let service = try await gateway.start(["serve"])
        #expect(try await gateway.serviceSays("3 orders at ca: waiting for "))
        // While it runs no pass can be asked.
        let doctor = try await gateway.certway(["doctor", "--output", "json"])
        #expect(doctor.status == 4, "\(doctor.output) \(doctor.errors)")
        let failed = (try doctor.json.array ?? []).filter { $0["verdict"] == "failed" }
        #expect(failed.map { $0["subject"] } == ["orders"], "\(failed)")
        #expect(failed.first?["text"]?.string?.hasPrefix("3 orders at ca: waiting for ") == true, "\(failed)")
        service.signal(SIGTERM)
        #expect(await service.end().status == 0)
    }

    /// What is wrong for hours stands in the log once, whatever id each answer has, and then that it is over and what was done.
    @Test func aServiceSaysOnceWhatIsWrongAndThatItIsOver() async throws {
        let sandbox = try await SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0.replacing("limits: {ordersPerRun: 100000}", with: "limits: {ordersPerRun: 100000, interval: 10s}")
        }
        try await sandbox.control("/control/tenant", method: "POST", body: #"{"secretExpired": true}"#)
        let service = try await gateway.start(["serve", "--log", "info"])
        #expect(try await gateway.serviceSays("AADSTS7000222"))
        try await Task.sleep(for: .seconds(25))
        #expect(gateway.said.matches(of: /AADSTS7000222/).count == 1, "\(gateway.said)")
        try await sandbox.control("/control/tenant", method: "POST", body: #"{"secretExpired": false}"#)
        #expect(try await gateway.serviceSays("notice works again: template smime"))
        #expect(try await gateway.serviceSays("template smime at ca: active"))
        #expect(gateway.said.contains("template smime at ca: issued: certificate "), "\(gateway.said)")
        try await gateway.stop(service)
    }

    /// After the mend nobody waits for the next try, and nothing says the old error as if it were new.
    @Test func whatIsMendedIsTriedAtOnce() async throws {
        let sandbox = try await SandboxProcess(["--users", "3", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        let key = try String(contentsOfFile: gateway.folder.path("apiKey"), encoding: .utf8)
        try gateway.folder.write("not-the-key", to: "apiKey")
        let refused = try await gateway.certway(["run", "--once"], timeLimit: 120)
        #expect(refused.status == 4)
        try gateway.folder.write(key, to: "apiKey")
        let early = try await gateway.certway(["run", "--once"], timeLimit: 120)
        #expect(early.errors.contains("last tried 20") && early.errors.contains("tried again at 20"), "\(early.errors)")
        let command = ["order", "retry", "--delayed", "--backend-ca", "ca"]
        #expect(early.errors.contains("'certway \(command.joined(separator: " "))'"), "\(early.errors)")
        let doctor = try await gateway.certway(["doctor"])
        #expect(doctor.status == 4 && doctor.output.contains("--delayed"), "\(doctor.output)")
        let released = try await gateway.certway(command)
        #expect(released.status == 0 && released.output.contains(" due now"), "\(released.output) \(released.errors)")
        let done = try await gateway.certway(["run", "--once", "--wait", "60"], timeLimit: 120)
        #expect(done.status == 0, "\(done.output) \(done.errors)")
        #expect(try await gateway.stages() == ["active": 3])
    }

    @Test func aGroupThatReadsEmptyIsSaid() async throws {
        let sandbox = try await SandboxProcess(["--users", "2", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        #expect(try await gateway.certway(["run", "--once"], timeLimit: 120).status == 0)
        let names = (try await sandbox.control("/control/pfx")["pfx"]?.array ?? []).compactMap {
            $0["userPrincipalName"]
        }
        try #require(names.count == 2)
        let changes: JSONValue = ["changes": .array(names.map { ["action": "leave", "person": $0] })]
        try await sandbox.control("/control/people", method: "POST", body: changes.text)
        for _ in 0..<2 {
            let run = try await gateway.certway(["run", "--once"], timeLimit: 120)
            #expect(run.status == 4, "\(run.output) \(run.errors)")
            #expect(
                run.errors == "certway: template smime: its group has no members, and had 2: look at it in Entra ID, "
                    + "or switch the template off (enabled: false)\n", "\(run.errors)")
        }
    }
}
