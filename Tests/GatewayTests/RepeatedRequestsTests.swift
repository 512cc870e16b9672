// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import Ledger
import TestSupport
import Testing

/// Requests that must not be done twice, in the database that all nodes share.
@Suite(.timeLimit(.minutes(2))) struct RepeatedRequestsTests {
    private let ledger: OrderLedger
    private static let digest = String(repeating: "d", count: 64)
    private static let key = String(repeating: "k", count: 64)

    init() async throws {
        ledger = OrderLedger(database: try await TestDatabase(OrderLedger.migrations + RequestMigrations.all))
    }

    @Test func ofManyAtOnceOneIsDone() async throws {
        let ledger = ledger
        let found = try await withThrowingTaskGroup(of: RepeatedRequests.Standing.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await RepeatedRequests(ledger, owner: "run \(number % 2)").begin(Self.key, digest: Self.digest)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(found.count { $0 == .new } == 1, "\(found)")
        #expect(found.allSatisfy { [.new, .running, .interrupted].contains($0) }, "\(found)")
    }

    @Test func theAnswerIsThatOfTheFirst() async throws {
        let (own, other) = (RepeatedRequests(ledger, owner: "a"), RepeatedRequests(ledger, owner: "b"))
        #expect(try await own.begin(Self.key, digest: Self.digest) == .new)
        #expect(try await own.begin(Self.key, digest: Self.digest) == .running)
        // Whoever began it may have died: it is not done again.
        #expect(try await other.begin(Self.key, digest: Self.digest) == .interrupted)
        let answer = RepeatedRequests.Answer(
            status: 200, headers: ["Content-Type": "application/json"], body: "{\"name\":\"Zoë ✓\"}")
        try await own.end(Self.key, with: answer)
        #expect(try await other.begin(Self.key, digest: Self.digest) == .answered(answer))
        #expect(try await other.begin(Self.key, digest: String(repeating: "e", count: 64)) == .other)
        try await other.forget(Self.key)
        #expect(try await other.begin(Self.key, digest: Self.digest) == .new)
    }
}
