// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Ledger
import Testing

@testable import AdminAPI

/// One comparison of ledger and world runs at a time, whoever has asked for it.
@Suite(.timeLimit(.minutes(1))) struct DriftComparisonTests {
    /// Begins work, and waits for its end.
    private func work(_ served: ServedGateway, _ target: String, key: String) async throws -> JSONValue {
        let begun = await served.ask(
            "POST", target, body: ["kinds": ["recordDeleted"]], headers: [("Idempotency-Key", key)])
        try #require(begun.status == 202, "\(begun.text)")
        return try await served.ended(try #require(begun.json["id"]?.string))
    }

    @Test func anotherOneIsRefusedAndTold() async throws {
        let served = try await ServedGateway()
        let ledger = served.gateway.ledger
        let none = await served.ask("GET", "/drift").json["schedule"]
        #expect(none?["every"] == .null && none?["lastRun"] == .null && none?["running"] == false)
        let other = try #require(
            try await ledger.lease(OrderLedger.comparison, owner: "somebody", for: .seconds(60)))
        #expect(await served.ask("GET", "/drift").json["schedule"]?["running"] == true)
        for (key, target) in [("one", "/drift-reports"), ("two", "/drift-repairs")] {
            let refused = try await work(served, target, key: key)
            #expect(refused["state"] == "failed")
            #expect(refused["problem"]?["detail"]?.string?.contains("being compared already") == true, "\(refused)")
        }
        try await ledger.release(other)
        for (key, target) in [("three", "/drift-reports"), ("four", "/drift-repairs")] {
            #expect(try await work(served, target, key: key)["state"] == "done")
        }
        #expect(try await !ledger.isTaken(OrderLedger.comparison))
    }
}
