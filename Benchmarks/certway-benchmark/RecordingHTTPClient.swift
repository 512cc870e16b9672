// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization

/// Keeps what goes over the line.
final class RecordingHTTPClient: Sendable {
    private struct Tap: HTTPClient {
        let client: any HTTPClient
        let record: RecordingHTTPClient

        func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
            let response = try await client.send(request)
            record.note(try Exchange(request, response))
            return response
        }
    }

    private let recorded = Mutex<[Exchange]>([])

    var exchanges: [Exchange] { recorded.withLock { $0 } }

    /// A client that sends through another one and is listened to.
    func recording(_ client: any HTTPClient) -> any HTTPClient { Tap(client: client, record: self) }

    private func note(_ exchange: Exchange) {
        recorded.withLock { recorded in
            // A question asked again counts once, with its last answer: waiting is not what is measured.
            recorded.removeAll {
                $0.method == exchange.method && $0.target == exchange.target && $0.body == exchange.body
            }
            recorded.append(exchange)
        }
    }
}
