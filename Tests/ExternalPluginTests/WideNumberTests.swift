// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Testing

@testable import ExternalPlugin

/// Numbers a program may answer with.
@Suite(.timeLimit(.minutes(5))) struct WideNumberTests {
    @Test(
        "an order has the id that the program gave, and the program gets it back as it was",
        arguments: ["9007199254740993", "18446744073709551616", "-9223372036854775809", "1.00000000000000000001"])
    func ids(id: String) async throws {
        let program = try ProgramUnderTest(
            answering: """
                if call["operation"] == "enroll":
                    print('{"call": %d, "pending": {"orderID": \(id), "identifiers": {"n": \(id)}}}' % call["call"], flush=True)
                elif call["operation"] == "inventory":
                    print('{"call": %d, "page": {"entries": [{"orderID": \(id)}], "next": \(id)}}' % call["call"], flush=True)
                else:
                    kept = call["order"]["caRequestID"] == "\(id)" and call["order"]["identifiers"]["n"] == "\(id)"
                    answer(pending={"orderID": call["order"]["caRequestID"], "detail": "kept" if kept else "changed"})
                """)
        let request = try ProgramUnderTest.request()
        guard case .pending(let placed) = try await program.connector.enroll(request) else {
            Issue.record("not pending")
            return
        }
        #expect(placed.order == CAOrder(caRequestID: id, identifiers: ["n": id]))
        guard case .pending(let polled) = try await program.connector.poll(placed.order, request: request) else {
            Issue.record("not pending")
            return
        }
        #expect(polled.order.caRequestID == id && polled.detail == "kept")
        let page = try await program.connector.inventory(from: nil)
        #expect(page.entries.map(\.order.caRequestID) == [id] && page.next == id)
    }

    @Test(
        "a wait is what the program says where that is a time, and any number harms nobody",
        arguments: [
            ("0", Duration.zero), ("7", .seconds(7)), ("1e9", .seconds(1_000_000_000)),
            ("9e15", .seconds(10_000_000_000)),
            ("-1", nil), ("1e400", nil), ("9007199254740993", nil), ("\"7\"", nil), ("null", nil),
        ])
    func waits(told: String, expected: Duration?) async throws {
        let program = try ProgramUnderTest(
            answering: """
                print('{"call": %d, "pending": {"orderID": "1", "retryAfter": \(told)}}' % call["call"], flush=True)
                """)
        guard case .pending(let pending) = try await program.connector.enroll(ProgramUnderTest.request()) else {
            Issue.record("not pending")
            return
        }
        #expect(pending.retryAfter == expected)
    }
}
