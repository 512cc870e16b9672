// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Ledger
import Testing

/// `certway order retry --held`: after the mend of what held many.
@Suite(.timeLimit(.minutes(5))) struct HeldOrderTests {
    @Test func allOfOneBackendCAAreReleasedAndNoOther() async throws {
        let office = try await Office()
        let (a, b) = (
            try await office.order("a", .pending, hold: "leads to no accepted root"),
            try await office.order("b", .submitted, hold: "leads to no accepted root")
        )
        let free = try await office.order("c", .pending)
        let foreign = try await office.order("d", .pending, backendCA: "other", template: "logon", hold: "no root")
        let selection = HeldOrders(backendCA: "one")
        let dryRun = try await office.orders.releaseHeld(selection, isDryRun: true)
        #expect(dryRun.released.map(\.order.id) == [a.id, b.id] && dryRun.refused.isEmpty)
        #expect(try await office.orders.list(OrderFilter(held: true)).items.count == 3)
        let result = try await office.orders.releaseHeld(selection, isDryRun: false)
        #expect(result.released.map(\.order.id) == [a.id, b.id])
        #expect((dryRun.released + result.released).allSatisfy { $0.reason == "leads to no accepted root" })
        #expect(try await office.orders.list(OrderFilter(held: true)).items.map(\.id) == [foreign.id])
        let timeline = try await office.orders.timeline(a.reference)
        #expect(timeline.order.stage == .pending && timeline.order.caRequestID == "ca-a")
        #expect(timeline.events.last?.kind == "retried" && timeline.events.last?.data["by"] == "eve")
        #expect(try await office.orders.timeline(free.reference).events.last?.kind == "pending")
        let byTemplate = HeldOrders(template: "logon")
        #expect(
            try await office.orders.releaseHeld(byTemplate, isDryRun: false).released.map(\.order.id) == [foreign.id])
    }

    /// Releasing such an order would place it: nothing is bought by a command for many.
    @Test(arguments: [OrderStage.planned, .keyed]) func whatHasNotLeftStaysHeld(stage: OrderStage) async throws {
        let office = try await Office()
        let order = try await office.order("a", stage, hold: "why not")
        let result = try await office.orders.releaseHeld(HeldOrders(backendCA: "one"), isDryRun: false)
        #expect(result.released.isEmpty && result.refused.map(\.order.id) == [order.id])
        #expect(result.refused.first?.reason.contains("order retry \(order.reference)") == true)
        #expect(try await office.orders.order(order.reference).holdReason == "why not")
    }

    /// The end of what is held in doubt erases a key: by the word of who has looked, and for one order at a time.
    @Test func whatIsInDoubtEndsByAWordOnly() async throws {
        let office = try await Office()
        let order = try await office.order("a", .submitted, hold: "nobody knows")
        let error = await #expect(throws: LedgerError.self) { try await office.orders.cancel(order.reference) }
        #expect("\(try #require(error))".hasSuffix("'certway order cancel \(order.reference) --absent'"))
        #expect(try await office.ledger.key(orderID: order.id)?.sealed != nil)
        #expect(try await office.orders.cancelAbsent(order.reference).stage == .cancelled)
        #expect(try await office.ledger.key(orderID: order.id)?.sealed == nil)
        let open = try await office.order("b", .pending)
        #expect(try await office.orders.cancel(open.reference).stage == .pending)
        #expect(try await office.orders.cancelAbsent(open.reference).stage == .cancelled)
    }
}
