// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import Synchronization
import TestSupport
import Testing

@Suite struct SlowExpressionTests {
    private final class Counter: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .sequentiallyConsistent) }
        func raise() { count.add(1, ordering: .sequentiallyConsistent) }
    }

    /// One CA's profile never ends, in what it sends or in what it reads; another CA's orders go on.
    @Test(arguments: [
        "{request: {method: GET, path: /me}, outcomes: [{when: 'def f: f; f', account: {name: '\"n\"'}}]}",
        "{request: {method: GET, path: \"/me/${ def f: f; f }\"}, outcomes: [{when: 'true', account: {name: '\"n\"'}}]}",
    ])
    func anotherCAIsNotHeldUp(check: String) async throws {
        let slowProfile = """
            connector: slow
            title: Slow
            module: rest
            environments: {production: https://ca.example/api}
            operations:
              check: \(check)
              enroll:
                request: {method: POST, path: /orders, json: '{}'}
                outcomes: [{when: '.status == 201', pending: {orderID: .json.id}}]
              poll:
                request: {method: GET, path: /orders}
                outcomes: [{when: '.json.pem', issued: {chain: .json.pem}}]
            """
        let answer = HTTPResponse(200, json: #"{"name": "account"}"#)
        let slow = try Backend(profile: slowProfile, ScriptedClient(answer))
        let quick = try Backend(profile: smallProfile(), ScriptedClient(answer))
        let done = Counter()
        let count = ProcessInfo.processInfo.activeProcessorCount + 1
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    await #expect(throws: ConnectorError.self) { try await slow.connector.check() }
                    #expect(done.value == 40)
                }
            }
            for _ in 0..<40 {
                group.addTask {
                    let report = try await quick.connector.check()
                    #expect(report.account == "account")
                    done.raise()
                }
            }
            try await group.waitForAll()
        }
    }
}
