// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import MicrosoftGraph
import Settings
import Store
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// What is looked at again before an order leaves.
@Suite(.timeLimit(.minutes(5))) struct EligibilityTests {
    private let gateway: TestGateway
    private let order: Order

    init() async throws {
        gateway = try await TestGateway()
        try await gateway.put("ada", TestGateway.attributes("ada"))
        let template = try TestGateway.template()
        _ = try await gateway.planner.plan(template, product: nil)
        #expect(try await gateway.planner.order(template, limit: 1) == 1)
        order = try #require(try await gateway.ledger.orders().first)
    }

    private func verdict(_ template: TemplateConfiguration? = try? TestGateway.template()) async throws
        -> EligibilityVerdict
    {
        try await Eligibility(
            mirror: gateway.mirror, template: { [template] name in template?.name == name ? template : nil },
            product: { _ in nil }
        ).verdict(on: order)
    }

    @Test func whatWasJustPlannedFits() async throws {
        #expect(try await verdict() == .fits)
        // What shapes no order changes nothing.
        #expect(try await verdict(TestGateway.template(", addressDomains: [example.test]")) == .fits)
    }

    @Test func whoIsDisabledOrGoneIsBoughtNothing() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada", enabled: false))
        #expect(try await verdict() == .withdraw("the account is disabled"))
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false)
        #expect(try await verdict() == .withdraw("left the group"))
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false, isDeleted: true)
        #expect(try await verdict() == .withdraw("deleted from the tenant"))
    }

    /// Names and addresses go to others while nobody reads that they do.
    @Test func nothingLeavesOnAnOldReading() async throws {
        let now = gateway.clock.now()
        func verdict(readAt: Date) async throws -> EligibilityVerdict {
            try await gateway.database.write { connection in
                try connection.put(
                    into: "directory_roots", key: ["root_group": .text(TestGateway.group)],
                    values: [
                        "name": "g", "scope": "direct", "users_epoch": 1, "member_count": 1,
                        "full_pass_at": SQLValue(now - 86_400), "read_at": SQLValue(readAt),
                    ])
            }
            return try await Eligibility(
                mirror: gateway.mirror, template: { _ in try? TestGateway.template() }, product: { _ in nil },
                oldestReading: { now - 3600 }
            ).verdict(on: order)
        }
        #expect(try await verdict(readAt: now - 3000) == .fits)
        let error = await #expect(throws: GraphError.self) { try await verdict(readAt: now - 4000) }
        #expect(error?.kind == .transient && error?.message.contains("was last read at") == true)
        #expect(try await verdict(readAt: now) == .fits, "and it goes on by itself")
    }

    private func recipient() async throws -> DeliveryRecipient {
        try await Eligibility(
            mirror: gateway.mirror, template: { _ in try? TestGateway.template() }, product: { _ in nil }
        ).recipient(of: order)
    }

    /// While a CA took its time somebody has another sign-in name, has left, or an address has gone to somebody else.
    @Test func aKeyGoesToThePersonAndNotToAName() async throws {
        var attributes = TestGateway.attributes("ada")
        #expect(try await recipient() == .person(userPrincipalName: order.userPrincipalName))
        attributes["userPrincipalName"] = "king@example.test"
        attributes["displayName"] = "Ada King"
        try await gateway.put("ada", attributes)
        #expect(try await recipient() == .person(userPrincipalName: "king@example.test"))
        attributes["mail"] = "king@example.test"
        attributes["proxyAddresses"] = []
        try await gateway.put("ada", attributes)
        guard case .nobody(let reason) = try await recipient() else {
            Issue.record("delivered with an address that is not the person's any more")
            return
        }
        #expect(reason.hasSuffix("is not the person's address any more"))
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false)
        #expect(try await recipient() == .nobody("left the group"))
    }

    @Test func whoBecameAGuestIsBoughtNothing() async throws {
        var attributes = TestGateway.attributes("ada")
        attributes["userType"] = "Guest"
        try await gateway.put("ada", attributes)
        #expect(try await verdict() == .withdraw("is a guest, and the template does not say guests: true"))
        #expect(try await verdict(TestGateway.template(", guests: true")) == .fits)
    }

    @Test func aTemplateThatIsGoneOrOffBuysNothing() async throws {
        #expect(try await verdict(nil) == .withdraw("template smime is gone"))
        #expect(
            try await verdict(TestGateway.template(", enabled: false")) == .withdraw("template smime is switched off"))
        var template = try TestGateway.template()
        template.group = "bbbbbbbb-0000-0000-0000-00000000000b"
        #expect(try await verdict(template) == .withdraw("never was in the group"))
    }

    @Test func otherNamesAreAnotherOrder() async throws {
        var attributes = TestGateway.attributes("ada")
        attributes["displayName"] = "Ada King"
        try await gateway.put("ada", attributes)
        #expect(try await verdict() == .changed("the names are other ones now: commonName"))
        attributes["mail"] = "ada.king@example.test"
        try await gateway.put("ada", attributes)
        #expect(try await verdict() == .changed("the names are other ones now: commonName, emails"))
        try await gateway.put("ada", TestGateway.attributes("king"))
        #expect(try await verdict() == .changed("the user principal name is another one now"))
    }

    @Test func otherTermsAreAnotherOrder() async throws {
        for change in [", validityDays: 90", ", keyRecoveryAgents: [agent]", ", options: {a: 1}"] {
            guard case .changed = try await verdict(TestGateway.template(change)) else {
                Issue.record("\(change) makes no other order")
                continue
            }
        }
        #expect(
            try await verdict(TestGateway.template(backendCA: "other"))
                == .changed("the template has backend CA other now, not main"))
        var template = try TestGateway.template()
        template.product = "q"
        #expect(try await verdict(template) == .changed("the template has product q now, not p"))
    }

    @Test func anAddressThatIsSomebodyElsesNowIsNotBought() async throws {
        try await gateway.putClaimant("ceo", .user, mail: nil, proxies: ["SMTP:ada@example.test"])
        #expect(
            try await verdict()
                == .withdraw("ada@example.test is the proxy address of user The ceo, and mail alone proves nothing"))
    }

    @Test func withoutAWholeDirectoryNobodyCanTell() async throws {
        try await gateway.database.write {
            _ = try $0.execute("DELETE FROM directory_listings WHERE collection = 'groups'")
        }
        let error = await #expect(throws: GraphError.self) { try await verdict() }
        #expect(error?.kind == .transient)
    }

    /// Planner and second look decide by one function: what is withdrawn is not planned again, what changed is.
    @Test func thePlannerAgrees() async throws {
        var attributes = TestGateway.attributes("ada")
        attributes["displayName"] = "Ada King"
        try await gateway.put("ada", attributes)
        guard case .changed(let reason) = try await verdict() else {
            Issue.record("nothing has changed")
            return
        }
        try await gateway.end(order.id, OrderEnding.withdrawnEvent, reason, .cancelled)
        let template = try TestGateway.template()
        #expect(try await gateway.planner.plan(template, product: nil).toOrder == 1)
        #expect(try await gateway.planner.order(template, limit: 1) == 1)
        let next = try #require(try await gateway.ledger.orders().first)
        let eligibility = Eligibility(mirror: gateway.mirror, template: { _ in template }, product: { _ in nil })
        #expect(try await eligibility.verdict(on: next) == .fits)
    }
}
