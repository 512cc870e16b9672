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

/// How many certificates one person gets by nobody's decision here.
@Suite(.timeLimit(.minutes(5))) struct PaceTests {
    private let gateway: TestGateway

    init() async throws { gateway = try await TestGateway() }

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

    private func rename(_ name: String, to other: String) async throws {
        var attributes = TestGateway.attributes(name)
        attributes["displayName"] = .string(other)
        try await gateway.put(name, attributes)
    }

    private func leave(_ name: String) async throws {
        try await gateway.put(name, TestGateway.attributes(name), isPresent: false)
    }

    private func advance(days: Double) { gateway.clock.advance(days * 86_400) }

    /// Two programs that write an attribute to and fro buy no certificate with each pass.
    @Test func anAttributeThatFlapsBuysNoMoreThanAFew() async throws {
        try await issue("ada")
        for turn in 1...10 {
            try await rename("ada", to: turn.isMultiple(of: 2) ? "Ada" : "Ada Lovelace")
            advance(days: 0.1)
            try await pass()
        }
        #expect(try await orders("ada").count == 4)
        let waiting = try await decision("ada")
        #expect(waiting.action == nil && PurchasePace.isRefusal(waiting.reason), "\(waiting.reason)")
        #expect(waiting.reason.contains("other names than certified"))
        #expect(try await plan().standstill.contains { $0.contains("1 person waits for another certificate") })
        // What a person decides is not kept, and one more follows by itself in its time.
        _ = try await gateway.planner.orderAgain(
            #require(try await orders("ada").last), template: TestGateway.template(), product: nil,
            by: "an administrator",
            because: "the directory is mended")
        try await gateway.work()
        #expect(try await orders("ada").count == 5)
        try await rename("ada", to: "Ada King")
        // The former ones go all the same.
        #expect(try await pass().toOrder == 0)
        advance(days: 31)
        #expect(try await pass().actions == [.replace: 1])
    }

    /// What a CA issues by its own clock is due at once for a gateway whose clock is far ahead.
    @Test func aClockThatIsAheadRenewsOnce() async throws {
        let members = ", validityDays: 365"
        try await issue("ada", members: members)
        let start = gateway.clock.now()
        advance(days: 355)
        for _ in 1...4 {
            // The CA's clock has stayed where it was.
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                return try ca.issue(request) { ($0.notBefore, $0.notAfter) = (start - 60, start + 365 * 86_400) }
            }
            try await pass(members)
        }
        #expect(try await orders("ada").count == 2)
        let waiting = try await decision("ada")
        #expect(
            PurchasePace.isRefusal(waiting.reason) && waiting.reason.contains("clock of this machine"),
            "\(waiting.reason)")
        #expect(try await plan(members).standstill.contains { $0.contains("1 person waits") })
    }

    /// The same of a membership that comes and goes.
    @Test func aMembershipThatFlapsBuysNoMoreThanAFew() async throws {
        let members = ", onDeparture: {after: 0s}, limits: {certificatesPerPerson: 2}"
        try await issue("ada", members: members)
        for _ in 1...4 {
            try await leave("ada")
            try await pass(members)
            if let order = try await orders("ada").last, order.stage == .active {
                try await gateway.noteRevoked(order.certificateID, "affiliationChanged")
            }
            try await gateway.put("ada", TestGateway.attributes("ada"))
            try await pass(members)
            advance(days: 0.1)
        }
        #expect(try await orders("ada").map(\.stage) == [.revoked, .revoked])
        let waiting = try await decision("ada")
        #expect(waiting.verdict == .waiting && PurchasePace.isRefusal(waiting.reason), "\(waiting.reason)")
        advance(days: 31)
        #expect(try await pass(members).actions == [.order: 1])
    }
}
