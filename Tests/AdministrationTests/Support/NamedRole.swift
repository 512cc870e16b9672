// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Gateway
import HTTPServing
import JSONDocuments

@testable import AdminAPI

/// Whoever the header names is signed in.
struct NamedRole: Authenticator {
    static func caller(_ role: Role) -> Caller {
        Caller(name: "\(role.rawValue)@example.org", roles: [role], origin: "by group CW")
    }

    func authenticate(_ request: ServerRequest) async throws -> Authentication? {
        request.header("X-Role").flatMap(Role.init).map { Authentication(Self.caller($0), key: $0.rawValue) }
    }
}

extension Gateway {
    /// What the API answers to `role`, without a port.
    ///
    /// - Parameters:
    ///   - path: below `/api/v1`.
    ///   - key: names a wish that is done once.
    ///   - other: one server for several questions about work that goes on.
    func ask(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [], as role: Role,
        _ body: JSONValue? = nil, key: String? = nil, of other: APIServer? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        let server = other ?? APIServer({ self }, NamedRole())
        var headers = [("X-Role", role.rawValue), ("Content-Type", "application/json")]
        if let key { headers.append(("Idempotency-Key", key)) }
        let answer = await server.answer(
            ServerRequest(
                method: method, path: APIServer.base + path, target: APIServer.base + path, query: query,
                headers: headers, body: body.map { Array($0.text.utf8) } ?? []))
        guard case .response(let status, _, let bytes) = answer else { return (0, .null) }
        return (status, try JSONValue(parsing: String(decoding: bytes, as: UTF8.self)))
    }
}
