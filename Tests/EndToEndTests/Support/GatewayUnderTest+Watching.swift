// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

extension GatewayUnderTest {
    /// What a command started by `start` has said on standard error so far.
    var said: String { said(by: 1) }

    /// The same of one of several nodes.
    func said(by node: Int) -> String {
        let name = node == 1 ? "service.err" : "service-\(node).err"
        return (try? String(contentsOfFile: folder.path(name), encoding: .utf8)) ?? ""
    }

    /// How many orders are in each stage, of one backend CA or of all.
    func stages(_ backendCA: String? = nil) async throws -> [String: Int] {
        let only = backendCA.map { ["--backend-ca", $0] } ?? []
        let orders = try await certway(["order", "list", "--output", "json", "--limit", "500"] + only).json.array ?? []
        return Dictionary(grouping: orders) { $0["stage"]?.string ?? "" }.mapValues(\.count)
    }

    /// Makes all open orders due, as an administrator would who does not want to wait for the next try.
    func retryAll(_ environment: [String: String] = [:]) async throws {
        for order in try await certway(["order", "list", "--output", "json"]).json.array ?? []
        where order["stage"] != "active" {
            try await certway(["order", "retry", order["reference"]?.string ?? ""], environment: environment)
        }
    }

    /// Waits for something while a program runs; the suite's time limit ends what never comes.
    func wait(beside process: ChildProcess, until isThere: () async throws -> Bool) async throws {
        while try await !isThere() {
            try #require(process.isRunning, "ended early: \(said)")
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Stops a service as an administrator would, who gives it `seconds` before the kill. It has to end by itself.
    func stop(_ service: ChildProcess, node: Int = 1, within seconds: Int = 20) async throws {
        service.signal(SIGTERM)
        let killer = Task {
            try await Task.sleep(for: .seconds(seconds))
            service.signal(SIGKILL)
        }
        let exit = await service.end()
        killer.cancel()
        #expect(!exit.wasKilled && exit.status == 0, "\(exit): \(said(by: node))")
    }
}

extension SandboxProcess {
    /// The configuration with the template once more, for the same people at another CA.
    func addTemplate(_ name: String, at connector: String, to yaml: String) -> String {
        guard let start = yaml.range(of: "  - name: smime")?.lowerBound,
            let end = yaml.range(of: "limits: {ordersPerRun")?.lowerBound
        else { return yaml }
        let product = description["cas"]?[connector]?["products"]?[0]?.string ?? ""
        let next = yaml[start..<end].dropFirst().range(of: "  - name: ")?.lowerBound ?? end
        let template = yaml[start..<next].replacing("- name: smime", with: "- name: \(name)")
            .replacing("backendCA: ca", with: "backendCA: \(connector)")
            .replacing(/product: "[^"]*"/, with: "product: \"\(product)\"")
        return String(yaml[..<end]) + template + yaml[end...]
    }

    /// Somebody new joins the group.
    func join(_ name: String) async throws {
        let user = "\(name.lowercased())@sandbox.example"
        let person: JSONValue = [
            "userPrincipalName": .string(user), "displayName": .string("\(name) New"), "givenName": .string(name),
            "surname": "New", "mail": .string(user), "proxyAddresses": [.string("SMTP:\(user)")],
        ]
        let changes: JSONValue = [
            "changes": [["action": "add", "properties": person], ["action": "join", "person": .string(user)]]
        ]
        try await control("/control/people", method: "POST", body: changes.text)
    }
}
