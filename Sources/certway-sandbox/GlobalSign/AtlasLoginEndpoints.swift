// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Logging in, and what a credential is for (wire/globalsign-atlas.md sections 2, 4 and 6).
struct AtlasLoginEndpoints: Sendable {
    let account: AtlasAccount

    var routes: [Route] {
        [
            Route("atlas.login", "POST", "/v2/login", subject: ["api_key"]) { try logIn($0) },
            Route("atlas.policy", "GET", "/v2/validationpolicy") { call in
                .json(account.policy(of: try account.credential(call)).json)
            },
            Route("atlas.trustchain", "GET", "/v2/trustchain") { _ in .json(JSONValue(chain)) },
        ]
    }

    /// One PEM block each, issuing CA first.
    private var chain: [String] {
        let last = account.book.truth.last { $0.certificate != nil }
        return (last?.chain ?? account.server.authority.chain).map(\.pem)
    }

    private func logIn(_ call: Call) throws -> Reply {
        let body = try call.atlasBody()
        guard Set(body.keys) == ["api_key", "api_secret"], let key = body["api_key"]?.string,
            let secret = body["api_secret"]?.string, !key.isEmpty, !secret.isEmpty
        else { throw AtlasError.reply(422, "api_key and api_secret are needed, and nothing else") }
        let isRight = account.credentials.contains { $0.key == key && $0.secret == secret }
        guard account.server.switches.accepts(credentialsAreRight: isRight) else { throw AtlasError.unauthorized }
        return .json(
            ["access_token": .string(account.tokens.issue(for: key).text)],
            headers: [("Content-Type", "application/json;charset=utf-8")])
    }
}
