// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization

/// Sends through another client and keeps what went over the line.
final class RecordingHTTPClient: HTTPClient {
    private let client: any HTTPClient
    private let recorded = Mutex<[Exchange]>([])

    init(_ client: any HTTPClient) { self.client = client }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        let response = try await client.send(request)
        let exchange = try Exchange(request, response)
        recorded.withLock { recorded in
            // A question asked again counts once, with its last answer: waiting is not what is measured.
            recorded.removeAll { $0.key == exchange.key }
            recorded.append(exchange)
        }
        return response
    }

    var exchanges: [Exchange] { recorded.withLock { $0 } }
}
