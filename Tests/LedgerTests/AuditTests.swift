// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
import Store
import TestSupport
import Testing

@testable import Ledger

/// What is done to orders leaves records, by whatever way.
@Suite struct AuditTests {
    let temporary: TemporaryLedger
    var ledger: OrderLedger { temporary.ledger }

    init() async throws { temporary = try await TemporaryLedger() }

    @Test func eachWordOfAPersonIsOnRecord() async throws {
        let order = try await temporary.plan("ada")
        try await ledger.hold(order.id, reason: "wrong name", by: "eve")
        try await ledger.releaseHold(order.id, by: "eve")
        try await ledger.retry(order.id, by: "eve")
        try await ledger.requestCancel(order.id, by: "eve", because: "not wanted")
        let records = try await own()
        #expect(records.map(\.action) == ["hold.order", "release.order", "retry.order", "cancel.order"])
        #expect(records.allSatisfy { $0.objectID == order.reference && $0.person == "ada@example.test" })
        #expect(records.allSatisfy { $0.actor == "eve" && $0.actorKind == "person" && $0.outcome == "done" })
        #expect(records[0].after == ["holdReason": "wrong name"] && records[0].reason == "wrong name")
        #expect(records[1].before == ["holdReason": "wrong name"])
        #expect(records[3].before == ["stage": "planned"] && records[3].after == ["stage": "cancelled"])
        #expect(records[3].reason == "not wanted")
    }

    @Test func aRefusalIsOnRecordAndThePlannersSurpriseIsNot() async throws {
        let order = try await temporary.plan("ada")
        await #expect(throws: LedgerError.self) { try await ledger.releaseHold(order.id, by: "eve") }
        await #expect(throws: LedgerError.self) { try await ledger.releaseHold(order.id, by: OrderLedger.planner) }
        await #expect(throws: LedgerError.self) { try await ledger.releaseHold(4711, by: "eve") }
        let records = try await own()
        #expect(records.map(\.action) == ["release.order"] && records.map(\.outcome) == ["refused"])
        #expect(records[0].reason.contains("is not held") && records[0].before == nil && records[0].after == nil)
    }

    @Test func eachDecisionToBuyIsOnRecordWithItsReason() async throws {
        let first = try await temporary.certified(1, .active)
        var again = NewOrder.sample("person1", replaces: first.id)
        (again.reason, again.decision) = ("ends in 30 days", .renewOrder)
        var byHand = NewOrder.sample("eve")
        byHand.actor = AuditActor(named: "eve")
        let made = try await ledger.plan(batch: [again, byHand, .sample("bob")] + (0..<200).map { .sample("p\($0)") })
            .made
        let records = try await ledger.audit.records(after: 1, limit: 1000)
        #expect(records.count == 203 && records.map(\.objectID) == made.map(\.reference))
        #expect(records.prefix(3).map(\.action) == ["renew.order", "place.order", "place.order"])
        #expect(records.prefix(3).map(\.actorKind) == ["planner", "person", "planner"])
        #expect(records[0].reason == "ends in 30 days" && records[0].after?["replaces"]?.int == Int(first.id))
        #expect(try await ledger.audit.verify().findings.isEmpty)
    }

    @Test func theLifeOfARevocationIsOnRecord() async throws {
        let order = try await temporary.certified(1, .active)
        let id = try #require(order.certificateID)
        let start = try await ledger.audit.lastNumber()
        let asked = try await ledger.ask(
            .revoke(certificateID: id, reason: .keyCompromise, cause: "stolen", actor: "eve"))
        try await ledger.ask(.revoke(certificateID: id, reason: .keyCompromise, cause: "again", actor: "eve"))
        try await ledger.retry(action: asked.id, by: "eve")
        try await ledger.undo(asked.id, by: "eve")
        try await ledger.ask(.revoke(certificateID: id, reason: .superseded, cause: "left", actor: OrderLedger.planner))
        let claim = try #require(
            await ledger.claimActions(.backendCA("digicert"), limit: 1, owner: "node-1", leaseFor: .seconds(60)).first)
        try await ledger.record(claim, CertificateActionChange("revoking", "asked the CA").attempt())
        try await ledger.record(
            claim, CertificateActionChange("revoked", "the CA has taken it").taken(at: temporary.clock.now()))
        let records = try await ledger.audit.records(after: start, limit: 100)
        #expect(
            records.map(\.action) == [
                "revoke.certificate", "retry.revocation", "undo.revocation", "revoke.certificate", "take.revocation",
            ])
        #expect(records.map(\.actorKind) == ["person", "person", "person", "planner", "service"])
        #expect(records.allSatisfy { $0.objectID == "0A1" && $0.person == "person1@example.test" })
        #expect(records[0].reason == "stolen" && records[0].after?["reason"] == "keyCompromise")
        #expect(records[2].before == ["state": "asked"] && records[2].after == ["state": "undone"])
        #expect(records[4].after?["state"] == "done")
    }

    @Test func whatOthersHaveDoneIsOnRecord() async throws {
        let (first, second) = (try await temporary.certified(1, .active), try await temporary.certified(2, .active))
        let start = try await ledger.audit.lastNumber()
        func entry(_ number: Int) -> RevokedCertificate {
            RevokedCertificate(
                serialNumber: "0A\(number)", issuer: "CN=Issuing CA", reason: "keyCompromise", at: temporary.clock.now()
            )
        }
        try await ledger.noteHolds(begun: [entry(1)], ended: [], backendCA: "digicert")
        for _ in 0..<2 { try await ledger.noteRevocations([entry(1)], backendCA: "digicert") }
        for _ in 0..<2 {
            try await ledger.noteWithdrawn(certificateID: try #require(second.certificateID), "gone from Intune")
        }
        let records = try await ledger.audit.records(after: start, limit: 100)
        #expect(records.map(\.action) == ["notice.hold", "notice.revocation", "notice.deletion"])
        #expect(records.map(\.actor) == ["digicert", "digicert", "Intune"])
        #expect(records.map(\.actorKind) == ["ca", "ca", "intune"])
        #expect(records.map(\.person) == [first, first, second].map(\.userPrincipalName))
    }

    @Test func eachAttemptOnAKeyIsOnRecord() async throws {
        var attempt = KeyRecoveryAttempt(certificate: "0A1", actor: "eve", purpose: "ticket 4711")
        for outcome in KeyRecoveryAttempt.Outcome.allCases {
            attempt.outcome = outcome
            try await ledger.record(attempt)
        }
        let records = try await ledger.audit.records(after: 0, limit: 100)
        #expect(records.map(\.action) == ["recover.key", "export.key", "recover.key", "recover.key"])
        #expect(records.map(\.outcome) == ["done", "done", "refused", "failed"])
        #expect(records.allSatisfy { $0.objectKind == "key" && $0.reason == "ticket 4711" })
    }

    @Test func aChangeOfConfigurationTellsWhatIsDifferent() async throws {
        let template: JSONValue = ["group": "g", "renewal": ["before": "30d", "spread": "7d"]]
        let other: JSONValue = ["group": "g", "renewal": ["before": "60d", "spread": "7d"]]
        let ada = AuditActor(named: "ada")
        try await ledger.apply([.put(kind: "templates", name: "smime", body: template)], by: ada)
        try await ledger.apply([.put(kind: "templates", name: "smime", body: template)], by: ada)
        try await ledger.apply([.put(kind: "templates", name: "smime", body: other)], by: ada)
        try await ledger.apply([.delete(kind: "templates", name: "smime")], by: ada)
        let records = try await ledger.audit.records(after: 0, limit: 100)
        #expect(records.map(\.objectID) == Array(repeating: "templates/smime", count: 3))
        #expect(records[0].before == nil && records[0].after == template)
        #expect(
            records[1].before == ["renewal": ["before": "30d"]] && records[1].after == ["renewal": ["before": "60d"]])
        #expect(records[2].before == other && records[2].after == nil)
    }

    /// Without what tells how the order was made.
    func own() async throws -> [AuditRecord] {
        try await ledger.audit.records(after: 0, limit: 1000).filter { $0.action != "place.order" }
    }
}
