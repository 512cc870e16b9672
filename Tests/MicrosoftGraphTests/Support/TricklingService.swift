// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import Synchronization

/// Token server and Graph, one of which sends a byte now and then until the time of the request is over.
final class TricklingService: HTTPClient {
    let clock = TestClock()
    private let host: String
    private let count = Mutex(0)

    init(_ host: String) { self.host = host }

    /// How many requests have waited in vain.
    var trickled: Int { count.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        guard !request.url.contains(host) else {
            count.withLock { $0 += 1 }
            clock.advance(by: request.timeout / .seconds(1))
            throw HTTPTransportError(.timeout(sent: true), "\(host): no answer in time")
        }
        let token = #"{"token_type": "Bearer", "expires_in": 3599, "access_token": "token-1"}"#
        return HTTPResponse(
            status: 200, headers: HTTPHeaders([("Content-Type", "application/json")]), body: Array(token.utf8))
    }
}

/// Keeps what is worth a notice.
final class NoticeLog: ConnectorLogger {
    private let kept = Mutex<[String]>([])

    var sentences: [String] { kept.withLock { $0 } }

    func log(_ level: LogLevel, _ message: @autoclosure () -> String, fields: [(String, String)]) {
        guard level >= .notice else { return }
        let sentence = message()
        kept.withLock { $0.append(sentence) }
    }
}
