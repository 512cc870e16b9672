// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import MicrosoftGraph
import Settings
import Store
import Testing

@testable import Directory
@testable import Ledger
@testable import Planning

/// Certificates of people that also say the addresses of the shared mailboxes they may open (docs/decisions/0060).
@Suite(.timeLimit(.minutes(5))) struct MailboxAddressTests {
    private static let names = ", names: {emails: .smtpAddresses + .mailboxAddresses}, keyRecoveryAgents: [agent]"
    private let gateway: TestGateway

    /// Two people, and a mailbox that the first may open.
    init() async throws {
        gateway = try await TestGateway()
        for name in ["ada", "bob"] { try await gateway.put(name, TestGateway.attributes(name)) }
        try await gateway.putClaimant("box", .user, mail: "box@example.test", proxies: ["SMTP:box@example.test"])
        let now = SQLValue(gateway.clock.now())
        try await gateway.database.write { connection in
            try connection.put(
                into: "shared_mailboxes", key: ["id": .text("box")],
                values: ["address": .text("box@example.test"), "name": .text("box"), "present": .integer(1)])
            try connection.put(
                into: "directory_roots", key: ["root_group": .text(DirectoryMirror.allMailboxes)],
                values: [
                    "name": .text("shared mailboxes"), "scope": .text("exchange"), "users_epoch": .integer(0),
                    "member_count": .integer(1), "full_pass_at": now, "read_at": now,
                ])
        }
        try await allow("ada")
    }

    private func allow(_ id: String, _ may: Bool = true) async throws {
        let now = gateway.clock.now()
        try await gateway.database.write { connection in
            try connection.put(
                into: "mailbox_people", key: ["mailbox_id": .text("box"), "person_id": .text(id)],
                values: ["rights": .integer(1), "via": .text(""), "present": SQLValue(may), "since": SQLValue(now)])
            try DirectoryMirror.markChanged([id], on: connection)
        }
    }

    private func pass(_ names: String = Self.names) async throws {
        let template = try TestGateway.template(names)
        _ = try await gateway.planner.plan(template, product: nil)
        _ = try await gateway.planner.end(template)
        _ = try await gateway.planner.order(template, limit: 1000)
        try await gateway.work()
    }

    /// The addresses of each order of somebody, oldest first, with its stage.
    private func orders(_ name: String) async throws -> [(stage: OrderStage, emails: [String])] {
        try await gateway.ledger.orders(OrderFilter(limit: 100)).filter { $0.subscriberID == name }.reversed().map {
            ($0.stage, RequestedNames(json: $0.names).emails)
        }
    }

    private func decision(_ name: String) async throws -> EnrollmentDecision? {
        try await gateway.planner.decisions.decisions(subscriberID: name).first
    }

    @Test func whoMayOpenAMailboxHasItsAddress() async throws {
        try await pass()
        let (ada, bob) = (try await orders("ada"), try await orders("bob"))
        #expect(ada.map(\.emails) == [["ada@example.test", "box@example.test"]])
        #expect(bob.map(\.emails) == [["bob@example.test"]])
        #expect(ada.map(\.stage) == [.active] && bob.map(\.stage) == [.active])
        // A template that does not ask for them has none of them, and needs no mailboxes.
        #expect(try !TestGateway.template().needsMailboxes)
        #expect(try TestGateway.template(Self.names).needsMailboxes)
    }

    /// Several may have the same address in this way, and it is nobody's alone: nothing is taken from the others.
    @Test func whoJoinsAndWhoLeavesHasAnotherCertificate() async throws {
        try await pass()
        try await allow("bob")
        gateway.clock.advance(86_400)
        try await pass()
        #expect(try await orders("bob").last?.emails == ["bob@example.test", "box@example.test"])
        #expect(try await orders("ada").map(\.stage) == [.active], "the address of both is of both")
        try await allow("ada", false)
        gateway.clock.advance(86_400)
        let template = try TestGateway.template(Self.names)
        _ = try await gateway.planner.plan(template, product: nil)
        let planned = try #require(try await decision("ada"))
        #expect(planned.action == .replace, "\(planned.reason)")
        // Replaced first, as with any change: the address did not move to somebody else.
        try await pass()
        let ada = try await orders("ada")
        #expect(ada.map(\.emails).last == ["ada@example.test"])
        #expect(ada.map(\.stage) == [.superseded, .active])
        #expect(try await orders("bob").last?.stage == .active)
    }

    /// The mailbox must be the only one to say that the address is its own, and it is seen when that changes.
    @Test func anAddressThatSomebodyElseClaimsIsLeftOut() async throws {
        try await gateway.putClaimant("eve", .user, mail: nil, proxies: ["smtp:box@example.test"])
        try await pass()
        #expect(try await orders("ada").map(\.emails) == [["ada@example.test"]])
        try await gateway.putClaimant("eve", .user, mail: nil)
        gateway.clock.advance(86_400)
        try await pass()
        #expect(try await orders("ada").last?.emails == ["ada@example.test", "box@example.test"])
    }

    /// Nothing has gone to anybody: everybody keeps what is in use until another certificate has come.
    @Test(arguments: ["address", "names", "gone"]) func whatChangesAtTheMailboxRevokesNobody(_ change: String)
        async throws
    {
        try await pass()
        try await gateway.putClaimant(
            "box", .user, mail: "contact@example.test", proxies: ["SMTP:contact@example.test", "smtp:box@example.test"])
        try await gateway.database.write { connection in
            switch change {
            case "address":
                _ = try connection.execute("UPDATE shared_mailboxes SET address = ?", [.text("contact@example.test")])
            case "gone": _ = try connection.execute("UPDATE shared_mailboxes SET present = 0", [])
            default: break
            }
            try DirectoryMirror.markChanged(["ada"], on: connection)
        }
        gateway.clock.advance(86_400)
        let template = try TestGateway.template(change == "names" ? ", keyRecoveryAgents: [agent]" : Self.names)
        _ = try await gateway.planner.plan(template, product: nil)
        let planned = try #require(try await decision("ada"))
        #expect(planned.action == .replace, "\(planned.reason)")
        _ = try await gateway.planner.end(template)
        let ids = try await gateway.ledger.orders(OrderFilter(limit: 10)).compactMap(\.certificateID)
        #expect(try await gateway.ledger.standingActions(certificateIDs: ids).isEmpty)
    }

    /// What is not known of mailboxes is not certified: an order waits for that list as it waits for the group's.
    @Test func anOrderWaitsForTheMailboxesToBeRead() async throws {
        let template = try TestGateway.template(Self.names)
        _ = try await gateway.planner.plan(template, product: nil)
        _ = try await gateway.planner.order(template, limit: 1000)
        let order = try #require(
            try await gateway.ledger.orders(OrderFilter(limit: 10)).first { $0.subscriberID == "ada" })
        let now = gateway.clock.now()
        func read(_ root: String, at date: Date) async throws {
            try await gateway.database.write { connection in
                try connection.put(
                    into: "directory_roots", key: ["root_group": .text(root)],
                    values: [
                        "name": "g", "scope": "direct", "users_epoch": 1, "member_count": 1,
                        "full_pass_at": SQLValue(date), "read_at": SQLValue(date),
                    ])
            }
        }
        func verdict() async throws -> EligibilityVerdict {
            try await Eligibility(
                mirror: gateway.mirror, template: { _ in template }, product: { _ in nil },
                oldestReading: { now - 3600 }
            ).verdict(on: order)
        }
        try await read(TestGateway.group, at: now)
        #expect(try await verdict() == .fits)
        try await gateway.database.write { connection in
            _ = try connection.execute(
                "DELETE FROM directory_roots WHERE root_group = ?", [.text(DirectoryMirror.allMailboxes)])
        }
        let unread = await #expect(throws: GraphError.self) { try await verdict() }
        #expect(unread?.kind == .transient)
        try await read(DirectoryMirror.allMailboxes, at: now - 4000)
        let error = await #expect(throws: GraphError.self) { try await verdict() }
        #expect(error?.kind == .transient)
        try await allow("ada", false)
        try await read(DirectoryMirror.allMailboxes, at: now)
        guard case .changed = try await verdict() else {
            Issue.record("an order leaves with the address of a mailbox that the person may not open any more")
            return
        }
    }
}
