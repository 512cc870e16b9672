// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import KeyHoldings
import Records
import Store
import Testing

@testable import Ledger
@testable import Planning

/// Which keys belong on a person's devices follows the same dates as the certificates.
@Suite(.timeLimit(.minutes(5))) struct KeyDepartureTests {
    private let gateway: TestGateway
    private let store: KeyHoldingStore
    private let rule = KeyHoldingRule(template: "smime", isForMailboxes: false, keep: .seconds(1825 * 86_400))

    /// Somebody with a certificate in use, whose key is on the devices.
    init() async throws {
        gateway = try await TestGateway()
        store = KeyHoldingStore(gateway.ledger)
        try await gateway.put("ada", TestGateway.attributes("ada"))
        try await order()
        #expect(try await wanted() == 1)
    }

    private func order() async throws {
        _ = try await gateway.planner.plan(TestGateway.template(), product: nil)
        _ = try await gateway.planner.order(TestGateway.template(), limit: 10)
        try await gateway.work()
    }

    private var certificate: Int64 {
        get async throws { try #require(try await newest.certificateID) }
    }

    private var newest: Order {
        get async throws { try #require(try await gateway.ledger.orders().max { $0.id < $1.id }) }
    }

    /// How many of the person's keys are wanted once it is compared and done.
    private func wanted(_ rule: KeyHoldingRule? = nil) async throws -> Int {
        let rule = rule ?? self.rule
        while try await store.want(rule, connector: "k1") > 0 {}
        for holding in try await store.due(limit: 100) {
            try await store.begin(holding)
            try await store.settle(holding, connector: "k1")
        }
        return try await store.holdings(ofPerson: "ada").filter(\.isWanted).count
    }

    private func withdraw(by actor: String) async throws {
        _ = try await gateway.ledger.ask([
            .withdraw(certificateID: try await certificate, cause: "left the group", actor: actor)
        ])
    }

    /// In the grace nothing is taken, and what is not there is not sent to an account that is gone.
    @Test func theKeyStaysWithADeletedAccountAsLongAsItsCertificate() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false, isDeleted: true)
        #expect(try await wanted() == 1)
        try await withdraw(by: OrderLedger.planner)
        #expect(try await wanted() == 0)
    }

    /// Mail of before is read with the key of before.
    @Test func theKeyOfBeforeADepartureComesBackWithThePerson() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false)
        _ = try await gateway.planner.plan(TestGateway.template(), product: nil)
        try await withdraw(by: OrderLedger.planner)
        _ = try await gateway.ledger.ask([
            .revoke(
                certificateID: try await certificate, reason: .affiliationChanged, cause: "left",
                actor: OrderLedger.planner)
        ])
        try await revoke()
        #expect(try await wanted() == 0)
        #expect(try await store.endedKeys([rule]).isEmpty)
        try await gateway.put("ada", TestGateway.attributes("ada"))
        try await order()
        #expect(try await wanted() == 2)
        #expect(try await gateway.ledger.orders().count == 2)
    }

    /// Who has lost a device works on with the others: another certificate follows by itself, once, as soon as the CA has revoked.
    @Test(arguments: [true, false])
    func afterALostDeviceAnotherOneFollows(_ isWanted: Bool) async throws {
        let lost = try await certificate
        _ = try await gateway.ledger.ask([
            .revoke(
                certificateID: lost, reason: .keyCompromise, cause: "lost", actor: "ada@example.test",
                isOrderedAgain: isWanted)
        ])
        try await order()
        #expect(try await gateway.ledger.orders().count == 1)
        try await gateway.noteRevoked(lost, "keyCompromise")
        for _ in 0..<3 { try await order() }
        #expect(try await gateway.ledger.orders().count == (isWanted ? 2 : 1))
    }

    /// As the list of the CA says it.
    private func revoke() async throws { try await gateway.noteRevoked(certificate, "affiliationChanged") }

    /// Whoever deletes a record in Intune may do it by accident: nothing comes back by itself, and once another certificate has followed,
    /// mail of before is read again.
    @Test(arguments: [OrderLedger.intune, "eve"])
    func whatSomebodyHasWithdrawnDoesNotComeBack(actor: String) async throws {
        try await withdraw(by: actor)
        #expect(try await wanted() == 0)
        try await orderAgain()
        #expect(try await wanted() == (actor == OrderLedger.intune ? 2 : 1))
    }

    private func orderAgain() async throws {
        _ = try await gateway.ledger.plan(
            NewOrder(
                try TestGateway.template(), subscriberID: "ada", userPrincipalName: "ada@example.test",
                names: RequestedNames(commonName: "ada", emails: ["ada@example.test"]).json,
                replaces: try await newest.id, newestKnown: nil, reason: "again"))
        try await gateway.work()
    }

    /// Who has nothing in use is not gone for that: the keys of before stay, until the planner finds that there is to be nothing.
    @Test(arguments: zip(["deleted", "expired", "left", "disabled", "retired"], [1, 2, 0, 0, 0]))
    func nothingInUseIsNoDeparture(what: String, left: Int) async throws {
        try await orderAgain()
        #expect(try await wanted() == 2)
        switch what {
        case "deleted": try await withdraw(by: OrderLedger.intune)
        case "retired": try await withdraw(by: OrderLedger.planner)
        default: break
        }
        if ["expired", "left", "disabled"].contains(what) {
            let id = try await newest.id
            try await gateway.database.write { connection in
                _ = try connection.execute(
                    "UPDATE orders SET stage = 'expired', open_key = ? WHERE id = ?", [.text("#ended"), .integer(id)])
            }
        }
        if what == "left" { try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false) }
        if ["disabled", "retired"].contains(what) {
            try await gateway.put("ada", TestGateway.attributes("ada", enabled: false))
        }
        _ = try await gateway.planner.plan(TestGateway.template(), product: nil)
        #expect(try await wanted() == left)
        #expect(try await store.endedKeys([rule]).isEmpty)
    }

    /// Who goes from the group of one template to that of another is the same person with the same mail.
    @Test(arguments: [true, false]) func theKeysGoAlongToAnotherTemplate(isKin: Bool) async throws {
        var other = try TestGateway.template()
        (other.name, other.group) = ("other", "bbbbbbbb-0000-0000-0000-00000000000b")
        try await gateway.put("ada", TestGateway.attributes("ada"), group: other.group)
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false)
        _ = try await gateway.planner.plan(TestGateway.template(), product: nil)
        try await withdraw(by: OrderLedger.planner)
        _ = try await gateway.planner.plan(other, product: nil)
        _ = try await gateway.planner.order(other, limit: 10)
        try await gateway.work()
        let rule = KeyHoldingRule(
            template: "smime", isForMailboxes: false, keep: .seconds(1825 * 86_400), kin: isKin ? ["other"] : [])
        #expect(try await wanted(rule) == (isKin ? 1 : 0))
    }

    /// Nothing leaves before its time, and what was taken back is as if it had never been said.
    @Test(arguments: [true, false]) func theKeyOfACompromisedCertificateStaysUntilItsTime(isUndone: Bool) async throws {
        let action = try #require(
            try await gateway.ledger.ask([
                .revoke(
                    certificateID: try await certificate, reason: .keyCompromise, cause: "stolen", actor: "eve",
                    notBefore: gateway.clock.now() + 40 * 3600)
            ]).first)
        #expect(try await wanted() == 1)
        if isUndone { _ = try await gateway.ledger.undo(action.id, by: "eve") }
        gateway.clock.advance(41 * 3600)
        #expect(try await wanted() == (isUndone ? 1 : 0))
    }

    /// Mostly it becomes known when the certificate is over: revoked for another reason, or ended; by whoever says it.
    @Test(arguments: [OrderStage.revoked, .superseded, .expired], [true, false])
    func theKeyOfWhatIsOverGoesWhenItTurnsOutToBeCompromised(stage: OrderStage, isByTheCA: Bool) async throws {
        let id = try await certificate
        let status = try #require(CertificateStatus(rawValue: stage.rawValue))
        try await gateway.database.write { connection in
            _ = try connection.execute(
                "UPDATE orders SET stage = ? WHERE certificate_id = ?", [SQLValue(stage), .integer(id)])
            _ = try connection.execute(
                "UPDATE certificates SET status = ? WHERE id = ?", [SQLValue(status), .integer(id)])
        }
        #expect(try await wanted() == 1)
        if isByTheCA {
            try await gateway.noteRevoked(id, "keyCompromise")
        } else {
            try await gateway.ledger.noteCompromise(
                of: [id], by: AuditActor(named: "eve"), because: "found in a backup")
        }
        #expect(try await wanted() == 0)
        #expect(try await gateway.ledger.compromised(among: [id]) == [id])
        let records = try await gateway.ledger.audit.records(AuditFilter(actions: ["notice.compromise"]), ListRequest())
            .items
        // Where a revocation is put on record, that says it.
        #expect(records.count == (isByTheCA && stage != .revoked ? 0 : 1))
    }

    /// Of a certificate that never came into use there is no old mail; it may be for the address of somebody else.
    @Test func theKeyOfACertificateThatNeverCameIntoUseIsWithNobody() async throws {
        try await gateway.put("ida", TestGateway.attributes("ida"))
        let id = try await gateway.planWithIntune("ida")
        try await gateway.engine { $0.recipient = { _ in .nobody("the name has changed") } }.work(until: nil)
        let held = try await gateway.order(id)
        #expect(held.stage == .issued && held.isHeld)
        try await gateway.database.write { connection in
            _ = try connection.execute(
                "UPDATE orders SET stage = 'revoked', open_key = ? WHERE id = ?", [.text("#ended"), .integer(id)])
        }
        _ = try await gateway.plan("ida")
        #expect(try await wanted() == 1)
        #expect(try await store.holdings(ofPerson: "ida").isEmpty)
        #expect(try await store.endedKeys([rule]) == [id])
    }
}
