// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import TestSupport
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// A person's consent to a plan over the limit reaches whoever plans next, once.
@Suite(.timeLimit(.minutes(5))) struct OrderConsentTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let database: any SQLDatabase

    init() async throws { database = OrderLedger(database: try await TestDatabase(OrderLedger.migrations)).database }

    private func take(_ wanted: Int, after seconds: TimeInterval = 0) async throws -> OrderConsent? {
        try await OrderConsent.take(forPlanOf: wanted, on: database, at: Self.now + seconds)
    }

    @Test func itIsUsedUpOnce() async throws {
        #expect(try await take(1) == nil)
        let consent = OrderConsent(actor: "eve", grantedAt: Self.now, orders: 600)
        try await consent.grant(on: database)
        #expect(try await OrderConsent.pending(on: database) == consent)
        #expect(try await take(600) == consent)
        #expect(try await take(600) == nil)
        #expect(try await OrderConsent.pending(on: database) == nil)
    }

    @Test func ofManyNodesOneTakesIt() async throws {
        try await OrderConsent(actor: "eve", grantedAt: Self.now, orders: 5).grant(on: database)
        let database = database
        let taken = try await withThrowingTaskGroup(of: OrderConsent?.self) { group in
            for _ in 0..<8 {
                group.addTask { try await OrderConsent.take(forPlanOf: 5, on: database, at: Self.now) }
            }
            return try await group.reduce(0) { $0 + ($1 == nil ? 0 : 1) }
        }
        #expect(taken == 1)
    }

    @Test func moreThanWasAgreedToIsNotPlaced() async throws {
        try await OrderConsent(actor: "eve", grantedAt: Self.now, orders: 600).grant(on: database)
        #expect(try await take(601) == nil)
        #expect(try await take(600)?.orders == 600)
    }

    /// One of a version that counted, and could not say whose orders it had meant.
    @Test func aConsentToNumbersOfTemplatesIsNone() async throws {
        try await OrderLedger(database: database).setState(
            "orderConsent",
            ["by": "eve", "at": .number(Self.now.timeIntervalSince1970), "orders": 5, "templates": ["a": 5]])
        #expect(try await take(5) == nil)
    }

    @Test func aForgottenOneEnds() async throws {
        try await OrderConsent(actor: "eve", grantedAt: Self.now, orders: 600).grant(on: database)
        #expect(try await take(1, after: 86_400) == nil)
        #expect(try await OrderConsent.pending(on: database) == nil)
    }

    /// A pass found these people entitled again: what comes over them later nobody has looked at.
    @Test func anEndThatIsNotPlannedAnyMoreIsNotConsentedTo() async throws {
        func marks() async throws -> Set<String>? {
            let consent = try await OrderConsent.pending(on: database)
            return consent?.planned?.marks
        }
        try await OrderConsent(actor: "eve", grantedAt: Self.now, to: PlannedOrders(marks: ["-a", "-b", "c"])).grant(
            on: database)
        try await OrderConsent.forgetEndings(on: database) { PlannedOrders(marks: ["-a", "-b"]) }
        #expect(try await marks() == ["-a", "-b", "c"], "an order is no end")
        try await OrderConsent.forgetEndings(on: database) { PlannedOrders(marks: ["-b", "-x"]) }
        #expect(try await marks() == ["-b", "c"])
        try await OrderConsent.forgetEndings(on: database) { PlannedOrders() }
        #expect(try await marks() == ["c"])
        try await OrderConsent(actor: "eve", grantedAt: Self.now, to: PlannedOrders(marks: ["-a"])).grant(on: database)
        try await OrderConsent.forgetEndings(on: database) { PlannedOrders() }
        #expect(try await OrderConsent.pending(on: database) == nil)
    }

    @Test func aNewOneTakesThePlaceOfTheOld() async throws {
        try await OrderConsent(actor: "eve", grantedAt: Self.now, orders: 600).grant(on: database)
        try await OrderConsent(actor: "bob", grantedAt: Self.now, orders: 5).grant(on: database)
        #expect(try await take(6) == nil)
        #expect(try await take(5)?.actor == "bob")
    }
}
