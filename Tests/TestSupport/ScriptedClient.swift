// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization

/// An HTTP client without network: answers from a script and remembers what it was asked.
public final class ScriptedClient: HTTPClient {
    public typealias Script = @Sendable (HTTPRequest, Int) throws(HTTPTransportError) -> HTTPResponse

    private let script: Script
    private let taken = Mutex<[HTTPRequest]>([])

    /// - Parameter script: gets each request and how many came before it.
    public init(_ script: @escaping Script) { self.script = script }

    /// Answers one after the other; the last one again and again.
    public convenience init(_ answers: HTTPResponse...) {
        self.init { _, index throws(HTTPTransportError) in answers[min(index, answers.count - 1)] }
    }

    public var requests: [HTTPRequest] { taken.withLock { $0 } }

    public func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        let index = taken.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        return try script(request, index)
    }
}

extension HTTPResponse {
    public init(_ status: Int, json: String, headers: [(name: String, value: String)] = []) {
        self.init(
            status: status, headers: HTTPHeaders([("Content-Type", "application/json")] + headers),
            body: Array(json.utf8))
    }

    public init(_ status: Int, text: String = "", headers: [(name: String, value: String)] = []) {
        self.init(status: status, headers: HTTPHeaders(headers), body: Array(text.utf8))
    }
}

extension HTTPRequest {
    public func header(_ name: String) -> String? { headers.last { $0.name.lowercased() == name.lowercased() }?.value }
    public var bodyText: String { String(decoding: body ?? [], as: UTF8.self) }
}
