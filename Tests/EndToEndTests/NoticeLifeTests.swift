// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What becomes of certificates is told to those whom it concerns, each thing once: from the CA's wait for a click to the end of a
/// certificate that nothing has followed. Judged by the mails that the sandbox's tenant has sent.
@Suite(.timeLimit(.minutes(10))) struct NoticeLifeTests {
    private static let connector = "digicert-certcentral"
    private static let administrators = "pki@sandbox.example"

    private struct Mail: Hashable, CustomStringConvertible {
        let event: String
        let recipient: String
        let text: String
        var description: String { "\(event) to \(recipient): \(text)" }
    }

    private let sandbox: SandboxProcess
    private let gateway: GatewayUnderTest
    private let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        sandbox = try await SandboxProcess([
            "--users", "3", "--only", "tenant", "--only", Self.connector, "--start", "2031-06-01T06:30:00Z", "--clock",
            folder.path("clock"), "--email-validation",
        ])
        let sender = try await sandbox.control("/control/people")["people"]?[0]?["userPrincipalName"]?.string ?? ""
        gateway = try await GatewayUnderTest(sandbox: sandbox, connector: Self.connector, clock: folder.path("clock")) {
            $0
                + """

                notifications:
                  from: \(sender)
                  administrators: [\(Self.administrators)]
                  perMinute: 1800

                """
        }
    }

    private func mails() async throws -> [Mail] {
        try (try await sandbox.control("/control/mails")["mails"]?.array ?? []).map { mail in
            let headers = mail["message"]?["internetMessageHeaders"]?.array ?? []
            let event = headers.first { $0["name"]?.string?.lowercased() == "x-certway-event" }
            let recipients = (mail["recipients"]?.array ?? []).compactMap(\.string)
            try #require(recipients.count == 1, "\(mail)")
            return Mail(
                event: event?["value"]?.string ?? "", recipient: recipients[0].lowercased(),
                text: mail["message"]?["body"]?["content"]?.string ?? "")
        }
    }

    /// Goes on until so many were told of an event, and says who; nobody is told twice.
    private func told(_ event: String, _ count: Int) async throws -> [Mail] {
        try await gateway.pass { try await mails().count { $0.event == event } >= count }
        // And nothing more.
        try await gateway.finish(within: 3)
        let all = try await mails()
        #expect(Set(all).count == all.count, "\(all)")
        let found = all.filter { $0.event == event }
        #expect(found.count == count, "\(event): \(found)")
        return found
    }

    private func validate() async throws {
        try await sandbox.control("/control/validate", method: "POST", body: #"{"all":true}"#)
    }

    private func certificates() async throws -> [JSONValue] {
        let run = try await gateway.certway(["certificate", "list", "--status", "active", "--output", "json"])
        return try run.json.array ?? run.json["items"]?.array ?? []
    }

    @Test func eachThingIsToldToThoseWhomItConcernsOnce() async throws {
        let people = Set(
            (try await sandbox.control("/control/people")["people"]?.array ?? []).compactMap {
                $0["mail"]?.string?.lowercased()
            })
        try #require(people.count == 3)
        // The CA waits for a click.
        let waiting = try await told("waiting", 3)
        #expect(Set(waiting.map(\.recipient)) == people)
        try await validate()
        #expect(Set(try await told("issued", 3).map(\.recipient)) == people)

        // One is revoked: its owner is told why.
        let lost = try #require(try await certificates().first)
        let (serial, owner) = (lost["serialNumber"]?.string ?? "", lost["person"]?.string ?? "")
        let revoked = try await gateway.certway([
            "certificate", "revoke", serial, "--reason", "superseded", "--because", "the laptop was stolen", "--accept",
            "1",
        ])
        try #require(revoked.status == 0, "\(revoked.errors)")
        let toldOfIt = try await told("revoked", 1)
        #expect(toldOfIt[0].text.contains(serial), "\(toldOfIt) \(owner)")

        // A newcomer whose order the CA refuses: the administrators are told, with the next step.
        try await sandbox.join("Refused")
        try await gateway.pass { try await gateway.stages()["pending"] == 1 }
        let open = try await sandbox.orders(Self.connector).filter { $0["status"] == "pending" }
        try await sandbox.control(
            "/control/cas/\(Self.connector)/orders/\(open[0]["id"]?.identifier ?? "all")", method: "POST",
            body: #"{"decision": "reject", "reason": "not this one"}"#)
        let failed = try await told("failed", 1)
        #expect(
            failed[0].recipient == Self.administrators && failed[0].text.contains("certway order show"), "\(failed)")

        // What follows waits for a click that does not come: the end is told to those who still have one.
        let inForce = try await certificates()
        let ends = inForce.compactMap { $0["notAfter"]?.string }
        let end = try #require(ends.min())
        let now = try await sandbox.control("/control/clock")["now"]?.string ?? ""
        let left = try Date(end, strategy: .iso8601).timeIntervalSince(try Date(now, strategy: .iso8601))
        try await sandbox.advance(seconds: Int(left) - 13 * 86_400)
        let expiring = try await told("expiring", inForce.count)
        #expect(
            expiring.allSatisfy { people.contains($0.recipient) }
                && Set(expiring.map(\.recipient)).count == inForce.count)
        // The day has brought something to those who look after all this.
        let digests = try await mails().filter { $0.event == "digest" }
        #expect(Set(digests.map(\.recipient)) == [Self.administrators], "\(digests)")
        // And then it comes.
        try await validate()
        #expect(Set(try await told("renewed", inForce.count).map(\.recipient)) == Set(expiring.map(\.recipient)))
    }
}
