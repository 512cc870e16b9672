// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import Synchronization
import TestSupport
import Testing

/// The last moment before an order leaves: after everything else, and before nothing but the order.
@Suite struct GateTests {
    private static let login = """
        login:
          token: {request: {method: POST, path: /login, json: '{}'}, token: .json.token, lifetime: 10m}
        """

    /// Refuses the first token it has given.
    private static func http() -> ScriptedClient {
        let logins = Mutex(0)
        return ScriptedClient { request, _ throws(HTTPTransportError) in
            if request.url.hasSuffix("/login") {
                let number = logins.withLock { number in
                    number += 1
                    return number
                }
                return HTTPResponse(200, json: #"{"token": "t\#(number)"}"#)
            }
            let isFirst = request.header("Authorization") == "Bearer t1"
            return isFirst ? HTTPResponse(401) : HTTPResponse(201, json: #"{"id": "7"}"#)
        }
    }

    @Test func nothingLeavesThroughAClosedGate() async throws {
        let http = Self.http()
        let backend = try Backend(profile: smallProfile(login: Self.login), http)
        await #expect(throws: ClosedGate.self) {
            try await backend.connector.enroll(Example.request(), gate: .closed)
        }
        #expect(http.requests.map { $0.url.split(separator: "/").last } == ["login"])
    }

    /// After the login; and once: who answers 401 need not be the CA. The fresh login is for the next call.
    @Test func theGateIsOpenedRightBeforeTheOrderAndOnce() async throws {
        let http = Self.http()
        let backend = try Backend(profile: smallProfile(login: Self.login), http)
        let sent = Mutex<[Int]>([])
        let gate = SubmissionGate { sent.withLock { $0.append(http.requests.count) } }
        await #expect(throws: ConnectorError.self) {
            try await backend.connector.enroll(Example.request(), gate: gate)
        }
        #expect(http.requests.map { $0.url.contains("/orders/") } == [false, true, false])
        #expect(sent.withLock(\.self) == [1])
        guard case .pending = try await backend.connector.enroll(Example.request(), gate: gate) else {
            throw Unexpected("no order")
        }
        #expect(sent.withLock(\.self) == [1, 3])
        _ = try? await backend.connector.check()
        #expect(sent.withLock(\.self) == [1, 3])
    }
}
