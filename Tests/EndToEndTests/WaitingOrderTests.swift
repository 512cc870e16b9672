// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Orders that wait for people who do not answer, through the built programs.
@Suite(.timeLimit(.minutes(10))) struct WaitingOrderTests {
    private static let connector = "digicert-certcentral"

    /// A person who never answers gets one more mail by a new order after a day, and no third.
    @Test func whoDoesNotAnswerIsRemindedAndOrderedForOnceMore() async throws {
        let folder = try TemporaryFolder()
        let sandbox = try await SandboxProcess([
            "--users", "0", "--only", "tenant", "--only", Self.connector, "--start", "2031-06-01T06:00:00Z", "--clock",
            folder.path("clock"),
        ])
        let gateway = try await GatewayUnderTest(
            sandbox: sandbox, product: "secure_email_mailbox", clock: folder.path("clock")
        ) {
            $0.replacing(
                "key: p256",
                with: "key: p256\n    addressDomains: [other.example]\n    pendingEndsAfter: 10d")
        }
        let ada: JSONValue = [
            "action": "add",
            "properties": [
                "userPrincipalName": "ada@sandbox.example", "displayName": "Ada", "mail": "ada@other.example",
                "proxyAddresses": ["SMTP:ada@other.example"],
            ],
        ]
        try await sandbox.control("/control/people", method: "POST", body: ada.text)
        func advance(days: Double) async throws {
            let body: JSONValue = ["advance": .number(days * 86_400)]
            try await sandbox.control("/control/clock", method: "POST", body: body.text)
        }
        func groups(_ options: String...) async throws -> [JSONValue] {
            let run = try await gateway.certway(["order", "waiting", "--output", "json"] + options)
            try #require(run.status == 0, "\(run.errors)")
            return try run.json["groups"]?.array ?? []
        }
        // The CA says whom it waits for once it is asked again.
        try await gateway.pass { try await groups().first?["waitingFor"] == "subscriber" }

        let people = try #require(try await groups("--ask").first)
        #expect(people["waitingFor"] == "subscriber" && people["count"] == 1 && people["title"] == "People")
        let order = try #require(people["orders"]?[0])
        #expect(order["unconfirmed"] == ["ada@other.example"], "\(order)")
        #expect(order["owner"] == "ada@sandbox.example" && order["reminded"] == 0)
        #expect(order["deadline"]?["cause"] == "cancelled")
        #expect(order["deadline"]?["at"]?.string?.hasPrefix("2031-06-11T") == true)
        #expect(try await groups("--for", "failed", "--for", "approver").isEmpty)

        func mails() async throws -> Int { try await sandbox.calls("digicert.resend") }
        let early = try await gateway.certway(["order", "remind", "--output", "json"])
        #expect(try early.json["rested"]?.array?.count == 1 && early.json["reminded"] == [], "\(early.output)")
        try await advance(days: 4)
        #expect(
            try await gateway.certway(["order", "remind", "--dry-run"]).output.contains("1 person would be written to"))
        #expect(try await mails() == 0)
        for _ in 0..<2 { #expect(try await gateway.certway(["order", "remind"]).status == 0) }
        #expect(try await mails() == 1, "the second time is a moment after the first")
        let reminded = try await groups()[0]["orders"]?[0]
        #expect(reminded?["reminded"] == 1 && reminded?["lastReminded"]?.string?.hasPrefix("2031-06-05T") == true)
        #expect(try await gateway.certway(["order", "waiting"]).output.contains("reminded once, last on 2031-06-05"))

        try await advance(days: 7)
        try await gateway.pass { try await gateway.stages() == ["cancelled": 1] }
        #expect(try await gateway.stages() == ["cancelled": 1])
        // What follows is the next plan's.
        try await gateway.certway(["plan"])
        let why = try await gateway.certway(["why", "ada@sandbox.example"]).output
        #expect(why.contains("ordered again once, on 2031-06-1"), "\(why)")
        #expect(try await gateway.certway(["order", "waiting"]).output.contains("no order is open"))
        try await advance(days: 1.1)
        try await gateway.pass { try await gateway.stages() == ["cancelled": 1, "pending": 1] }
        #expect(try await gateway.stages() == ["cancelled": 1, "pending": 1])
        try await advance(days: 11)
        try await gateway.pass { try await gateway.stages() == ["cancelled": 2] }
        try await advance(days: 40)
        _ = try await gateway.finish(within: 5)
        #expect(try await gateway.stages() == ["cancelled": 2])
        #expect(try await sandbox.orders(Self.connector).count == 2)
        let over = try await gateway.certway(["why", "ada@sandbox.example"]).output
        #expect(over.contains("cancelled at the CA 2 times") && over.contains("certway order again"), "\(over)")
    }
}
