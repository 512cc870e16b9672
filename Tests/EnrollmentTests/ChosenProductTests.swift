// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Settings
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// A product that was chosen for one person is one of the CA that it was chosen at.
@Suite(.timeLimit(.minutes(5))) struct ChosenProductTests {
    private let gateway: TestGateway

    init() async throws { gateway = try await TestGateway(abilities: [.poll, .findByReference, .cancel, .revoke]) }

    private var template: TemplateConfiguration {
        get throws {
            try TestGateway.template(", failover: {backendCA: second, product: s}")
        }
    }

    private func enroll(_ name: String, _ template: TemplateConfiguration, _ choice: OrderChoice) async throws -> Order
    {
        try await gateway.put(name, TestGateway.attributes(name))
        let proposals = try await gateway.planner.propose(
            [(name, name)], template, choice, outside: false, until: nil, by: "eve", because: "asked")
        return try #require(try await gateway.planner.enroll(proposals).first)
    }

    private var eligibility: Eligibility {
        let template = try? template
        return Eligibility(
            mirror: gateway.mirror, template: { _ in template }, product: { _ in nil },
            incidents: gateway.planner.incidents, exceptions: gateway.planner.exceptions)
    }

    @Test func itIsAskedForWhereItWasChosen() async throws {
        let order = try await enroll("ada", template, OrderChoice(product: "sponsor"))
        #expect(order.backendCA == "main" && order.product == "sponsor")
        let exception = try #require(try await gateway.planner.exceptions.inForce("smime", ["ada"])["ada"])
        #expect(exception.choice.backendCA == "main")
        let there = try template.adjusted(by: exception.choice)
        #expect(there.backendCA == "main" && there.product == "sponsor")
        var elsewhere = try template
        (elsewhere.backendCA, elsewhere.product) = ("other", "o")
        #expect(elsewhere.adjusted(by: exception.choice).product == "o", "an id of main means nothing at other")
    }

    /// An incident and whoever looks again before an order leaves ask one question, and so does the plan.
    @Test func anIncidentReplacesItByTheSame() async throws {
        let template = try template
        _ = try await enroll("ada", template, OrderChoice(product: "sponsor"))
        try await gateway.work()
        let record = try #require(try await gateway.ledger.certificates(CertificateFilter(limit: 10)).first)
        let now = gateway.clock.now()
        let incident = try await gateway.planner.incidents.start(
            Incident(
                name: "leak", reason: .keyCompromise, cause: "weak keys", actor: "eve", startedAt: now,
                deadline: now + 86_400, accepted: 100),
            [
                IncidentItem(
                    place: 1, certificateID: record.id, orderID: record.orderID, template: "smime", subscriberID: "ada",
                    userPrincipalName: record.userPrincipalName, serialNumber: record.serialNumber, proof: .notNeeded,
                    changedAt: now)
            ])
        let open = try await gateway.planner.incidentDesk.advance()
        #expect(open.map(\.id) == [incident.id])
        let plan = try await gateway.planner.plan(template, product: nil)
        #expect(plan.incidentActions == [.replace: 1])
        #expect(try await gateway.planner.order(template, limit: 10, for: open) == 1)
        let order = try #require(
            try await gateway.ledger.orders(OrderFilter(limit: 10)).first { $0.stage == .planned })
        #expect(order.product == "sponsor")
        #expect(try await eligibility.verdict(on: order) == .fits)
        try await gateway.work()
        #expect(try await gateway.ledger.orders(OrderFilter(limit: 10)).map(\.stage) == [.active, .superseded])
    }

    /// Whoever decides differently in two places is seen, and does not plan and withdraw for ever.
    @Test func whatIsPlannedAndWithdrawnAgainAndAgainIsSaid() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"))
        let template = try template
        var made = 0
        for _ in 1...10 {
            _ = try await gateway.planner.plan(template, product: nil)
            made += try await gateway.planner.order(template, limit: 10)
            for order in try await gateway.ledger.orders(OrderFilter(limit: 100)) where order.stage.isOpen {
                try await gateway.end(order.id, OrderEnding.withdrawnEvent, "it has another product", .cancelled)
            }
        }
        #expect(made == 3)
        let plan = try await gateway.planner.plan(template, product: nil)
        #expect(plan.standstill.contains { $0.contains("planned and withdrawn 3 times") }, "\(plan.standstill)")
        gateway.clock.advance(3601)
        #expect(try await gateway.planner.plan(template, product: nil).toOrder == 1)
    }
}
