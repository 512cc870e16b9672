// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import KeyHoldings
import Settings
import Store
import Testing

@testable import Directory
@testable import Ledger
@testable import Planning

/// Who of those who may open a shared mailbox is given its key, and what follows when somebody may have it no more.
@Suite(.timeLimit(.minutes(5))) struct KeyHolderTests {
    private static let members = ", for: mailboxes, keyRecoveryAgents: [agent]"
    private let gateway: TestGateway
    private let store: KeyHoldingStore

    /// A mailbox with a certificate in use.
    init() async throws {
        gateway = try await TestGateway()
        store = KeyHoldingStore(gateway.ledger)
        try await gateway.put("box", TestGateway.attributes("box", enabled: false))
        try await gateway.database.write { connection in
            try connection.put(
                into: "shared_mailboxes", key: ["id": .text("box")],
                values: ["address": .text("box@example.test"), "name": .text("box"), "present": .integer(1)])
        }
        _ = try await plan()
        _ = try await gateway.planner.order(try Self.template(), limit: 10)
        try await gateway.work()
        #expect(try await gateway.ledger.orders(OrderFilter(limit: 10)).map(\.stage) == [.active])
    }

    private static func template(_ more: String = "") throws -> TemplateConfiguration {
        try TestGateway.template(members + more)
    }

    private func plan(_ more: String = "") async throws -> EnrollmentDecision? {
        _ = try await gateway.planner.plan(try Self.template(more), product: nil)
        return try await gateway.planner.decisions.decisions(subscriberID: "box").first
    }

    /// Exchange says that somebody may open it; the directory says the rest.
    private func allow(_ id: String, enabled: Bool = true, guest: Bool = false, deleted: Bool = false) async throws {
        var attributes = TestGateway.attributes(id, enabled: enabled)
        if guest { attributes["userType"] = "Guest" }
        try await gateway.put(id, attributes, isPresent: false, isDeleted: deleted, group: "others")
        let now = gateway.clock.now()
        try await gateway.database.write { connection in
            try connection.put(
                into: "mailbox_people", key: ["mailbox_id": .text("box"), "person_id": .text(id)],
                values: ["rights": .integer(1), "via": .text(""), "present": .integer(1), "since": SQLValue(now)])
            if try MailboxAccounts(connection: connection).note(ofMailbox: "box", at: now) {
                try MirrorWriter(connection, root: "").markChanged("box")
            }
        }
    }

    /// Compares, and has everything done that is due; who has a key then.
    private func holders(_ more: String = "") async throws -> [String] {
        let template = try Self.template(more)
        let rule = KeyHoldingRule(
            template: template.name, isForMailboxes: true, keep: nil, holders: template.keyHolders)
        while try await store.want(rule, connector: "k1") > 0 {}
        for holding in try await store.due(limit: 100) {
            try await store.begin(holding)
            try await store.settle(holding, connector: "k1")
        }
        return try await wanted()
    }

    private func wanted() async throws -> [String] {
        try await store.holdings(ofOwner: "box").filter(\.isWanted).map(\.personID).sorted()
    }

    @Test func noKeyForWhoCouldHaveNoCertificate() async throws {
        try await allow("ada")
        try await allow("gus", guest: true)
        try await allow("dis", enabled: false)
        try await allow("del", deleted: true)
        #expect(try await holders() == ["ada"])
        #expect(try await holders(", guests: true") == ["ada", "gus"])
        // Nobody who has the key may not have it.
        #expect(try await plan(", guests: true")?.action == nil)
    }

    /// What would be of no use to take back in a week is given to nobody now.
    @Test func whatWasNotSentYetIsNotSentToADisabledAccount() async throws {
        try await allow("ada")
        try await allow("bob")
        let template = try Self.template()
        let rule = KeyHoldingRule(template: "smime", isForMailboxes: true, keep: nil, holders: template.keyHolders)
        while try await store.want(rule, connector: "k1") > 0 {}
        #expect(try await wanted() == ["ada", "bob"])
        try await allow("bob", enabled: false)
        #expect(try await holders() == ["ada"])
        try await allow("bob")
        #expect(try await holders() == ["ada", "bob"])
    }

    @Test func aCopyStaysWithADisabledAccountAsLongAsThePersonMayComeBack() async throws {
        try await allow("ada")
        try await allow("bob")
        #expect(try await holders() == ["ada", "bob"])
        try await allow("bob", enabled: false)
        let end = gateway.clock.now() + 7 * 86_400
        #expect(try await holders() == ["ada", "bob"])
        let waiting = try #require(try await plan())
        #expect(waiting.action == nil)
        #expect(waiting.dueAt == end)
        // Back in time: nothing was to be done.
        gateway.clock.advance(6 * 86_400)
        try await allow("bob")
        gateway.clock.advance(3 * 86_400)
        #expect(try await holders() == ["ada", "bob"])
        #expect(try await plan()?.action == nil)
    }

    /// Nothing has changed on that day but the day.
    @Test(arguments: [("replaceAndRevoke", true), ("withdraw", false)])
    func afterTheGraceADisabledAccountIsAsOneThatMayNotOpenIt(_ onLeave: String, _ isReplaced: Bool) async throws {
        let more = ", mailboxes: {onLeave: \(onLeave)}"
        try await allow("ada")
        try await allow("bob")
        #expect(try await holders(more) == ["ada", "bob"])
        try await allow("bob", enabled: false)
        #expect(try await plan(more)?.action == nil)
        gateway.clock.advance(8 * 86_400)
        #expect(try await holders(more) == ["ada"])
        let decision = try #require(try await plan(more))
        #expect((decision.action == .replace) == isReplaced)
        if isReplaced { #expect(decision.reason.hasPrefix("bob@example.test had its key"), "\(decision.reason)") }
    }

    /// Gives somebody a name, as the directory tells it; of an account in no group and no list only what it claims is kept.
    private func name(_ id: String, _ name: String) async throws {
        let name = "\(name)@example.test"
        try await gateway.database.write { connection in
            try MirrorWriter(connection, root: "").storeClaims(
                of: Claimant(id: id, kind: .user, name: name), ["userPrincipalName": .string(name)])
            _ = try connection.execute(
                "UPDATE directory_users SET user_principal_name = ? WHERE id = ?", [.text(name), .text(id)])
        }
    }

    /// Intune delivers by the name on a record, and the next account of that name has devices too.
    @Test(arguments: [(true, false), (false, false), (true, true)])
    func aNameThatIsAnotherAccountsNowTakesTheKeyAlong(_ isStillThere: Bool, _ mayOpenIt: Bool) async throws {
        try await allow("ada")
        #expect(try await holders() == ["ada"])
        #expect(try await plan()?.action == nil)
        try await name("ada", "ada.byron")
        if !isStillThere { #expect(try await holders() == ["ada"]) }
        if mayOpenIt { try await allow("eve") }
        try await name("eve", "ada")
        #expect(try await holders() == (mayOpenIt ? ["ada", "eve"] : ["ada"]))
        let isExposed = isStillThere && !mayOpenIt
        let decision = try #require(try await plan())
        #expect((decision.action == .replace) == isExposed, "\(decision.reason)")
        if isExposed { #expect(decision.reason.hasPrefix("ada@example.test had its key"), "\(decision.reason)") }
        // What has come there once is not taken back by moving the record.
        let exposed = try await store.exposed(["box"], by: KeyHolderRule())
        #expect((exposed["box"]?.certificates.isEmpty ?? true) == !isExposed)
        #expect(try await store.holdings(ofOwner: "box").allSatisfy { $0.state == .delivered })
    }

    /// The record lies under the former name until the upload has moved it, however long Intune does not answer.
    @Test func aNameCountsUntilTheRecordIsMoved() async throws {
        try await allow("ada")
        #expect(try await holders() == ["ada"])
        try await name("ada", "ada.byron")
        let template = try Self.template()
        let rule = KeyHoldingRule(template: "smime", isForMailboxes: true, keep: nil, holders: template.keyHolders)
        while try await store.want(rule, connector: "k1") > 0 {}
        // It was about to be moved, and nobody knows whether it was.
        for holding in try await store.due(limit: 100) { try await store.begin(holding) }
        try await name("eve", "ada")
        while try await store.want(rule, connector: "k1") > 0 {}
        #expect(try await store.exposed(["box"], by: template.keyHolders)["box"]?.certificates.count == 1)
        #expect(try await plan()?.action == .replace)
    }

    @Test func aCopyThatLiesWithAGuestIsTakenBackAndTheKeyChanged() async throws {
        try await allow("ada")
        try await allow("gus", guest: true)
        #expect(try await holders(", guests: true") == ["ada", "gus"])
        #expect(try await holders() == ["ada"])
        #expect(try await plan()?.action == .replace)
    }

    /// A certificate whose key is with nobody is of use to nobody.
    @Test func nothingIsOrderedForAMailboxThatNobodyCanOpen() async throws {
        try await allow("ada")
        #expect(try await holders() == ["ada"])
        try await gateway.database.write { connection in
            _ = try connection.execute("UPDATE shared_mailboxes SET read_at = 1", [])
        }
        try await allow("ada", enabled: false)
        gateway.clock.advance(8 * 86_400)
        let decision = try #require(try await plan())
        #expect(decision.action == nil)
        #expect(decision.reason.hasPrefix("nobody can open it"), "\(decision.reason)")
        // A guest may open it where the template has guests.
        try await allow("gus", guest: true)
        #expect(try await plan()?.action == nil)
        #expect(try await plan(", guests: true")?.action == .replace)
        // Back again: the key was with somebody who was away.
        try await allow("ada")
        #expect(try await plan()?.reason.hasPrefix("nobody can open it") == false)
        // A list that cannot be read says nothing.
        try await allow("ada", enabled: false)
        try await gateway.database.write { connection in
            _ = try connection.execute("UPDATE shared_mailboxes SET problem = ?", [.text("cannot be read")])
        }
        gateway.clock.advance(8 * 86_400)
        #expect(try await plan(" ")?.action == .replace)
    }

    /// As long as it lasts, and not only in the pass that has found it out.
    @Test func aMailboxWhoseReadingStandsStillIsSaid() async throws {
        func said() async throws -> [String] { try await gateway.planner.last(try Self.template()).standstill }
        #expect(try await said().isEmpty)
        try await gateway.database.write { connection in
            _ = try connection.execute("UPDATE shared_mailboxes SET problem = ?", [.text("nobody is called so")])
        }
        let sentences = try await said()
        #expect(sentences.count == 1)
        #expect(sentences.allSatisfy { $0.contains("box@example.test") && $0.hasSuffix("nobody is called so") })
    }

    /// An account of before its row had a word for it: nothing is taken, and nothing given, until it was looked at.
    @Test func whoWasNotLookedAtYetKeepsWhatIsThere() async throws {
        try await allow("ada")
        #expect(try await holders() == ["ada"])
        try await gateway.database.write { connection in
            _ = try connection.execute("UPDATE mailbox_people SET account = NULL", [])
        }
        #expect(try await holders() == ["ada"])
        let exposed = try await store.exposed(["box"], by: KeyHolderRule())
        #expect(exposed["box"]?.certificates.isEmpty ?? true)
    }
}
