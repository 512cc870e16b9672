// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Settings
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// People without a certificate for whom nothing happens by itself: it is said, for as long as it lasts.
@Suite(.timeLimit(.minutes(5))) struct StandstillTests {
    private let gateway: TestGateway

    init() async throws { gateway = try await TestGateway() }

    @discardableResult
    private func plan(_ members: String = "") async throws -> PlanSummary {
        try await gateway.planner.plan(TestGateway.template(members), product: nil)
    }

    private func put(_ numbers: Range<Int>, isPresent: Bool = true) async throws {
        for number in numbers {
            try await gateway.put("user\(number)", TestGateway.attributes("user\(number)"), isPresent: isPresent)
        }
    }

    @Test func aGroupThatReadsEmptyIsSaidAsLongAsItIs() async throws {
        // From the first day on: a wrong group, or one whose members are hidden, reads like this.
        let empty = try await plan().standstill
        #expect(empty.count == 1 && empty.first?.contains("Member.Read.Hidden") == true, "\(empty)")
        try await put(0..<2)
        #expect(try await plan().standstill.isEmpty)
        try await put(0..<2, isPresent: false)
        for _ in 0..<2 {
            let said = try await plan().standstill
            #expect(
                said.count == 1 && said[0].hasPrefix("template smime: its group has no members, and had 2"), "\(said)")
        }
        #expect(try await gateway.planner.last(TestGateway.template()).standstill.count == 1)
        // A changed template has everybody looked at anew, and the group is empty all the same.
        #expect(try await plan(", validityDays: 90").standstill.count == 1)
        try await put(0..<1)
        #expect(try await plan().standstill.isEmpty)
    }

    /// What is wrong with the tenant is said once, whatever id each request had; another cause by itself.
    @Test func oneCauseIsSaidOnceForAllTemplates() {
        var report = EnrollmentPass.Report()
        for (template, reason) in [
            ("a", "authentication: 401, trace id 1f"), ("b", "authentication: 401, trace id 2f"), ("c", "404"),
        ] { report.failures.append(UnplannedTemplate(template, reason: reason)) }
        #expect(report.problems == ["templates a, b: authentication: 401, trace id 1f", "template c: 404"])
    }

    @Test(arguments: [(4, 10, false), (5, 12, false), (5, 10, true), (9, 12, true), (4, 5, false)])
    func aGroupThatLosesALargePartIsSaid(leaving: Int, of all: Int, isSaid: Bool) async throws {
        try await put(0..<all)
        try await plan()
        try await put(0..<leaving, isPresent: false)
        let said = try await plan().standstill
        #expect(said.contains { $0.contains("\(leaving) of \(all) people have left its group") } == isSaid, "\(said)")
        #expect(try await plan().standstill.isEmpty, "it was said")
        // Former members are no loss of today.
        #expect(try await plan(", validityDays: 90").standstill.isEmpty)
    }

    /// A certificate that is not renewed, here because a person has taken the renewal back: that it ends is said before, and for as long
    /// as it is over; not of people who have left.
    @Test func certificatesThatEndAreSaid() async throws {
        try await put(0..<3)
        try await plan()
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 10) == 3)
        try await gateway.work()
        #expect(try await plan().standstill.isEmpty)
        gateway.clock.advance(340 * 86_400)
        #expect(try await plan().actions == [.renew: 3])
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 10) == 3)
        for order in try await gateway.ledger.orders(OrderFilter(limit: 100)) where order.stage == .planned {
            try await gateway.ledger.requestCancel(order.id, by: "eve")
        }
        gateway.clock.advance(15 * 86_400)
        try await put(0..<1, isPresent: false)
        let soon = try await plan().standstill
        #expect(soon.count == 1 && soon[0].contains("the certificate of 2 people ends within 14 days"), "\(soon)")
        // Whoever has switched the template off may have forgotten it.
        let off = try await plan(", enabled: false").standstill
        #expect(off.count == 1 && off[0].contains("switched off, and the certificate of 2 people ends"), "\(off)")
        try await plan()
        gateway.clock.advance(15 * 86_400)
        for _ in 0..<2 {
            let said = try await plan().standstill
            #expect(said.count == 1 && said[0].contains("the certificate of 2 people is over, and nothing"), "\(said)")
            #expect(said.first?.contains("was cancelled") == true, "the cause is named: \(said)")
            #expect(try await plan(", enabled: false").standstill.isEmpty, "it is over")
            try await plan()
            // On record, too.
            try await gateway.ledger.noteExpiries()
        }
        #expect(try await gateway.ledger.orders(OrderFilter(stages: [.expired])).count == 3)
    }

    /// Renewed by itself before it ends, if only a day before: that is no alarm.
    @Test func aRenewalThatIsDueInTimeIsNoAlarm() async throws {
        let members = ", renewal: {before: 1d, spread: 0s}"
        try await put(0..<2)
        try await plan(members)
        _ = try await gateway.planner.order(TestGateway.template(members), limit: 10)
        try await gateway.work()
        try await plan(members)
        gateway.clock.advance(360 * 86_400)
        #expect(try await plan(members).standstill.isEmpty)
        gateway.clock.advance(4.5 * 86_400)
        #expect(try await plan(members).actions == [.renew: 2])
    }

    /// Who would get none today is not renewed: the cause is said, and when the certificate is over, that it is.
    @Test func theCauseOfAnEndIsSaid() async throws {
        try await put(0..<2)
        try await plan()
        _ = try await gateway.planner.order(TestGateway.template(), limit: 10)
        try await gateway.work()
        try await plan()
        var attributes = TestGateway.attributes("user0")
        attributes["displayName"] = "Tab\tName"
        try await gateway.put("user0", attributes)
        try await gateway.put("user1", TestGateway.attributes("user1", enabled: false))
        let members = ", onDeparture: {certificate: keep}"
        try await put(2..<3)
        gateway.clock.advance(355 * 86_400)
        let soon = try await plan(members).standstill
        #expect(
            soon.count == 1 && soon[0].contains("the certificate of 1 person ends within 14 days")
                && soon[0].contains("U+0009"),
            "\(soon)")
        gateway.clock.advance(20 * 86_400)
        try await gateway.ledger.noteExpiries()
        let said = try await plan(members).standstill
        #expect(said.count == 1 && said[0].contains("the certificate of 1 person is over"), "\(said)")
        #expect(said.first?.contains("U+0009") == true && said.first?.contains("--status ended") == true, "\(said)")
    }

    /// Nobody here has wanted it so, and nobody notices by himself: it is said until something follows.
    @Test func whatACAHasRevokedByItselfIsSaid() async throws {
        try await put(0..<3)
        try await plan()
        _ = try await gateway.planner.order(TestGateway.template(), limit: 10)
        try await gateway.work()
        try await plan()
        let orders = try await gateway.ledger.orders()
        for (number, order) in orders.enumerated() {
            let id: Int64 = try #require(order.certificateID)
            if number == 0 {
                // A person's wish, which somebody at the CA has done.
                try await gateway.ledger.ask(
                    .revoke(certificateID: id, reason: .superseded, cause: "lost", actor: "eve"))
            }
            try await gateway.noteRevoked(id, "keyCompromise")
        }
        for _ in 0..<2 {
            let summary = try await plan()
            #expect(summary.revokedByCA == 2 && summary.withoutCertificate == 1)
            #expect(
                summary.standstill.count == 1
                    && summary.standstill[0].contains("the CA has revoked the certificate of 2 people"),
                "\(summary.standstill)")
            #expect(try await gateway.planner.last(TestGateway.template()).standstill == summary.standstill)
        }
        let people = try await EnrollmentRegister(database: gateway.database, clock: gateway.clock).people(
            PersonFilter(status: .ended))
        #expect(people.count { $0.reason.hasPrefix(EndedOrderRule.revokedByCA) } == 2)
        for order in orders.dropFirst() {
            _ = try await gateway.planner.orderAgain(
                try await gateway.order(order.id), template: TestGateway.template(), product: nil, by: "eve")
        }
        #expect(try await plan().standstill.isEmpty)
    }

    /// A renewal that the CA refuses is said while the old certificate is valid still.
    @Test func aRefusedRenewalIsSaid() async throws {
        try await put(0..<2)
        try await plan()
        _ = try await gateway.planner.order(TestGateway.template(), limit: 10)
        try await gateway.work()
        gateway.clock.advance(340 * 86_400)
        try await plan()
        _ = try await gateway.planner.order(TestGateway.template(), limit: 10)
        for order in try await gateway.ledger.orders(OrderFilter(stages: [.planned])) {
            try await gateway.end(order.id, "rejected", "no such domain", .rejected)
        }
        for days in [0.0, 15] {
            gateway.clock.advance(days * 86_400)
            let said = try await plan().standstill
            if days > 0 {
                #expect(said.isEmpty, "it is tried again: \(said)")
                continue
            }
            #expect(
                said.count == 1 && said[0].contains("of 2 people is not renewed or replaced")
                    && said[0].contains("no such domain"), "\(said)")
        }
    }

    @Test func aTemplateByWhichNobodyCanGetOneIsSaid() async throws {
        try await put(0..<3)
        let said = try await plan(", addressDomains: [example.org]").standstill
        #expect(said.count == 1 && said[0].contains("3 people are in its group and none of them gets a certificate"))
        #expect(
            said.first?.contains("each has no mail address in a domain of addressDomains; see 'certway plan'") == true,
            "\(said)")
        #expect(try await plan(", addressDomains: [example.org, example.test]").standstill.isEmpty)
    }

    /// Who is left out by a template that others get certificates by is counted, and no matter of every day.
    @Test func whoIsLeftOutIsCounted() async throws {
        try await put(0..<2)
        try await gateway.put("off", TestGateway.attributes("off", enabled: false))
        let summary = try await plan()
        #expect(summary.standstill.isEmpty && summary.withoutCertificate == 1 && summary.members == 3)
    }

    @Test(arguments: [("rejected", OrderStage.rejected), ("failed", .failed)])
    func whomTheCARefusesIsSaidUntilItChanges(kind: String, stage: OrderStage) async throws {
        try await put(0..<2)
        try await plan()
        _ = try await gateway.planner.order(TestGateway.template(), limit: 2)
        for order in try await gateway.ledger.orders() {
            try await gateway.end(order.id, kind, "no such product", stage)
        }
        for _ in 0..<2 {
            let summary = try await plan()
            #expect(summary.refused == 2 && summary.withoutCertificate == 0)
            #expect(summary.standstill.count == 1 && summary.standstill[0].contains("2 people have no certificate"))
            #expect(summary.standstill[0].contains("no such product"))
        }
        // Tried again until nothing is tried any more, and still said.
        for _ in 0..<6 {
            gateway.clock.advance(86_400 * 40)
            try await plan()
            _ = try await gateway.planner.order(TestGateway.template(), limit: 2)
            for order in try await gateway.ledger.orders(OrderFilter(stages: [.planned])) {
                try await gateway.end(order.id, kind, "no such product", stage)
            }
        }
        let summary = try await plan()
        #expect(summary.counts == [.ended: 2] && summary.refused == 2)
        #expect(summary.standstill.count == 1)
    }

    /// Whoever cancels knows that there is no certificate.
    @Test func whomAPersonCancelledIsCounted() async throws {
        try await put(0..<1)
        try await plan()
        _ = try await gateway.planner.order(TestGateway.template(), limit: 1)
        for order in try await gateway.ledger.orders() { try await gateway.ledger.requestCancel(order.id, by: "eve") }
        let summary = try await plan()
        #expect(summary.counts == [.ended: 1] && summary.refused == 0 && summary.standstill.isEmpty)
        #expect(summary.withoutCertificate == 1)
    }
}
