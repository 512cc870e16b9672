// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import JSONDocuments
import Ledger
import Testing

@testable import AdminAPI
@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct WorkTests {
    private func served(_ gate: Gate) async throws -> ServedGateway {
        try await ServedGateway(
            [
                APIOperation(
                    "work", .post, "/work", tag: "t", "s", permission: nil,
                    body: .body(APIField("fails", .boolean)), answer: .operation
                ) { call in
                    let fails = call.body?["fails"]?.bool ?? false
                    return try await call.runner.start("test", call, of: 4, atOnce: 2) { progress in
                        progress.show(3, of: 4)
                        while !gate.opened {
                            try Task.checkCancellation()
                            await Task.yield()
                        }
                        if fails { throw LedgerError.notPossible("it cannot be") }
                        return ["made": 4]
                    }
                }
            ] + APIOperation.longWork)
    }

    /// Somebody waits for an answer, and nobody for work behind it: what does not answer is asked for some seconds or for minutes.
    @Test func onlyWhoWaitsIsToldSoon() async throws {
        let served = try await ServedGateway(
            [
                APIOperation("look", .get, "/look", tag: "t", "s", permission: nil, answer: .json(.any)) { _ in
                    .json(["isShort": .bool(Patience.isShort)])
                },
                APIOperation("work", .post, "/work", tag: "t", "s", permission: nil, answer: .operation) { call in
                    try await call.runner.start("test", call, of: 1) { _ in ["isShort": .bool(Patience.isShort)] }
                },
            ] + APIOperation.longWork)
        #expect(await served.ask("GET", "/look").json["isShort"] == true)
        let begun = await served.ask("POST", "/work")
        let done = try await served.ended(try #require(begun.json["id"]?.string))
        #expect(done["result"]?["isShort"] == false)
    }

    @Test func workTellsHowItEnds() async throws {
        let gate = Gate()
        let served = try await served(gate)
        var ids: [String] = []
        for fails in [false, true] {
            let begun = await served.ask("POST", "/work", body: ["fails": .bool(fails)])
            let id = try #require(begun.json["id"]?.string)
            #expect(begun.status == 202 && begun.headers["location"] == "/api/v1/operations/\(id)")
            ids.append(id)
        }
        // What is being done as often as it may be is not begun once more.
        let more = await served.ask("POST", "/work", body: ["fails": false])
        #expect(more.status == 409 && more.json["detail"]?.string?.contains("at once") == true, "\(more.json.text)")
        #expect(await served.ask("GET", "/operations/\(ids[0])").json["state"] == "running")
        // Neither another person's, nor one that there is not.
        #expect(await served.ask("GET", "/operations/\(ids[0])", as: "employee").status == 404)
        #expect(await served.ask("GET", "/operations/none").status == 404)
        gate.open()
        let (good, bad) = (try await served.ended(ids[0]), try await served.ended(ids[1]))
        #expect(await served.ask("POST", "/work", body: ["fails": false]).status == 202, "its place is free again")
        #expect(good["state"] == "done" && good["result"] == ["made": 4] && good["done"] == 4)
        #expect(bad["state"] == "failed" && bad["problem"]?["code"] == "notPossible")
        #expect(await served.ask("DELETE", "/operations/\(ids[0])").status == 409)
    }

    @Test func workIsCancelled() async throws {
        let served = try await served(Gate())
        let id = try #require(await served.ask("POST", "/work", body: ["fails": false]).json["id"]?.string)
        #expect(await served.ask("DELETE", "/operations/\(id)?dryRun=true").status == 204)
        #expect(await served.ask("GET", "/operations/\(id)").json["state"] == "running")
        #expect(await served.ask("DELETE", "/operations/\(id)").status == 204)
        #expect(try await served.ended(id)["state"] == "cancelled")
    }

    /// What was told before is not told again, and what comes is; also what bears an older time, as that of a node whose clock is behind or of a
    /// transaction that took long.
    @Test func changesAreToldOnce() async throws {
        let served = try await ServedGateway()
        let ledger = served.gateway.ledger
        var feed = ChangeFeed(ledger)
        let start = try await feed.now()
        try await served.order(["ada"])
        let first = try await feed.changes(since: start)
        #expect(first.orders.count == 1 && first.end.event > start.event)
        #expect(try await feed.changes(since: first.end).isEmpty)
        try await served.order(["bob"])
        try await ledger.database.write { try $0.execute("UPDATE orders SET updated_at = 1") }
        let second = try await feed.changes(since: first.end)
        #expect(second.orders.count == 1 && second.orders != first.orders)
        // Whoever has seen nothing is told each order once, however much has happened to it.
        #expect(try await feed.changes(since: start).orders == first.orders + second.orders)
    }

    /// The overview says when the last pass was: its end is a change, though nothing else has changed.
    @Test func theEndOfAPassIsTold() async throws {
        let served = try await ServedGateway()
        let ledger = served.gateway.ledger
        var feed = ChangeFeed(ledger)
        let first = try await feed.changes(since: feed.now())
        let begun = await JobBook(ledger).begin(.plan)
        let second = try await feed.changes(since: first.end)
        #expect(second.others)
        #expect(try await !feed.changes(since: second.end).others)
        await JobBook(ledger).end(.plan, begun: begun)
        #expect(try await feed.changes(since: second.end).others)
    }
}
