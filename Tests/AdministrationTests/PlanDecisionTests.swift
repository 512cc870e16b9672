// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import Ledger
import Records
import Settings
import Testing

@testable import Administration
@testable import Names
@testable import Planning

/// Decisions about the plan that was looked at: consent to all or a part, no, and the second person.
@Suite(.timeLimit(.minutes(5))) struct PlanDecisionTests {
    private let office: Office

    init() async throws { office = try await Office() }

    private func gateway(_ limits: String = "ordersPerRun: 1") async throws -> Gateway {
        try await office.apply(office.yaml(more: "limits: {\(limits)}"))
        return try await office.gateway()
    }

    private func want(_ people: String..., template: String = "smime", in gateway: Gateway) async throws {
        try await gateway.database.write { connection in
            for person in people {
                let decision = EnrollmentDecision(
                    template: template, subscriberID: person, userPrincipalName: "\(person)@example.org",
                    verdict: .order, reason: "", names: RequestedNames(commonName: person), newestOrder: 0,
                    action: .order)
                try DecisionStore.put([decision], on: connection)
            }
        }
    }

    private func fingerprint(_ gateway: Gateway) async throws -> String {
        try await gateway.planner.plannedOrders(of: gateway.configuration.templates).fingerprint
    }

    private func plans(_ gateway: Gateway, _ name: String = "ada") -> PlanAdministration {
        PlanAdministration(
            gateway,
            caller: Caller(name: name, roles: [.administrator], objectID: "id-\(name)", origin: "by group CW-Admins"))
    }

    @Test func theConsentIsToThePlanThatWasLookedAt() async throws {
        let gateway = try await gateway()
        try await want("ada", "bob", in: gateway)
        let seen = try await fingerprint(gateway)
        await #expect(throws: SettingsError.self, "another number was typed") {
            _ = try await plans(gateway).approve(fingerprint: seen, count: 3, isDryRun: false)
        }
        let dryRun = try await plans(gateway).approve(fingerprint: seen, count: 2, isDryRun: true)
        #expect(dryRun.orders == 2)
        #expect(try await OrderConsent.pending(on: gateway.database) == nil)
        try await want("zoe", in: gateway)
        await #expect(throws: Obstacle.self, "it is another plan by now") {
            _ = try await plans(gateway).approve(fingerprint: seen, count: 2, isDryRun: false)
        }
        _ = try await plans(gateway).approve(fingerprint: try await fingerprint(gateway), count: 3, isDryRun: false)
        #expect(try await OrderConsent.pending(on: gateway.database)?.orders == 3)
    }

    @Test func aPartIsWhatItSays() async throws {
        let gateway = try await gateway()
        try await want("ada", "bob", in: gateway)
        try await want("zoe", template: "logon", in: gateway)
        let seen = try await fingerprint(gateway)
        let part = PlanAdministration.Part(templates: ["logon"])
        let consent = try await plans(gateway).approve(fingerprint: seen, count: 1, part, isDryRun: true)
        #expect(consent.orders == 1)
        await #expect(throws: Obstacle.self, "nothing ends") {
            _ = try await plans(gateway).approve(
                fingerprint: seen, count: 0, PlanAdministration.Part(kind: .endings), isDryRun: true)
        }
        await #expect(throws: SettingsError.self) {
            _ = try await plans(gateway).approve(
                fingerprint: seen, count: 1, PlanAdministration.Part(templates: ["none"]), isDryRun: true)
        }
    }

    @Test func aNoVoidsTheConsentAndIsOnRecord() async throws {
        let gateway = try await gateway()
        try await want("ada", "bob", in: gateway)
        let seen = try await fingerprint(gateway)
        _ = try await plans(gateway).approve(fingerprint: seen, count: 2, isDryRun: false)
        let void = try await plans(gateway, "bob").deny(fingerprint: seen, because: "too many", isDryRun: false)
        #expect(void?.actor == "ada")
        #expect(try await OrderConsent.pending(on: gateway.database) == nil)
        let last = try await gateway.ledger.audit.lastNumber()
        let record = try #require(try await gateway.ledger.audit.record(last))
        #expect(record.action == "deny.plan" && record.actor == "bob" && record.reason == "too many")
        #expect(record.objectID == seen && record.outcome == "done")
    }

    @Test func whoChangedATemplateNeedsASecondPerson() async throws {
        let gateway = try await gateway("ordersPerRun: 1, secondPerson: true")
        try await want("ada", "bob", in: gateway)
        let seen = try await fingerprint(gateway)
        // The tests' configuration is eve's.
        let shown = try await PlanActions(
            gateway, Caller(name: "eve", roles: [.administrator], objectID: "id-eve", origin: "by group CW-Admins")
        ).of(try await plans(gateway).last())
        #expect(shown.first { $0.name == "approve" }?.obstacle?.reason.hasPrefix("you changed ") == true)
        #expect(shown.first { $0.name == "deny" }?.isAllowed == true)
        await #expect(throws: Obstacle.self) {
            _ = try await plans(gateway, "eve").approve(fingerprint: seen, count: 2, isDryRun: false)
        }
        // Behind a token may be eve herself, whatever it is called.
        let token = Caller(name: "ada", roles: [.administrator], origin: "by token")
        await #expect(throws: Obstacle.self) {
            _ = try await PlanAdministration(gateway, caller: token).approve(
                fingerprint: seen, count: 2, isDryRun: false)
        }
        _ = try await plans(gateway, "ada").approve(fingerprint: seen, count: 2, isDryRun: false)
        #expect(try await OrderConsent.pending(on: gateway.database)?.actor == "ada")
    }

    /// Ordering for people by name is no way around the consent.
    @Test func enrollingBeyondALimitTakesTwoAsWell() async throws {
        let gateway = try await gateway("ordersPerRun: 1, secondPerson: true")
        let wish = EnrollAdministration.Wish(people: ["ada", "bob"], template: "smime", because: "new")
        let beyond = EnrollReport(
            wish: wish, proposals: [], stops: [], notes: [], limit: (reason: "2 orders are over ordersPerRun", nil))
        func enroll(_ caller: Caller) async throws {
            let consent = OrderConsent(actor: caller.name, grantedAt: Date(), orders: 2)
            _ = try await EnrollAdministration(gateway, caller: caller).enroll(beyond, consent: consent)
        }
        for caller in [
            Caller(name: "ada", roles: [.administrator], objectID: "id-ada", origin: "by group CW-Admins"),
            Caller(name: "ada", roles: [.administrator], origin: "by token"),
            // At the machine, too: the tests' configuration is eve's.
            .commandLine("eve"),
        ] {
            await #expect(throws: Obstacle.self) { try await enroll(caller) }
        }
        try await enroll(.commandLine("root"))
    }

    enum Way: CaseIterable { case byHand, token, tokenOfAToken, underAFormerName, tokenOfAFormerName }

    /// What somebody has changed by a token, under a former name, or by a policy, is somebody's own change, too.
    @Test(arguments: ["templates/smime", "policies/pol"], Way.allCases)
    func ownChangesComeByOtherWaysToo(object: String, way: Way) async throws {
        let gateway = try await gateway("ordersPerRun: 1, secondPerson: true")
        try await want("ada", "bob", in: gateway)
        let seen = try await fingerprint(gateway)
        let former = way == .underAFormerName || way == .tokenOfAFormerName
        var author = Caller(
            name: former ? "ada-lee" : "ada", roles: [.administrator], objectID: "id-ada", origin: "by group CW-Admins")
        let tokens = way == .tokenOfAToken ? 2 : way == .token || way == .tokenOfAFormerName ? 1 : 0
        for number in 0..<tokens {
            let made = try #require(
                try await TokenAdministration(gateway.store, caller: author).create(
                    name: "pipeline \(number)", role: .administrator))
            author = Caller(name: made.token.actor, roles: [.administrator], origin: "by API token")
        }
        try await author.asOrigin {
            try await gateway.ledger.audit.record(
                AuditEntry(
                    .applyConfiguration, AuditObject(.configuration, object), by: AuditActor(named: author.name),
                    after: ["name": "x"]))
        }
        let error = await #expect(throws: Obstacle.self) {
            _ = try await plans(gateway, "ada").approve(fingerprint: seen, count: 2, isDryRun: false)
        }
        #expect(error?.reason.hasPrefix("you changed \(object.replacing("/", with: " "))") == true, "\(error as Any)")
        _ = try await plans(gateway, "bob").approve(fingerprint: seen, count: 2, isDryRun: false)
    }

    /// What one has changed stays one's own, whoever changes something after it.
    @Test func anotherChangeDoesNotUndoOnesOwn() async throws {
        let gateway = try await gateway("ordersPerRun: 1, secondPerson: true")
        try await want("ada", "bob", in: gateway)
        let seen = try await fingerprint(gateway)
        for name in ["ada", "bob", "token machine"] {
            try await gateway.ledger.audit.record(
                AuditEntry(
                    .applyConfiguration, AuditObject(.configuration, "templates/smime"), by: AuditActor(named: name),
                    after: ["name": "x"]))
        }
        for name in ["ada", "bob"] {
            await #expect(throws: Obstacle.self, "\(name)") {
                _ = try await plans(gateway, name).approve(fingerprint: seen, count: 2, isDryRun: false)
            }
        }
        _ = try await plans(gateway, "carol").approve(fingerprint: seen, count: 2, isDryRun: false)
    }

    @Test func withoutAPlanOverALimitNothingIsToBeDecided() async throws {
        let gateway = try await gateway("ordersPerRun: 10")
        try await want("ada", in: gateway)
        let seen = try await fingerprint(gateway)
        await #expect(throws: Obstacle.self) {
            _ = try await plans(gateway).approve(fingerprint: seen, count: 1, isDryRun: false)
        }
        #expect(
            try await PlanActions(gateway, .commandLine("eve")).of(try await plans(gateway).last()).allSatisfy {
                !$0.isAllowed
            })
    }
}
