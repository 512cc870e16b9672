// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import TestSupport
import Testing

@testable import Ledger

/// Numbers that the transactions keep, and how many items a list has.
@Suite struct CountTests {
    private let temporary: TemporaryLedger
    private var ledger: OrderLedger { temporary.ledger }

    init() async throws { temporary = try await TemporaryLedger() }

    private func number(_ stage: OrderStage, _ template: String = "smime") async throws -> Int {
        try await ledger.counts().first { $0.stage == stage && $0.template == template }?.count ?? 0
    }

    private func certificates(_ status: CertificateStatus) async throws -> Int {
        try await ledger.certificateCounts().filter { $0.status == status }.reduce(0) { $0 + $1.count }
    }

    @Test func numbersFollowWhateverHappensToOrders() async throws {
        for name in ["ada", "bob", "cid", "dan"] { _ = try await temporary.plan(name) }
        _ = try await temporary.plan("eve", template: "sign", backendCA: "other")
        #expect(try await number(.planned) == 4)
        #expect(try await number(.planned, "sign") == 1)
        #expect(try await ledger.countsByBackendCA().first { $0.template == "sign" }?.backendCA == "other")
        let held = try #require(try await ledger.orders(OrderFilter(text: "bob")).first)
        _ = try await ledger.hold(held.id, reason: "look", by: "ada")
        #expect(try await ledger.counts().first { $0.template == "smime" }?.held == 1)
        _ = try await ledger.releaseHold(held.id, by: "ada")
        _ = try await ledger.requestCancel(held.id, by: "ada")
        #expect(try await ledger.counts().allSatisfy { $0.held == 0 })
        #expect(try await number(.planned) == 3)
        #expect(try await number(.cancelled) == 1)
        let first = try await temporary.certified(1, .active)
        #expect(try await (number(.active), certificates(.active)) == (1, 1))
        _ = try await ledger.plan(.sample("person1", replaces: first.id))
        let claims = try await temporary.claim(limit: 100)
        let claim = try #require(claims.first { $0.order.replaces == first.id })
        _ = try await ledger.record(claim, OrderChange("issued", "").stage(.issued).certificate(.sample(2)))
        _ = try await ledger.record(claim, OrderChange("active", "").stage(.active))
        #expect(try await (number(.active), number(.superseded)) == (1, 1))
        #expect(try await (certificates(.active), certificates(.superseded)) == (1, 1))
        #expect(try await ledger.wrongCounts().isEmpty)
    }

    @Test func wrongNumbersAreFoundAndPutRight() async throws {
        for number in 1...3 { _ = try await temporary.certified(number, .active) }
        try await temporary.database.write { connection in
            try connection.execute("UPDATE ledger_counts SET number = 7 WHERE word = 'active' AND shard = 1")
            // As an older program beside this one leaves them.
            try connection.execute("DELETE FROM order_names WHERE order_id = 2")
        }
        #expect(try await !ledger.wrongCounts().isEmpty)
        #expect(try await ledger.orders(OrderFilter(text: "person2@")).isEmpty)
        #expect(try await ledger.recount() == 2)
        #expect(try await ledger.wrongCounts().isEmpty)
        #expect(try await (number(.active), certificates(.active)) == (3, 3))
        #expect(try await ledger.orders(OrderFilter(text: "person2@")).count == 1)
        #expect(try await ledger.recount() == 0)
    }

    /// Counting a million rows would take longer than showing fifty.
    @Test func countingStopsWhereItIsToldTo() async throws {
        for number in 0..<12 { _ = try await temporary.plan("person\(number)") }
        let page = try await ledger.orders(OrderFilter(), ListRequest(limit: 3, countingTo: 5))
        #expect(page.matches == ListMatches(5, exact: false))
        let next = try #require(page.next)
        let second = try await ledger.orders(OrderFilter(), ListRequest(after: next, limit: 4))
        #expect(second.matches == ListMatches(8, exact: false) && second.skipped == 3)
        let all = try await ledger.orders(OrderFilter(), ListRequest(limit: 3, countingTo: 12))
        #expect(all.matches == ListMatches(12))
        #expect(try await ledger.orders(OrderFilter(text: "person1"), ListRequest(limit: 2)).matches == ListMatches(3))
    }

    @Test func peopleAreFoundByTheBeginningOfEachWord() async throws {
        _ = try await ledger.plan(.sample("ada.lovelace-byron"))
        for word in ["ada", "ADA.LOVE", "lovelace", "byron@", "byron@example.test", "ada.lovelace-byron@example.test"] {
            #expect(try await ledger.orders(OrderFilter(text: word)).count == 1, "\(word)")
        }
        for word in ["love lace", "velace", "example.test", "%", "_da"] {
            #expect(try await ledger.orders(OrderFilter(text: word)).isEmpty, "\(word)")
        }
        #expect("www.intra.example.org".searchedEnds == ["www.intra.example.org", "intra.example.org", "example.org"])
        #expect("dr. Ada Lovelace".searchedEnds == ["dr. Ada Lovelace", "Ada Lovelace", "Lovelace"])
        #expect("".searchedEnds.isEmpty && "a@b".searchedEnds == ["a@b"])
    }
}
