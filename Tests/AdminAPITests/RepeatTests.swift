// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Ledger
import Synchronization
import Testing

@testable import AdminAPI

@Suite(.timeLimit(.minutes(1))) struct RepeatTests {
    /// Counts; waits while `gate` is closed; fails when the body says so.
    private func operations(_ count: Counter, gate: Gate? = nil) -> [APIOperation] {
        [
            APIOperation(
                "buy", .post, "/things", tag: "t", "s", permission: nil,
                body: .body(APIField("a", .string), APIField("fails", .integer(400...599), optional: true)),
                answer: .json(.any), repeats: .keyRequired
            ) { call in
                count.add()
                await gate?.pass()
                if let status = call.body?["fails"]?.int { throw APIProblem(status, .internal, "made") }
                return .json(["number": JSONValue(count.value)])
            }
        ]
    }

    private let key = [(name: "Idempotency-Key", value: "one")]

    @Test func theSameIsDoneOnce() async throws {
        let count = Counter()
        let all = operations(count)
        let served = try await ServedGateway(all)
        #expect(await served.ask("POST", "/things", body: ["a": "x"]).code == "keyMissing")
        let first = await served.ask("POST", "/things", body: ["a": "x"], headers: key)
        let second = await served.ask("POST", "/things", body: ["a": "x"], headers: key)
        #expect(first.status == 200 && second.status == 200 && first.text == second.text && count.value == 1)
        #expect(second.headers["idempotency-replayed"] == "true")
        // Also after a restart.
        let later = await served.ask("POST", "/things", body: ["a": "x"], headers: key, of: served.restarted(all))
        #expect(later.text == first.text && count.value == 1)
        // Another wish by the same key, and the same by somebody else.
        #expect(await served.ask("POST", "/things", body: ["a": "y"], headers: key).status == 422)
        #expect(await served.ask("POST", "/things", as: "auditor", body: ["a": "x"], headers: key).status == 200)
        #expect(count.value == 2)
    }

    @Test func whatWasRefusedStaysRefusedAndWhatHadNotBegunDoesNot() async throws {
        let count = Counter()
        let served = try await ServedGateway(operations(count))
        for _ in 0..<2 {
            let answer = await served.ask("POST", "/things", body: ["a": "x", "fails": 409], headers: key)
            #expect(answer.status == 409 && answer.code == "internal")
        }
        #expect(count.value == 1)
        let other = [(name: "Idempotency-Key", value: "two")]
        for _ in 0..<2 {
            #expect(await served.ask("POST", "/things", body: ["a": "x", "fails": 503], headers: other).status == 503)
        }
        #expect(count.value == 3)
    }

    /// Of a failure that nobody expected, nobody knows how far it came.
    @Test(arguments: [500, 502, 504]) func whatFailedHalfWayIsNotDoneOnceMore(_ status: Int) async throws {
        let count = Counter()
        let served = try await ServedGateway(operations(count))
        for _ in 0..<2 {
            let answer = await served.ask(
                "POST", "/things", body: ["a": "x", "fails": JSONValue(status)], headers: key)
            #expect(answer.status == status)
        }
        #expect(count.value == 1)
    }

    /// The end of the service in the midst of it: how far it came, nobody knows.
    @Test func whatWasStoppedInItsMidstIsNotDoneOnceMore() async throws {
        let count = Counter()
        let all = [
            APIOperation(
                "buy", .post, "/things", tag: "t", "s", permission: nil, body: .body(APIField("a", .string)),
                answer: .json(.any), repeats: .keyRequired
            ) { _ in
                count.add()
                throw CancellationError()
            }
        ]
        let served = try await ServedGateway(all)
        #expect(await served.ask("POST", "/things", body: ["a": "x"], headers: key).code == "stopping")
        let after = await served.ask("POST", "/things", body: ["a": "x"], headers: key, of: served.restarted(all))
        #expect(after.status == 409 && after.code == "interrupted" && count.value == 1)
    }

    @Test func whatIsBeingDoneIsNotDoneASecondTime() async throws {
        let (count, gate) = (Counter(), Gate())
        let all = operations(count, gate: gate)
        let served = try await ServedGateway(all)
        async let first = served.ask("POST", "/things", body: ["a": "x"], headers: key)
        while count.value == 0 { await Task.yield() }
        let second = await served.ask("POST", "/things", body: ["a": "x"], headers: key)
        #expect(second.status == 409 && second.code == "running" && second.headers["retry-after"] == "1")
        // Whoever did it is gone: nobody knows, and nobody does it again.
        let after = await served.ask("POST", "/things", body: ["a": "x"], headers: key, of: served.restarted(all))
        #expect(after.status == 409 && after.code == "interrupted" && count.value == 1)
        gate.open()
        #expect(await first.status == 200)
    }

    @Test(arguments: ["", "a b", "ü", String(repeating: "x", count: 101)])
    func aKeyIsOneWord(_ text: String) async throws {
        let count = Counter()
        let served = try await ServedGateway(operations(count))
        let answer = await served.ask(
            "POST", "/things", body: ["a": "x"], headers: [(name: "Idempotency-Key", value: text)])
        #expect(answer.status == 400 && count.value == 0)
    }
}

/// Lets nobody through until it is open.
final class Gate: Sendable {
    private let isOpen = Mutex(false)
    var opened: Bool { isOpen.withLock { $0 } }
    func open() { isOpen.withLock { $0 = true } }
    func pass() async { while !isOpen.withLock({ $0 }) { await Task.yield() } }
}
