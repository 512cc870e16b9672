// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Gateway
import HTTPServing
import JSONDocuments

@testable import AdminAPI

/// Whoever the headers name is signed in.
struct NamedRole: Authenticator {
    /// - Parameter id: object id of a person; nil for who is none of the tenant.
    static func caller(_ role: Role, id: String? = nil) -> Caller {
        Caller(name: "\(role.rawValue)@example.org", roles: [role], objectID: id, origin: "by group CW")
    }

    func authenticate(_ request: ServerRequest) async throws -> Authentication? {
        request.header("X-Role").flatMap(Role.init).map {
            Authentication(Self.caller($0, id: request.header("X-Person")), key: $0.rawValue)
        }
    }
}

extension Gateway {
    /// What the API answers to `role`, without a port.
    ///
    /// - Parameters:
    ///   - path: below `/api/v1`.
    ///   - key: names a wish that is done once.
    ///   - id: object id of the person.
    ///   - other: one server for several questions about work that goes on.
    func ask(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [], as role: Role,
        _ body: JSONValue? = nil, key: String? = nil, id: String? = nil,
        of other: APIServer? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        let server = other ?? APIServer({ self }, NamedRole())
        var headers = [("X-Role", role.rawValue), ("Content-Type", "application/json")]
        if let id { headers.append(("X-Person", id)) }
        if let key { headers.append(("Idempotency-Key", key)) }
        let answer = await server.answer(
            ServerRequest(
                method: method, path: APIServer.base + path, target: APIServer.base + path, query: query,
                headers: headers, body: body.map { Array($0.text.utf8) } ?? []))
        guard case .response(let status, _, let bytes) = answer else { return (0, .null) }
        return (status, try JSONValue(parsing: String(decoding: bytes, as: UTF8.self)))
    }
}
