// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Ledger
import Testing

/// `certway order retry --held` and `--delayed`: after the mend of what held or failed many.
@Suite(.timeLimit(.minutes(5))) struct StandingOrderTests {
    @Test func allOfOneBackendCAAreReleasedAndNoOther() async throws {
        let office = try await Office()
        let (a, b) = (
            try await office.order("a", .pending, hold: "leads to no accepted root"),
            try await office.order("b", .submitted, hold: "leads to no accepted root")
        )
        let free = try await office.order("c", .pending)
        let foreign = try await office.order("d", .pending, backendCA: "other", template: "logon", hold: "no root")
        let selection = StandingOrders(.held, backendCA: "one")
        let dryRun = try await office.orders.release(selection, isDryRun: true)
        #expect(dryRun.released.map(\.order.id) == [a.id, b.id] && dryRun.refused.isEmpty)
        #expect(try await office.orders.list(OrderFilter(held: true)).items.count == 3)
        let result = try await office.orders.release(selection, isDryRun: false)
        #expect(result.released.map(\.order.id) == [a.id, b.id])
        #expect((dryRun.released + result.released).allSatisfy { $0.reason == "leads to no accepted root" })
        #expect(try await office.orders.list(OrderFilter(held: true)).items.map(\.id) == [foreign.id])
        let timeline = try await office.orders.timeline(a.reference)
        #expect(timeline.order.stage == .pending && timeline.order.caRequestID == "ca-a")
        #expect(timeline.events.last?.kind == "retried" && timeline.events.last?.data["by"] == "eve")
        #expect(try await office.orders.timeline(free.reference).events.last?.kind == "pending")
        let byTemplate = StandingOrders(.held, template: "logon")
        #expect(
            try await office.orders.release(byTemplate, isDryRun: false).released.map(\.order.id) == [foreign.id])
    }

    /// Releasing such an order would place it: nothing is bought by a command for many.
    @Test(arguments: [OrderStage.planned, .keyed]) func whatHasNotLeftStaysHeld(stage: OrderStage) async throws {
        let office = try await Office()
        let order = try await office.order("a", stage, hold: "why not")
        let result = try await office.orders.release(StandingOrders(.held, backendCA: "one"), isDryRun: false)
        #expect(result.released.isEmpty && result.refused.map(\.order.id) == [order.id])
        #expect(result.refused.first?.reason.contains("order retry \(order.reference)") == true)
        #expect(try await office.orders.order(order.reference).holdReason == "why not")
    }

    /// After the mend of a key nobody waits for the time of each order's next try.
    @Test func whatFailedIsTriedAtOnceAndNothingElse() async throws {
        let office = try await Office()
        func fail(_ person: String, _ stage: OrderStage, in delay: Double, template: String = "smime") async throws
            -> Order
        {
            let order = try await office.order(person, stage, template: template)
            let claims = try await office.ledger.claim(limit: 1000, owner: "node", leaseFor: .seconds(600))
            for claim in claims where claim.orderID == order.id {
                try await office.ledger.record(
                    claim, OrderChange("postponed", "403").failure("authentication", nextAction: Date() + delay))
            }
            for claim in claims { try await office.ledger.release(claim) }
            return order
        }
        let failed = [try await fail("a", .keyed, in: 3600), try await fail("b", .pending, in: 3600)]
        let other = try await fail("c", .keyed, in: 3600, template: "logon")
        // It waits at the CA, and is held, or is due: none is tried later.
        _ = try await office.order("d", .pending)
        _ = try await office.order("e", .pending, hold: "why not")
        _ = try await fail("f", .keyed, in: -1)
        let selection = StandingOrders(.delayed, backendCA: "one", template: "smime")
        let dryRun = try await office.orders.release(selection, isDryRun: true)
        #expect(
            dryRun.released.map(\.order.id) == failed.map(\.id) && dryRun.released.allSatisfy { $0.reason == "403" })
        #expect(try await office.orders.order(failed[0].reference).nextActionAt != nil)
        let result = try await office.orders.release(selection, isDryRun: false)
        #expect(result.released.map(\.order.id) == failed.map(\.id) && result.refused.isEmpty)
        #expect(result.json["released"]?[0]?["wasDelayedBecause"] == "403")
        for order in failed { #expect(try await office.orders.order(order.reference).nextActionAt == nil) }
        #expect(try await office.orders.order(other.reference).nextActionAt != nil)
        #expect(try await office.orders.release(selection, isDryRun: true).released.isEmpty)
    }

    /// After the end of what is held in doubt nobody looks for it: by the word of who has looked, and for one order at a time.
    @Test func whatIsInDoubtEndsByAWordOnly() async throws {
        let office = try await Office()
        let order = try await office.order("a", .submitted, hold: "nobody knows")
        let error = await #expect(throws: LedgerError.self) { try await office.orders.cancel(order.reference) }
        #expect("\(try #require(error))".hasSuffix("'certway order cancel \(order.reference) --absent'"))
        #expect(try await office.ledger.key(orderID: order.id)?.sealed != nil)
        #expect(try await office.orders.cancelAbsent(order.reference).stage == .cancelled)
        #expect(try await office.ledger.key(orderID: order.id)?.sealed != nil, "people err")
        let open = try await office.order("b", .pending)
        #expect(try await office.orders.cancel(open.reference).stage == .pending)
        #expect(try await office.orders.cancelAbsent(open.reference).stage == .cancelled)
    }
}
