// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import Synchronization

/// A server on loopback that answers as a test tells it, and remembers what it was asked.
final class ScriptedService: Sendable {
    private let answer: @Sendable (ServerRequest, Int) -> ServerAnswer
    private let seen = Mutex<[ServerRequest]>([])
    private let server = Mutex<HTTPServer?>(nil)
    let url: String

    /// - Parameter answer: gets the request and how many came before.
    init(_ answer: @escaping @Sendable (ServerRequest, Int) -> ServerAnswer) throws {
        self.answer = answer
        let target = WeakBox<ScriptedService>()
        let server = try HTTPServer { request in target.value?.take(request) ?? .cutConnection }
        url = server.url
        self.server.withLock { $0 = server }
        target.value = self
    }

    /// Answers in this order; the last one again and again.
    convenience init(_ answers: [ServerAnswer]) throws {
        try self.init { _, index in answers[min(index, answers.count - 1)] }
    }

    /// Requests so far, those for tokens left out.
    var requests: [ServerRequest] { seen.withLock { $0.filter { !$0.path.hasSuffix("/oauth2/v2.0/token") } } }
    var tokenRequests: [ServerRequest] { seen.withLock { $0.filter { $0.path.hasSuffix("/oauth2/v2.0/token") } } }

    private func take(_ request: ServerRequest) -> ServerAnswer {
        let index = seen.withLock { list in
            list.append(request)
            return list.count - 1
        }
        return answer(request, index)
    }

    func stop() { server.withLock { $0?.stop() } }
}

/// A reference that keeps nothing alive; written once before the first request.
final class WeakBox<Object: AnyObject & Sendable>: Sendable {
    private struct Weak: Sendable { weak var object: Object? }
    private let box = Mutex(Weak())

    var value: Object? {
        get { box.withLock { $0.object } }
        set { box.withLock { $0.object = newValue } }
    }
}

extension ServerAnswer {
    static func json(_ value: JSONValue, status: Int = 200, headers: [(String, String)] = []) -> ServerAnswer {
        .response(
            status: status, headers: [("Content-Type", "application/json")] + headers, body: Array(value.text.utf8))
    }

    /// A token endpoint's answer.
    static func token(_ text: String = "token-1", lifetime: Int = 3600) -> ServerAnswer {
        token(text, lifetime: "\(lifetime)")
    }

    /// - Parameter lifetime: as it stands in the answer.
    static func token(_ text: String, lifetime: String) -> ServerAnswer {
        let body = #"{"token_type": "Bearer", "expires_in": \#(lifetime), "access_token": "\#(text)"}"#
        return .response(status: 200, headers: [("Content-Type", "application/json")], body: Array(body.utf8))
    }

    static func graphError(
        _ status: Int, _ code: String, _ message: String = "no", headers: [(String, String)] = []
    ) -> ServerAnswer {
        .json(
            ["error": ["code": .string(code), "message": .string(message), "innerError": ["request-id": "req-1"]]],
            status: status, headers: headers)
    }
}
