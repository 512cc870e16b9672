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

/// Everything that matches is replaced by a deadline: ordered, delivered, and only then revoked.
@Suite(.timeLimit(.minutes(5))) struct IncidentTests {
    let gateway: TestGateway

    init() async throws { gateway = try await TestGateway(abilities: [.poll, .findByReference, .cancel, .revoke]) }

    var store: IncidentStore { gateway.planner.incidents }
    var now: Date { gateway.clock.now() }

    /// What the loops do: turns, verdicts, ends and orders within the incidents' bounds; no others.
    @discardableResult
    func pass(work: Bool = true, ordinary: Bool = false, members: String = "") async throws -> PlanSummary {
        let template = try TestGateway.template(members)
        let open = try await gateway.planner.incidentDesk.advance()
        let targets = Dictionary(
            open.filter(\.hasTarget).map {
                ($0.id, IncidentTarget(template: template.aimed(at: $0), product: nil, rules: nil))
            }, uniquingKeysWith: { first, _ in first })
        let summary = try await gateway.planner.plan(template, product: nil, targets: targets)
        if ordinary { _ = try await gateway.planner.order(template, limit: 1000) }
        let finishing = open.filter { $0.state != .paused }
        let running = open.filter { $0.state == .running }
        if !finishing.isEmpty { _ = try await gateway.planner.end(template, for: finishing) }
        if !running.isEmpty { _ = try await gateway.planner.order(template, limit: 1000, for: running) }
        if work { try await gateway.work() }
        return summary
    }

    func issue(_ names: [String]) async throws {
        for name in names { try await gateway.put(name, TestGateway.attributes(name)) }
        try await pass(ordinary: true)
        for name in names { #expect(try await orders(name).map(\.stage) == [.active]) }
    }

    /// Oldest first.
    func orders(_ name: String) async throws -> [Order] {
        try await gateway.ledger.orders(OrderFilter(limit: 1000)).filter { $0.subscriberID == name }.reversed()
    }

    func incident(
        _ change: (inout Incident) -> Void = { _ in }, hours: Double = 120, name: String = "leak"
    ) async throws -> Incident {
        var incident = Incident(
            name: name, reason: .keyCompromise, cause: "weak keys", actor: "eve", startedAt: now,
            deadline: now + hours * 3600, accepted: 100)
        change(&incident)
        var items: [IncidentItem] = []
        for record in try await gateway.ledger.certificates(CertificateFilter(statuses: [.active], limit: 1000))
            .reversed()
        {
            items.append(
                IncidentItem(
                    place: items.count + 1, certificateID: record.id, orderID: record.orderID,
                    template: record.template, subscriberID: record.subscriberID,
                    userPrincipalName: record.userPrincipalName, serialNumber: record.serialNumber, proof: .notNeeded,
                    changedAt: now))
        }
        return try await store.start(incident, items)
    }

    func states(_ name: String = "leak") async throws -> [String: Int] {
        let items = try await gateway.planner.incidentDesk.look(at: try await store.incident(named: name))
        return Dictionary(grouping: items, by: \.state.rawValue).mapValues(\.count)
    }

    /// What is asked to be done to the first certificate of somebody.
    private func asked(_ name: String) async throws -> [CertificateAction] {
        guard let id = try await orders(name).first?.certificateID else { return [] }
        return try await gateway.ledger.standingActions(certificateIDs: [id])[id] ?? []
    }

    private func revokeAtCA(_ id: Int64) async throws {
        try await gateway.noteRevoked(id, "keyCompromise")
    }

    @Test func orderedDeliveredAndOnlyThenRevoked() async throws {
        try await issue(["ada", "bob"])
        _ = try await incident()
        let planned = try await pass(work: false)
        #expect(planned.incidentActions == [.replace: 2])
        #expect(planned.toOrder == 0 && planned.toEnd == 0, "no other limit is touched")
        #expect(try await asked("ada").isEmpty, "nothing is revoked before the new one is there")
        #expect(try await states() == ["ordered": 2])
        try await gateway.work()
        #expect(try await orders("ada").map(\.stage) == [.superseded, .active])
        #expect(try await states() == ["delivered": 2])
        try await pass()
        #expect(try await asked("ada").map(\.reason) == [.keyCompromise])
        #expect(try await asked("ada").first?.cause == "incident leak: weak keys")
        #expect(try await states() == ["revoked": 2])
        for _ in 0..<3 { try await pass() }
        for name in ["ada", "bob"] { #expect(try await orders(name).count == 2, "nothing is bought twice") }
    }

    /// It ends when the CA has taken every revocation, and says so in its record.
    @Test func endsWhenAllIsRevoked() async throws {
        try await issue(["ada"])
        _ = try await incident()
        for _ in 0..<3 { try await pass() }
        let done = try await store.incident(named: "leak")
        #expect(done.state == .done && done.endedAt != nil)
        #expect(try await states() == ["revoked": 1])
        #expect(try await store.events(of: done).map(\.kind) == ["started", "done"])
        #expect(try await store.open().isEmpty)
        // Its certificates are free for another one.
        _ = try await incident(name: "second")
    }

    @Test func aCertificateIsInOneIncidentAtATime() async throws {
        try await issue(["ada"])
        _ = try await incident()
        await #expect(throws: LedgerError.self) { _ = try await incident(name: "second") }
        await #expect(throws: LedgerError.self) { _ = try await incident() }
    }

    /// The canary first, then a person's word, then waves of two.
    @Test func canaryThenWaves() async throws {
        try await issue(["ada", "bob", "cyd", "dan", "eli"])
        _ = try await incident { ($0.canary, $0.wave) = (1, 2) }
        try await pass()
        #expect(try await states() == ["delivered": 1, "waiting": 4])
        try await pass()
        #expect(try await store.incident(named: "leak").state == .paused, "it waits for a look at the canary")
        for _ in 0..<2 { try await pass() }
        #expect(try await states()["waiting"] == 4)
        let date = now
        _ = try await store.change("leak", by: "eve", at: date) { $0.resume(by: "eve", at: date) }
        try await pass()
        #expect(try await states()["waiting"] == 2)
        try await pass()
        #expect(try await states()["waiting"] == nil)
    }

    @Test func theCanaryGoesOnByItselfWhereThatIsSaid() async throws {
        try await issue(["ada", "bob"])
        _ = try await incident { ($0.canary, $0.isCanaryAutomatic) = (1, true) }
        for _ in 0..<3 { try await pass() }
        #expect(try await states()["waiting"] == nil)
        let kinds = try await store.events(of: try await store.incident(named: "leak")).map(\.kind)
        #expect(kinds == ["started", "canaryPassed"])
    }

    /// Whose certificate went without a successor has proven nothing: a person decides whether the others follow.
    @Test func aCanaryWithoutSuccessorIsNotDelivered() async throws {
        try await issue(["ada", "bob"])
        _ = try await incident { ($0.canary, $0.isCanaryAutomatic) = (1, true) }
        let desk = gateway.planner.incidentDesk
        _ = try await desk.advance()
        let first = try #require(
            try await desk.look(at: try await store.incident(named: "leak")).first { $0.releasedAt != nil })
        try await revokeAtCA(first.certificateID)
        _ = try await desk.advance()
        let incident = try await store.incident(named: "leak")
        #expect(incident.state == .paused && incident.pause?.contains("1 of them got no successor") == true)
        #expect(try await states()["waiting"] == 1)
    }

    /// The first at once, and then as many as the time that has passed allows.
    @Test func thePaceIsKept() async throws {
        let names = (0..<10).map { "user\($0)" }
        try await issue(names)
        _ = try await incident { $0.pace = 2 }
        try await pass()
        #expect(try await states()["waiting"] == 9)
        try await pass()
        #expect(try await states()["waiting"] == 9)
        gateway.clock.advance(3600)
        try await pass()
        #expect(try await states()["waiting"] == 7)
        // The gateway stood still for ten hours: their turns are not caught up with.
        gateway.clock.advance(36_000)
        try await pass()
        #expect(try await states()["waiting"] == 5)
        try await pass()
        #expect(try await states()["waiting"] == 5)
        gateway.clock.advance(1800)
        try await pass()
        #expect(try await states()["waiting"] == 5, "two within the last hour")
        gateway.clock.advance(1800)
        try await pass()
        #expect(try await states()["waiting"] == 3)
    }

    @Test func pausedNothingBeginsAndNothingIsRevoked() async throws {
        try await issue(["ada", "bob"])
        _ = try await incident()
        try await pass()
        let date = now
        _ = try await store.change("leak", by: "eve", at: date) { $0.pause(by: "eve") }
        for _ in 0..<2 { try await pass() }
        #expect(try await asked("ada").isEmpty)
        #expect(try await states() == ["delivered": 2])
        _ = try await store.change("leak", by: "eve", at: date) { $0.resume(by: "eve", at: date) }
        try await pass()
        #expect(try await states() == ["revoked": 2])
    }

    /// Also where the template has what was replaced revoked, which is bounded by `limits.endingsPerRun`.
    @Test func itsRevocationsAreNoneOfTheTemplates() async throws {
        let members = ", renewal: {superseded: revoke}"
        try await issue(["ada", "bob"])
        _ = try await incident()
        try await pass(members: members)
        let date = now
        _ = try await store.change("leak", by: "eve", at: date) { $0.pause(by: "eve") }
        #expect(try await pass(members: members).toEnd == 0, "paused, nobody revokes")
        _ = try await store.change("leak", by: "eve", at: date) { $0.resume(by: "eve", at: date) }
        let summary = try await pass(members: members)
        #expect(summary.toEnd == 0 && summary.incidentActions == [.revokeOlder: 2])
        #expect(try await asked("ada").map(\.reason) == [.keyCompromise])
    }

    /// What was planned is not ordered any more once somebody has said stop.
    @Test func pausedBetweenPlanAndOrder() async throws {
        try await issue(["ada"])
        _ = try await incident()
        _ = try await gateway.planner.incidentDesk.advance()
        #expect(try await gateway.planner.plan(TestGateway.template(), product: nil).incidentActions == [.replace: 1])
        let date = now
        _ = try await store.change("leak", by: "eve", at: date) { $0.pause(by: "eve") }
        try await pass()
        #expect(try await orders("ada").count == 1)
        #expect(try await pass().incidentActions.isEmpty, "people who have begun are looked at again")
    }

    /// What has begun is finished, and what has not is as it was.
    @Test func cancelledNothingIsLeftHalfDone() async throws {
        try await issue(["ada", "bob"])
        _ = try await incident { $0.wave = 1 }
        try await pass(work: false)
        let date = now
        _ = try await store.change("leak", by: "eve", at: date) { $0.cancel(by: "eve") }
        try await gateway.work()
        for _ in 0..<2 { try await pass() }
        #expect(try await states() == ["revoked": 1, "waiting": 1])
        let begun = try await orders("ada").count == 2 ? "ada" : "bob"
        let ended = try await store.incident(named: "leak")
        #expect(ended.state == .cancelled && ended.endedAt != nil)
        let other = begun == "ada" ? "bob" : "ada"
        #expect(try await orders(other).map(\.stage) == [.active])
    }

    /// One that was cancelled, and is still finishing, stands in the way of nobody whose turn never came.
    @Test func whoseTurnNeverCameMayBeMeantByAnother() async throws {
        try await issue(["ada", "bob"])
        _ = try await incident { $0.wave = 1 }
        try await pass(work: false)
        _ = try await store.change("leak", by: "eve", at: now) { $0.cancel(by: "eve") }
        #expect(try await store.incident(named: "leak").endedAt == nil)
        let begun = try await orders("ada").count == 2 ? "ada" : "bob"
        let other = try #require(
            try await gateway.ledger.certificates(CertificateFilter(statuses: [.active], limit: 10))
                .first { $0.subscriberID != begun })
        _ = try await store.start(
            Incident(
                name: "second", reason: .superseded, cause: "again", actor: "eve", startedAt: now,
                deadline: now + 3600, accepted: 1),
            [
                IncidentItem(
                    place: 1, certificateID: other.id, orderID: other.orderID, template: other.template,
                    subscriberID: other.subscriberID, userPrincipalName: other.userPrincipalName,
                    serialNumber: other.serialNumber, proof: .notNeeded, changedAt: now)
            ])
        for _ in 0..<3 { try await pass() }
        #expect(try await states("second") == ["revoked": 1])
        let stages = try await orders(other.subscriberID).map(\.stage)
        #expect(stages.count == 2 && stages.last == .active, "\(stages)")
    }

    /// Somebody who has left is named with the reason, takes nobody's turn and keeps the certificate.
    @Test func whoHasLeftIsLeftOut() async throws {
        try await issue(["ada", "bob"])
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false)
        _ = try await incident { $0.wave = 1 }
        for _ in 0..<3 { try await pass() }
        #expect(try await states() == ["leftOut": 1, "revoked": 1])
        let look = try await gateway.planner.incidentDesk.look(at: try await store.incident(named: "leak"))
        #expect(look.first { $0.state == .leftOut }?.reason?.contains("left the group") == true)
        #expect(try await orders("ada").count == 1)
    }

    @Test func atTheDeadlineEverythingIsRevokedOnlyWhereThatIsSaid() async throws {
        try await issue(["ada"])
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false)
        _ = try await incident(hours: 24)
        try await pass()
        gateway.clock.advance(25 * 3600)
        try await pass()
        #expect(try await asked("ada").isEmpty)
        let progress = IncidentProgress(
            try await store.incident(named: "leak"),
            try await gateway.planner.incidentDesk.look(at: try await store.incident(named: "leak")), now: now)
        #expect(progress.problems.first?.contains("ada@example.test") == true, "\(progress.problems)")
        let date = now
        _ = try await store.change("leak", by: "eve", at: date) { incident in
            incident.revokesAtDeadline = true
            return ("changed", "revokes")
        }
        try await pass()
        #expect(try await asked("ada").map(\.reason) == [.keyCompromise])
    }

    /// A refusal is tried again within hours, and by another product at once.
    @Test func aRefusedReplacementIsNamedAndTriedAgain() async throws {
        try await issue(["ada"])
        _ = try await incident { $0.product = "old" }
        try await pass(work: false)
        try await gateway.end(try #require(try await orders("ada").last).id, "rejected", "no such product", .rejected)
        try await pass(work: false)
        #expect(try await states() == ["failed": 1])
        #expect(try await orders("ada").first?.stage == .active)
        gateway.clock.advance(3700)
        try await pass(work: false)
        #expect(try await orders("ada").count == 3, "after an hour")
        try await gateway.end(try #require(try await orders("ada").last).id, "rejected", "no such product", .rejected)
        let date = now
        _ = try await store.change("leak", by: "eve", at: date) { incident in
            incident.product = "new"
            return ("changed", "product new")
        }
        try await pass()
        #expect(try await orders("ada").last?.product == "new")
        #expect(try await states() == ["delivered": 1])
    }

    /// Revoked at the CA before its turn: the person gets another one at once, whatever else waits.
    @Test func revokedByTheCABeforeItsTurn() async throws {
        try await issue(["ada", "bob"])
        _ = try await incident { $0.wave = 1 }
        try await pass(work: false)
        let waiting = try await orders("ada").count == 1 ? "ada" : "bob"
        try await revokeAtCA(try #require(try await orders(waiting).first?.certificateID))
        try await pass()
        #expect(try await orders(waiting).map(\.stage) == [.revoked, .active])
    }

    /// What has taken its place was revoked from here before the old one was: the old one still goes, so another one comes.
    @Test func aSuccessorRevokedByHandIsOrderedAgain() async throws {
        try await issue(["ada"])
        _ = try await incident { $0.wave = 1 }
        try await pass()
        #expect(try await states() == ["delivered": 1])
        _ = try await store.change("leak", by: "eve", at: now) { $0.pause(by: "eve") }
        let successor = try #require(try await orders("ada").last?.certificateID)
        _ = try await gateway.ledger.ask(
            .revoke(certificateID: successor, reason: .superseded, cause: "wrong profile", actor: "eve"))
        try await pass()
        let date = now
        _ = try await store.change("leak", by: "eve", at: date) { $0.resume(by: "eve", at: date) }
        for _ in 0..<2 { try await pass() }
        #expect(try await orders("ada").map(\.stage) == [.superseded, .revoked, .active])
        for _ in 0..<3 { try await pass() }
        #expect(try await orders("ada").count == 3)
        #expect(try await states() == ["revoked": 1])
    }

    /// A CA that revokes what it has just issued would be bought from for ever: a person is told.
    @Test func aSuccessorRevokedByItsCAIsSaid() async throws {
        try await issue(["ada"])
        _ = try await incident { $0.wave = 1 }
        try await pass()
        _ = try await store.change("leak", by: "eve", at: now) { $0.pause(by: "eve") }
        try await revokeAtCA(try #require(try await orders("ada").last?.certificateID))
        for _ in 0..<2 { try await pass() }
        #expect(try await orders("ada").map(\.stage) == [.superseded, .revoked])
        #expect(try await states() == ["failed": 1])
        let items = try await gateway.planner.incidentDesk.look(at: try await store.incident(named: "leak"))
        #expect(items[0].reason?.contains("revoked by the CA") == true)
    }

    @Test func whatHasEndedWithoutASuccessorIsNotReplaced() async throws {
        try await issue(["ada", "bob"])
        let incident = try await incident { $0.wave = 1 }
        try await pass()
        let items = try await gateway.planner.incidentDesk.look(at: incident)
        let waiting = try #require(items.first { $0.state == .waiting })
        try await gateway.put(
            waiting.subscriberID, TestGateway.attributes(waiting.subscriberID, enabled: false))
        try await revokeAtCA(waiting.certificateID)
        try await pass()
        let progress = IncidentProgress(
            incident, try await gateway.planner.incidentDesk.look(at: incident), now: now)
        #expect((progress.replaced, progress.withoutSuccessor) == (1, 1))
        #expect(progress.open.isEmpty, "nothing is to be done for it")
        #expect(progress.course(moments: 200).map(\.left) == [2, 1])
    }

    /// From the speed so far, and not from what stands still.
    @Test func theForecastFollowsTheSpeed() throws {
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        let deliveries = (0..<10).map { start + Double($0) * 60 }
        let forecast = try #require(IncidentForecast(deliveries: deliveries, rest: 90, now: start + 540))
        #expect(abs(forecast.end.timeIntervalSince(start) - 99 * 60) < 60)
        #expect(abs(forecast.perHour - 60) < 0.1)
        #expect(IncidentForecast(deliveries: [start], rest: 90, now: start) == nil)
        // Two passes half an hour apart that serve fifty each: a hundred an hour, and not two hundred.
        let bursts = (0..<100).map { start + ($0 < 50 ? 0 : 1800) + Double($0 % 50) * 0.1 }
        let paced = try #require(IncidentForecast(deliveries: bursts, rest: 900, tail: 1800, now: start + 1810))
        #expect(abs(paced.perHour - 100) < 1)
        // Twenty passes in all, and one more for the revocations; the line goes through the middle of each burst.
        #expect(abs(paced.end.timeIntervalSince(start) - (19 * 1800 + 1800)) < 1000)
        // Two moments tell little.
        #expect(paced.range.map { $0.upperBound.timeIntervalSince(paced.end) > 5 * 3600 } == true)
        #expect(forecast.range.map { $0.upperBound.timeIntervalSince(forecast.end) < 1900 } == true)
        let slowest = IncidentForecast(120, [("a", 60), ("b", 600)], lag: 60, from: start)
        #expect(slowest?.end == start + 7260 && slowest?.boundBy == "a")
        // The slower one of speed and bounds counts, and what follows the last delivery.
        let later = IncidentForecast.later(forecast, slowest, tail: 40)
        #expect(later?.end == start + 7300 && later?.boundBy == "a" && later?.range?.contains(start + 7300) == true)
        #expect(IncidentForecast.later(nil, slowest, tail: 40)?.range == nil)
        #expect(IncidentForecast.later(forecast, nil, tail: 0) == forecast)
    }

    /// What a person took, or the CA between two polls, is no speed of the CA: the first counts for nothing, the second for the last one.
    @Test(arguments: ["subscriber", "certificateAuthority"])
    func whatIsWaitedForIsNoSpeed(_ name: String) async throws {
        let party = try #require(PendingOrder.Party(rawValue: name))
        try await gateway.put("ada", TestGateway.attributes("ada"))
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(
                PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: party, retryAfter: .seconds(3600)))
        }
        try await pass(ordinary: true)
        gateway.clock.advance(3600)
        try await pass()
        #expect(try await orders("ada").map(\.stage) == [.active])
        let usual = try await UsualDuration(of: "main", gateway.planner.database)
        #expect(usual?.isInOneCall == (party == .subscriber ? nil : false))
        #expect((usual?.seconds ?? 3600) >= 3600)
        // Who gets it at once shows how long a call takes.
        try await issue(["bob", "eve", "joe"])
        let atOnce = try #require(try await UsualDuration(of: "main", gateway.planner.database))
        #expect(atOnce.isInOneCall && atOnce.seconds < 60)
    }
}
