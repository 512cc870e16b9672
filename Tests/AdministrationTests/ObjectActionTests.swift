// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import Gateway
import Ledger
import Settings
import TestSupport
import Testing

/// What is shown as possible can be done, and what cannot be done is refused by the sentence that is shown.
@Suite(.timeLimit(.minutes(5))) struct ObjectActionTests {
    private static let ada = Caller(name: "ada@example.org", roles: [.administrator], origin: "by group CW-Admins")
    private let office: Office

    init() async throws { office = try await Office() }

    private func orders(_ caller: Caller = ada) -> OrderAdministration {
        OrderAdministration(office.ledger, caller: caller)
    }

    /// Why something cannot be done, nil when it can.
    private func refusal(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch let error as Obstacle {
            return error.reason
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [Ada.self.administrator, Ada.self.helpdesk])
    func ordersSayWhatDoingSays(_ role: Ada) async throws {
        let gateway = try await office.gateway()
        let caller = role.caller
        var list = [
            try await office.order("planned", .planned), try await office.order("keyed", .keyed),
            try await office.order("doubt", .submitted, hold: "in doubt"),
            try await office.order("searched", .submitted),
            try await office.order("waiting", .pending), try await office.order("heldThere", .pending, hold: "look"),
        ]
        list.append(try await orders().cancel(try await office.order("cancelled", .planned).reference))
        var refused = 0
        for order in list {
            let shown = Dictionary(
                uniqueKeysWithValues: try await OrderActions(gateway, caller).of(order).map { ($0.name, $0) })
            let word = order.reference
            let own = orders(caller)
            let done = [
                "resend": await refusal { _ = try await own.resendMail(word, gateway, isDryRun: true) },
                "retry": await refusal { _ = try await own.retry(word, isDryRun: true) },
                "cancel": await refusal { _ = try await own.cancel(word, isDryRun: true) },
                "cancelAbsent": await refusal { _ = try await own.cancelAbsent(word, isDryRun: true) },
                "declareAbsent": await refusal { _ = try await own.declareAbsent(word, isDryRun: true) },
                "repeat": await refusal { _ = try await own.again(word, gateway, isDryRun: true) },
            ]
            for (name, reason) in done {
                #expect(shown[name]?.obstacle?.reason == reason, "\(name) of \(order.userPrincipalName)")
                refused += reason == nil ? 0 : 1
            }
            #expect(shown["declareFound"] != nil && shown.count == 7)
        }
        #expect(refused > 0 && refused < list.count * 6)
    }

    enum Ada: Sendable, CaseIterable {
        case administrator, helpdesk

        var caller: Caller {
            Caller(
                name: "ada@example.org", roles: [self == .administrator ? .administrator : .helpdesk],
                origin: "by group CW-Staff")
        }
    }

    @Test func whatTheCACannotDoIsSaidWithWhatToDoInItsPlace() async throws {
        let instead = "An officer of the CA revokes it in its console."
        try office.folder.write(
            CountingConnector.profile("one-ca", "missing: {revoke: \"\(instead)\"}"), to: "one-ca.yaml")
        try await office.issue("ada", by: (office.root, office.rootKey), at: office.ledger.clock.now(), .active)
        let gateway = try await office.gateway()
        let record = try #require(try await office.ledger.certificates().first)
        let rights = try await CertificateRights(gateway, Self.ada).of(record)
        let revoke = try #require(rights.first { $0.name == "revoke" })
        #expect(revoke.obstacle == Obstacle("one cannot revoke certificates", instead: instead))
        #expect(
            revoke.json
                == [
                    "name": "revoke", "allowed": false, "reason": "one cannot revoke certificates",
                    "instead": .string(instead),
                ])
        let actions = CertificateActions(office.ledger, gateway.mirror, caller: Self.ada)
        await #expect(throws: Obstacle("one cannot revoke certificates", instead: instead)) {
            _ = try await actions.revoke([record], reason: .superseded, cause: "so", delay: nil, at: gateway)
        }
        #expect(try await office.ledger.standingActions(certificateIDs: [record.id]).isEmpty)
        // By hand it is put on record, and taken back.
        let made = try await actions.revoke([record], reason: .superseded, cause: "so", delay: .seconds(10))
        #expect(made.first?.state == .asked && made.first?.notBefore != nil)
        let undo = try await CertificateRights(gateway, Self.ada).of(record).first { $0.name == "undoRevocation" }
        #expect(undo?.isAllowed == true)
        #expect(try await actions.change(made[0].id, .revoke, .undo).state == .undone)
        #expect(
            try await CertificateRights(gateway, Self.ada).of(record).first { $0.name == "undoRevocation" }?.obstacle?
                .reason == "certificate \(record.serialNumber): nobody has asked to revoke it")
    }

    /// That a key is in wrong hands is so whatever its CA takes.
    @Test func aCompromiseIsOnRecordWithoutAReasonOfTheCA() async throws {
        try office.folder.write(
            CountingConnector.profile(
                "one-ca", "abilities: [revoke]\nrevocationReasons: {superseded: superseded, unspecified: other}"),
            to: "one-ca.yaml")
        try await office.issue("ada", by: (office.root, office.rootKey), at: office.ledger.clock.now(), .active)
        let gateway = try await office.gateway()
        let record = try #require(try await office.ledger.certificates().first)
        let actions = CertificateActions(office.ledger, gateway.mirror, caller: Self.ada)
        func require(_ reason: RevocationReason) throws {
            try actions.require(reason, for: [record]) { name in
                gateway.configuration.backendCA(name).flatMap {
                    gateway.profiles.catalogue.outline(named: $0.connector)
                }
            }
        }
        try require(.superseded)
        #expect(throws: SettingsError.self) { try require(.privilegeWithdrawn) }
        try require(.keyCompromise)
        _ = try await actions.revoke([record], reason: .keyCompromise, cause: "so", delay: nil)
        let asked = try await office.ledger.standingActions(certificateIDs: [record.id])[record.id]
        #expect(asked?.map(\.reason) == [.keyCompromise])
    }

    @Test func ofManyExactlyThoseThatWereSeen() async throws {
        let now = office.ledger.clock.now()
        for person in ["ada", "bob"] {
            try await office.issue(person, by: (office.root, office.rootKey), at: now, .active)
        }
        let gateway = try await office.gateway()
        let many = ManyCertificates(gateway, Self.ada)
        await #expect(throws: Obstacle.self) {
            _ = try await many.find(.list(CertificateFilter(template: "smime")), expected: 1)
        }
        await #expect(throws: Obstacle.self) {
            _ = try await many.find(.list(CertificateFilter(template: "smime")), expected: 3)
        }
        let found = try await many.find(.list(CertificateFilter(template: "smime")), expected: 2)
        let refused = try await many.revoke(
            found, reason: .superseded, cause: "so", delay: nil, isByHand: false, isDryRun: false)
        #expect(refused.refused.count == 2, "this CA cannot revoke")
        let asked = try await many.revoke(
            found, reason: .superseded, cause: "so", delay: .seconds(10), isByHand: true, isDryRun: false)
        #expect(asked.refused.isEmpty && asked.items.count == 2)
        #expect(try await office.ledger.standingActions(certificateIDs: found.map(\.id)).count == 2)
    }

    @Test func templatesAndBackendCAsSayWhatTheirCallerMay() async throws {
        let gateway = try await office.gateway()
        let integrator = Caller(name: "ian@example.org", roles: [.integrator], origin: "by group CW-Integrators")
        let template = try #require(gateway.configuration.template("smime"))
        let shown = try await ConfiguredActions(gateway, integrator).of([template])["smime"] ?? []
        #expect(shown.map(\.name) == ["preview", "switchCA", "switchBack", "configure"])
        #expect(shown.allSatisfy { !$0.isAllowed })
        #expect(shown[1].obstacle?.instead == "ask somebody who is administrator")
        let one = try #require(gateway.configuration.backendCA("one"))
        let actions = ConfiguredActions(gateway, integrator).of(one)
        #expect(actions.filter(\.isAllowed).map(\.name) == ["check"])
        #expect(actions.first { $0.name == "runConformance" }?.obstacle?.reason.contains("production") == true)
        #expect(actions.first { $0.name == "listProducts" }?.obstacle?.reason == "one cannot list products")
    }

    /// What an environment is, its name says and no address: behind one of this machine there may be a proxy.
    @Test(
        arguments: [
            ("", nil, false), (", environment: trial", nil, true), (", endpoint: \"http://127.0.0.1:1\"", 0, true),
            (", endpoint: \"http://127.0.0.1:1\"", 5, false),
            (", environment: trial, endpoint: \"http://127.0.0.1:1\"", 5, true),
        ] as [(String, Int?, Bool)])
    func anIntegratorOrdersAtTrialEnvironmentsAlone(_ one: String, _ orders: Int?, _ isAllowed: Bool) async throws {
        try await office.apply(office.yaml(one: one))
        let integrator = Caller(name: "ian@example.org", roles: [.integrator], origin: "by group CW-Integrators")
        let conformance = ConformanceAdministration(try await office.gateway(), caller: integrator)
        var wish = ConformanceAdministration.Wish()
        wish.orders = orders ?? 0
        wish.domain = "example.org"
        if isAllowed {
            #expect(try await conformance.prepare("one", wish).checks > 0)
        } else {
            await #expect(throws: (any Error).self) { _ = try await conformance.prepare("one", wish) }
        }
    }
}
