// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import StoreSQLite
import TestSupport
import Testing

@testable import Enrollment

/// A person's consent to a plan over the limit reaches whoever plans next, once.
@Suite(.timeLimit(.minutes(5))) struct OrderConsentTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let folder: TemporaryFolder
    private let database: SQLiteDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.path("a.db"))
        try await Migrator(OrderLedger.migrations).migrate(database)
    }

    private func plans(_ numbers: [String: Int]) -> [PlanSummary] {
        numbers.sorted { $0.key < $1.key }.map {
            PlanSummary(template: $0.key, counts: [.order: $0.value], evaluated: 0, skippedByReason: [:], warnings: [])
        }
    }

    private func take(_ numbers: [String: Int], after seconds: TimeInterval = 0) async throws -> OrderConsent? {
        try await OrderConsent.take(for: plans(numbers), on: database, at: Self.now + seconds)
    }

    @Test func itIsUsedUpOnce() async throws {
        #expect(try await take(["a": 1]) == nil)
        let consent = OrderConsent(actor: "eve", grantedAt: Self.now, orders: 600)
        try await consent.grant(on: database)
        #expect(try await OrderConsent.pending(on: database) == consent)
        #expect(try await take(["a": 400, "b": 200]) == consent)
        #expect(try await take(["a": 400, "b": 200]) == nil)
        #expect(try await OrderConsent.pending(on: database) == nil)
    }

    @Test func ofManyNodesOneTakesIt() async throws {
        try await OrderConsent(actor: "eve", grantedAt: Self.now, orders: 5).grant(on: database)
        let (database, plans) = (database, plans(["a": 5]))
        let taken = try await withThrowingTaskGroup(of: OrderConsent?.self) { group in
            for _ in 0..<8 { group.addTask { try await OrderConsent.take(for: plans, on: database, at: Self.now) } }
            return try await group.reduce(0) { $0 + ($1 == nil ? 0 : 1) }
        }
        #expect(taken == 1)
    }

    @Test func moreThanWasAgreedToIsNotPlaced() async throws {
        try await OrderConsent(actor: "eve", grantedAt: Self.now, orders: 600).grant(on: database)
        #expect(try await take(["a": 601]) == nil)
        #expect(try await take(["a": 600])?.orders == 600)
    }

    /// The consent to a plan is one to its numbers: a template nobody looked at is not meant, although the sum fits.
    @Test func theConsentToAPlanGoesStaleWithIt() async throws {
        try await OrderConsent(actor: "eve", grantedAt: Self.now, to: plans(["a": 400, "b": 200])).grant(on: database)
        #expect(try await take(["a": 401, "b": 100]) == nil)
        #expect(try await take(["a": 1, "c": 1]) == nil)
        #expect(try await take(["a": 399, "b": 200])?.orders == 600)
    }

    @Test func aForgottenOneEnds() async throws {
        try await OrderConsent(actor: "eve", grantedAt: Self.now, orders: 600).grant(on: database)
        #expect(try await take(["a": 1], after: 86_400) == nil)
        #expect(try await OrderConsent.pending(on: database) == nil)
    }

    @Test func aNewOneTakesThePlaceOfTheOld() async throws {
        try await OrderConsent(actor: "eve", grantedAt: Self.now, orders: 600).grant(on: database)
        try await OrderConsent(actor: "bob", grantedAt: Self.now, orders: 5).grant(on: database)
        #expect(try await take(["a": 6]) == nil)
        #expect(try await take(["a": 5])?.actor == "bob")
    }
}
