// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Settings
import Store
import Testing

@testable import Fulfilment
@testable import Ledger
@testable import Names
@testable import Planning

/// What follows once a certificate is in use: renewal, change, departure.
@Suite(.timeLimit(.minutes(5))) struct LifeTests {
    private let gateway: TestGateway

    /// A CA that cannot revoke by itself leaves what is asked for as it is.
    init() async throws { gateway = try await TestGateway() }

    private init(abilities: [ConnectorAbility]) async throws { gateway = try await TestGateway(abilities: abilities) }

    private func plan(_ members: String = "") async throws -> PlanSummary {
        try await gateway.planner.plan(TestGateway.template(members), product: nil)
    }

    /// Plans, orders and ends what it has to, and works on it.
    @discardableResult
    private func pass(_ members: String = "") async throws -> PlanSummary {
        let summary = try await plan(members)
        let template = try TestGateway.template(members)
        _ = try await gateway.planner.end(template)
        _ = try await gateway.planner.order(template, limit: 1000)
        try await gateway.work()
        return summary
    }

    /// People with a certificate in use.
    private func issue(_ names: String..., members: String = "") async throws {
        for name in names { try await gateway.put(name, TestGateway.attributes(name)) }
        try await pass(members)
        for name in names { #expect(try await orders(name).map(\.stage) == [.active]) }
    }

    /// Oldest first.
    private func orders(_ name: String) async throws -> [Order] {
        try await gateway.ledger.orders(OrderFilter(limit: 100)).filter { $0.subscriberID == name }.reversed()
    }

    private func decision(_ name: String) async throws -> EnrollmentDecision {
        try #require(try await gateway.planner.decisions.decisions(subscriberID: name).first)
    }

    /// What is asked to be done to the certificates of somebody, oldest certificate first.
    private func asked(_ name: String) async throws -> [String] {
        var texts: [String] = []
        for order in try await orders(name) {
            guard let id = order.certificateID else { continue }
            for action in try await gateway.ledger.standingActions(certificateIDs: [id])[id] ?? [] {
                texts.append("\(action.kind.rawValue) \(action.reason?.name ?? "")")
            }
        }
        return texts
    }

    private func rename(_ name: String, to other: String) async throws {
        var attributes = TestGateway.attributes(name)
        attributes["displayName"] = .string(other)
        try await gateway.put(name, attributes)
    }

    private func leave(_ name: String) async throws {
        try await gateway.put(name, TestGateway.attributes(name), isPresent: false)
    }

    private func advance(days: Double) { gateway.clock.advance(days * 86_400) }

    @Test func renewedBeforeItEndsAndOnce() async throws {
        try await issue("ada", members: ", validityDays: 365")
        let members = ", validityDays: 365"
        #expect(try await plan(members).evaluated == 1, "the activation is seen")
        #expect(try await plan(members).evaluated == 0)
        advance(days: 320)
        #expect(try await plan(members).toOrder == 0)
        // 30 days before its end at the latest.
        advance(days: 15)
        let summary = try await pass(members)
        #expect(summary.actions == [.renew: 1])
        let orders = try await orders("ada")
        #expect(orders.map(\.stage) == [.superseded, .active])
        #expect(orders.last?.replaces == orders.first?.id)
        #expect(try await pass(members).actions.isEmpty)
        #expect(try await asked("ada").isEmpty, "the old one runs out")
        #expect(try await self.orders("ada").count == 2)
    }

    /// However short: never at once, never for ever.
    @Test(arguments: [1.0, 10, 90]) func aShortValidityIsRenewedInItsLastThird(_ days: Double) async throws {
        try await issue("ada")
        let template = try TestGateway.template()
        let ledger = gateway.ledger
        var standing = try #require(try await ledger.standings(template: "smime", subscriberIDs: ["ada"])["ada"])
        let start = gateway.clock.now()
        (standing.notBefore, standing.notAfter) = (start, start + days * 86_400)
        let names = RequestedNames(json: standing.names)
        func action(_ part: Double) -> PlannedAction? {
            LifeRule(template: template, now: start + days * 86_400 * part)
                .find(.entitled(names, warning: nil), nil, standing, awaySince: nil).action
        }
        #expect(action(0.3) == nil)
        #expect(action(0.67) == .renew)
        #expect(action(1.5) == .renew)
    }

    /// Ten thousand of one day are not renewed on one day.
    @Test func renewalsOfOneDaySpread() async throws {
        let names = (0..<40).map { "user\($0)" }
        for name in names { try await gateway.put(name, TestGateway.attributes(name)) }
        try await pass(", validityDays: 365")
        var days: [Int] = []
        advance(days: 315)
        for _ in 0..<25 {
            advance(days: 1)
            days.append(try await pass(", validityDays: 365").toOrder)
        }
        #expect(days.reduce(0, +) == 40)
        #expect(days.filter { $0 > 0 }.count >= 8, "\(days)")
    }

    @Test func aRefusedRenewalIsRepeatedWithGrowingDistance() async throws {
        let members = ", validityDays: 365"
        try await issue("ada", members: members)
        advance(days: 340)
        let template = try TestGateway.template(members)
        for day in 1...3 {
            #expect(try await plan(members).actions == [.renew: 1], "attempt \(day)")
            #expect(try await gateway.planner.order(template, limit: 1) == 1)
            let order = try #require(try await orders("ada").last)
            try await gateway.end(order.id, "rejected", "no such domain", .rejected)
            #expect(try await plan(members).actions.isEmpty)
            #expect(try await decision("ada").reason.contains("no such domain"))
            #expect(try await orders("ada").first?.stage == .active)
            advance(days: pow(2, Double(day - 1)))
        }
    }

    @Test func anotherNameIsCertifiedAndThenTheOldOneRevoked() async throws {
        try await issue("ada")
        try await rename("ada", to: "Ada Lovelace")
        let before = try await plan()
        #expect(before.actions == [.replace: 1])
        #expect(
            try await gateway.planner.end(TestGateway.template()) == 0, "nothing is revoked before the new one is there"
        )
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 10) == 1)
        #expect(try await asked("ada").isEmpty)
        try await gateway.work()
        #expect(try await pass().actions == [.revokeReplaced: 1])
        #expect(try await asked("ada") == ["revoke affiliationChanged"])
        #expect(try await orders("ada").map(\.stage) == [.superseded, .active])
        #expect(try await pass().actions.isEmpty)
    }

    /// A replacement that was given up in January is no attempt at December's renewal.
    @Test func aFormerReplacementIsNoAttemptAtARenewal() async throws {
        let members = ", validityDays: 365"
        try await issue("ada", members: members)
        try await rename("ada", to: "Ada Lovelace")
        #expect(try await plan(members).actions == [.replace: 1])
        #expect(try await gateway.planner.order(TestGateway.template(members), limit: 1) == 1)
        try await gateway.ledger.requestCancel(try #require(try await orders("ada").last).id, by: "eve")
        #expect(try await plan(members).actions.isEmpty)
        try await gateway.put("ada", TestGateway.attributes("ada"))
        advance(days: 340)
        #expect(try await pass(members).actions == [.renew: 1])
        #expect(try await orders("ada").last?.stage == .active)
    }

    /// Another product may certify more; who has a certificate of the former one keeps it until it is renewed.
    @Test func aSwitchOfTheProductReplacesNobody() async throws {
        try await issue("ada")
        try await rename("ada", to: "Ada Lovelace")
        #expect(try await plan(", onChange: report").actions.isEmpty)
        let other = try TestGateway.template(backendCA: "other")
        #expect(try await gateway.planner.plan(other, product: nil).actions.isEmpty)
        #expect(try await gateway.planner.plan(TestGateway.template(), product: nil).actions == [.replace: 1])
    }

    /// A mailbox certificate has no name of a person in it.
    @Test func aNameThatTheProductDoesNotCertifyChangesNothing() async throws {
        let product = try ConnectorProfile.read(
            """
            connector: scripted
            title: S
            module: scripted
            products: [{id: p, title: P, names: {required: [emails], allowed: [emails]}}]
            """, file: "p"
        ).products[0]
        let template = try TestGateway.template()
        try await gateway.put("ada", TestGateway.attributes("ada"))
        _ = try await gateway.planner.plan(template, product: product)
        #expect(try await gateway.planner.order(template, limit: 1) == 1)
        try await gateway.work()
        try await rename("ada", to: "Ada Lovelace")
        #expect(try await gateway.planner.plan(template, product: product).actions.isEmpty)
        #expect(try await decision("ada").concern == nil)
        #expect(try await gateway.planner.plan(template, product: nil).actions == [.replace: 1])
    }

    @Test(arguments: ["report", "replace"]) func anotherNameAsTheTemplateSays(_ word: String) async throws {
        let members = ", onChange: \(word)"
        try await issue("ada", members: members)
        try await rename("ada", to: "Ada Lovelace")
        #expect(try await pass(members).actions == (word == "report" ? [:] : [.replace: 1]))
        #expect(try await pass(members).actions.isEmpty)
        #expect(try await asked("ada").isEmpty)
        #expect(try await decision("ada").concern == (word == "report" ? .renamed : nil))
    }

    @Test func theOldOneIsRevokedAfterRenewalWhereTheTemplateSaysSo() async throws {
        let members = ", validityDays: 365, renewal: {superseded: revoke}"
        try await issue("ada", members: members)
        advance(days: 340)
        try await pass(members)
        #expect(try await pass(members).actions == [.revokeReplaced: 1])
        #expect(try await asked("ada") == ["revoke superseded"])
    }

    /// What stayed when it was replaced is no part of the replacement any more.
    @Test func anOlderOneOfLongAgoCountsAsAnEndOfItsOwn() async throws {
        let kept = ", validityDays: 365"
        try await issue("ada", members: kept)
        advance(days: 340)
        try await pass(kept)
        #expect(try await pass(kept).actions.isEmpty)
        advance(days: 8)
        #expect(try await pass(kept + ", renewal: {superseded: revoke}").actions == [.revokeOlder: 1])
    }

    @Test func whoLeavesLosesItAfterTheGrace() async throws {
        try await issue("ada", "bob", "cyd")
        try await leave("ada")
        #expect(try await pass().actions.isEmpty)
        #expect(try await decision("ada").reason.contains("the person may come back, and nothing happens"))
        advance(days: 6.9)
        #expect(try await pass().actions.isEmpty)
        advance(days: 0.2)
        #expect(try await pass().actions == [.revoke: 1])
        #expect(try await asked("ada") == ["revoke affiliationChanged"])
        #expect(try await pass().actions.isEmpty)
        for name in ["bob", "cyd"] { #expect(try await asked(name).isEmpty) }
    }

    /// A change of the template makes all verdicts anew, and not the grace.
    @Test func theGraceOutlivesTheVerdicts() async throws {
        try await issue("ada", "bob", "cyd")
        try await leave("ada")
        try await pass()
        advance(days: 5)
        try await pass(", transliterate: true")
        advance(days: 2.1)
        #expect(try await plan(", transliterate: true").actions == [.revoke: 1])
    }

    @Test func whoComesBackInTimeKeepsIt() async throws {
        try await issue("ada")
        try await leave("ada")
        try await pass()
        advance(days: 6)
        try await gateway.put("ada", TestGateway.attributes("ada"))
        try await pass()
        advance(days: 30)
        #expect(try await pass().actions.isEmpty)
        // The next absence has a grace of its own.
        try await leave("ada")
        #expect(try await pass().actions.isEmpty)
        #expect(try await asked("ada").isEmpty)
    }

    @Test(arguments: ["keep", "retire"]) func departureAsTheTemplateSays(_ word: String) async throws {
        let members = ", onDeparture: {after: 0s, certificate: \(word)}"
        try await issue("ada", "bob", "cyd", members: members)
        try await gateway.put("ada", TestGateway.attributes("ada", enabled: false))
        #expect(try await pass(members).actions == (word == "keep" ? [:] : [.retire: 1]))
        #expect(try await asked("ada").isEmpty, "nothing was delivered that could be withdrawn, and nothing is revoked")
    }

    /// Whatever the grace: others would take its signatures for those of the new holder.
    @Test func anAddressThatIsSomebodyElsesNowIsRevokedAtOnce() async throws {
        try await issue("ada", "bob", "cyd")
        try await leave("ada")
        try await pass()
        try await gateway.put(
            "ada", ["userPrincipalName": "ada-gone@example.test", "mail": nil, "proxyAddresses": []], isPresent: false)
        try await pass()
        // Nothing of hers changes any more.
        try await gateway.putClaimant("eve", .user, mail: "ada@example.test", proxies: ["SMTP:ada@example.test"])
        #expect(try await pass().actions == [.revoke: 1])
        #expect(try await asked("ada") == ["revoke affiliationChanged"])
    }

    /// Whatever else keeps the former holder from another one, and whether he still exists.
    @Test(arguments: ["notEntitled", "disabled", "left", "kept"], [true, false])
    func anAddressThatIsSomebodyElsesNowIsTakenFromAnybody(_ how: String, isAtOnce: Bool) async throws {
        let members = how == "kept" ? ", onDeparture: {certificate: keep}" : ""
        try await issue("ada", "bob", "cyd", members: members)
        var attributes: [String: JSONValue] = ["userPrincipalName": "ada@example.test", "accountEnabled": true]
        if how == "notEntitled" { attributes["displayName"] = "Tab\tName" }
        if how == "disabled" { attributes["accountEnabled"] = false }
        let isPresent = how != "left" && how != "kept"
        if !isAtOnce {
            attributes["mail"] = "ada@example.test"
            try await gateway.put("ada", .object(attributes), isPresent: isPresent)
            try await pass(members)
        }
        // As after most marriages, the name to sign in with stays.
        attributes["mail"] = "ada.new@example.test"
        try await gateway.put("ada", .object(attributes), isPresent: isPresent)
        if !isAtOnce { try await pass(members) }
        try await gateway.put("eve", TestGateway.attributes("eve"), isPresent: false)
        try await gateway.putClaimant("eve", .user, mail: "ada@example.test", proxies: ["SMTP:ada@example.test"])
        #expect(try await pass(members).actions[.revoke] == 1)
        #expect(try await asked("ada") == ["revoke affiliationChanged"])
    }

    /// What the CA refuses on one day is asked for again on the next.
    @Test func aRefusedRevocationIsAskedForAgain() async throws {
        try await LifeTests(abilities: [.poll, .findByReference, .revoke]).refuseOnce()
    }

    private func refuseOnce() async throws {
        try await issue("ada", "bob", "cyd")
        try await leave("ada")
        try await pass()
        advance(days: 8)
        gateway.ca.onRevoke { _ in throw ConnectorError(.refused, "not now") }
        try await pass()
        for _ in 0..<2 { try await pass() }
        #expect(try await asked("ada").isEmpty, "it has failed")
        let start = gateway.clock.now() + 1
        #expect(try await gateway.ledger.actionObstacles(failedSince: start).map(\.count) == [1])
        advance(days: 1.1)
        #expect(try await pass().actions == [.revoke: 1])
        #expect(try await asked("ada") == ["revoke affiliationChanged"])
        #expect(try await gateway.ledger.actionObstacles(failedSince: start).isEmpty)
    }

    /// A renewal that a person has to decide on keeps no leaver's certificate alive.
    @Test(arguments: [true, false]) func aHeldOrderKeepsNoLeaversCertificate(isAddressTaken: Bool) async throws {
        try await issue("ada", "bob", "cyd")
        try await rename("ada", to: "Ada Lovelace")
        #expect(try await plan().actions == [.replace: 1])
        _ = try await gateway.planner.order(TestGateway.template(), limit: 10)
        let order = try #require(try await orders("ada").last)
        try await gateway.ledger.hold(order.id, reason: "look at the name", by: "eve")
        try await leave("ada")
        if isAddressTaken {
            try await gateway.put(
                "ada", ["userPrincipalName": "ada.gone@example.test", "mail": nil], isPresent: false)
            try await gateway.putClaimant("eve", .user, mail: "ada@example.test", proxies: ["SMTP:ada@example.test"])
        } else {
            try await pass()
            advance(days: 8)
        }
        #expect(try await pass().actions == [.revoke: 1])
        #expect(try await asked("ada") == ["revoke affiliationChanged"])
        #expect(try await pass().actions.isEmpty)
    }

    /// A person who was revoked for leaving gets one again who comes back.
    @Test func whoComesBackLaterGetsAnotherOne() async throws {
        try await issue("ada", "bob", "cyd")
        try await leave("ada")
        try await pass()
        advance(days: 8)
        try await pass()
        let order = try #require(try await orders("ada").first)
        try await gateway.noteRevoked(order.certificateID, "affiliationChanged")
        try await gateway.put("ada", TestGateway.attributes("ada"))
        #expect(try await pass().actions == [.order: 1])
        #expect(try await orders("ada").map(\.stage) == [.revoked, .active])
    }

    /// A template that is switched off orders nothing, and who leaves loses what it has all the same.
    @Test func aTemplateThatIsSwitchedOffLooksAfterWhatItHas() async throws {
        try await issue("ada", "bob", "cyd")
        let members = ", enabled: false"
        let configuration = try ConfigurationReader.read(
            """
            templates:
              - {name: smime, group: \(TestGateway.group), backendCA: main, product: p, key: p256, enabled: false}
              - {name: unused, group: \(TestGateway.group), backendCA: main, product: p, key: p256, enabled: false}
            """, file: "test")
        #expect(try await gateway.planner.planned(configuration).map(\.name) == ["smime"])
        try await gateway.put("eve", TestGateway.attributes("eve"))
        try await leave("ada")
        try await rename("bob", to: "Bob Married")
        let first = try await pass(members)
        #expect(first.actions.isEmpty && first.standstill.isEmpty && first.withoutCertificate == 0)
        advance(days: 8)
        #expect(try await pass(members).actions == [.revoke: 1])
        #expect(try await asked("ada") == ["revoke affiliationChanged"])
        advance(days: 340)
        let last = try await pass(members)
        #expect(last.actions.isEmpty && last.standstill.isEmpty, "nothing is renewed: \(last)")
        #expect(try await orders("eve").isEmpty)
    }

    /// Also what is revoked or was replaced lies on the devices.
    @Test func whoLeavesLosesEveryRecord() async throws {
        try await issue("ada", "bob", "cyd")
        try await rename("ada", to: "Ada Lovelace")
        try await pass()
        try await gateway.noteRevoked(try await orders("ada").first?.certificateID, "affiliationChanged")
        try await pass()
        try await leave("ada")
        _ = try await plan()
        advance(days: 8)
        #expect(try await plan().actions == [.revoke: 1])
        var template = try TestGateway.template()
        template.delivery = .intune
        #expect(try await gateway.planner.end(template) == 1)
        #expect(try await asked("ada").count { $0.hasPrefix("withdraw") } == 2)
        #expect(try await asked("ada").filter { $0.hasPrefix("revoke") } == ["revoke affiliationChanged"])
    }

    /// The order that was to take the place of a withdrawn certificate is cancelled by a short absence, or never made: the wish stays.
    @Test(arguments: [true, false]) func aWishForAnotherOneOutlivesItsOrder(isOrderMade: Bool) async throws {
        try await issue("ada", "bob", "cyd")
        _ = try await plan()
        let order = try #require(try await orders("ada").first)
        let id: Int64 = try #require(order.certificateID)
        try await gateway.ledger.ask(
            .withdraw(certificateID: id, cause: "wrong profile", actor: "eve", isOrderedAgain: true))
        if isOrderMade {
            let made = try await gateway.planner.orderAgain(
                order, template: TestGateway.template(), product: nil, by: "eve", because: "wrong profile")
            try await leave("ada")
            try await gateway.end(made.id, OrderEnding.withdrawnEvent, "left the group", .cancelled)
        } else {
            try await gateway.put("ada", TestGateway.attributes("ada", enabled: false))
        }
        #expect(try await plan().actions.isEmpty)
        try await gateway.put("ada", TestGateway.attributes("ada"))
        #expect(try await pass().actions == [.renew: 1])
        #expect(try await orders("ada").last?.stage == .active)
        #expect(try await pass().actions.isEmpty, "once")
    }

    @Test func anotherGroupOfTheTemplateIsADeparture() async throws {
        try await issue("ada", "bob")
        var template = try TestGateway.template()
        template.group = "bbbbbbbb-0000-0000-0000-00000000000b"
        template.fingerprint += "changed"
        _ = try await gateway.planner.plan(template, product: nil)
        advance(days: 8)
        #expect(try await gateway.planner.plan(template, product: nil).actions == [.revoke: 2])
    }

    /// An emptied group, or one that was half read, ends nothing by itself.
    @Test func halfOfThePeopleGoOnlyWithConsent() async throws {
        let names = (0..<8).map { "user\($0)" }
        for name in names { try await gateway.put(name, TestGateway.attributes(name)) }
        try await pass()
        for name in names.prefix(3) { try await leave(name) }
        try await pass()
        advance(days: 8)
        #expect(EnrollmentPass.endingsOverLimit([try await plan()], LimitsConfiguration()) == nil)
        try await leave(names[3])
        try await pass()
        advance(days: 8)
        let summary = try await plan()
        #expect(EnrollmentPass.endingsOverLimit([summary], LimitsConfiguration()) == nil, "three of them are done")
        for name in names.suffix(4) { try await leave(name) }
        _ = try await plan()
        advance(days: 8)
        let sentence = EnrollmentPass.endingsOverLimit([try await plan()], LimitsConfiguration())
        #expect(sentence?.contains("half of all or more") == true)
        var limits = LimitsConfiguration()
        limits.endingsPerRun = 0
        #expect(EnrollmentPass.endingsOverLimit([summary], limits)?.contains("limits.endingsPerRun") == true)
    }
}
