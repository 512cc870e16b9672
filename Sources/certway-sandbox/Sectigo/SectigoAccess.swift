// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments

/// The two ways to log in, and the token endpoint of the second (wire/sectigo-scm.md section 2).
struct SectigoAccess: Sendable {
    static let tokenPath = "/auth/realms/apiclients/protocol/openid-connect/token"

    let customerURI = "certwaysandbox"
    let login = "certway-api"
    let password: String
    let clientID: String
    let clientSecret: String
    let tokens: AccessTokens
    let operators: OperatorCertificates
    let switches: CASwitches
    let tokenURL: String

    init(server: CAServer) {
        let random = { GUID.random().filter { $0 != "-" } }
        password = random()
        clientID = GUID.random()
        clientSecret = random()
        tokens = AccessTokens(lifetime: 300, clock: server.surroundings.clock, switches: server.switches)
        operators = server.operators
        switches = server.switches
        tokenURL = server.url + Self.tokenPath
    }

    /// Lets a call pass, or says why not.
    ///
    /// - Parameter isPrivate: under `/private`, where a client certificate stands for the password.
    func admit(_ call: Call, isPrivate: Bool) throws(Reply) {
        if !isPrivate, let authorization = call.request.header("Authorization") {
            let words = authorization.split(separator: " ")
            guard words.count == 2, words[0].lowercased() == "bearer", tokens.subject(of: String(words[1])) != nil
            else {
                throw challenge(SectigoError.reply(-16, "Invalid or expired token.", status: 401))
            }
            return
        }
        if switches.disobeys(.acceptsAnyCredentials) { return }
        guard call.request.header("login") == login else {
            throw challenge(SectigoError.reply(-16, "Unknown user", status: 401))
        }
        guard call.request.header("customerUri") == customerURI else {
            throw SectigoError.reply(-410, "Customer not found.", status: 401)
        }
        let isRight: Bool
        if isPrivate {
            if case .valid = operators.check(call.request) { isRight = true } else { isRight = false }
        } else {
            isRight = call.request.header("password") == password
        }
        guard switches.accepts(credentialsAreRight: isRight) else {
            throw SectigoError.reply(-970, "Incorrect login credentials.", status: 401)
        }
    }

    /// Names the authorization server, as SCM does.
    private func challenge(_ reply: Reply) -> Reply {
        reply.adding("WWW-Authenticate", "Bearer realm=\"apiclients\", authorization_uri=\"\(tokenURL)\"")
    }

    var tokenRoute: Route {
        Route("sectigo.token", "POST", Self.tokenPath) { call in
            let form = FormFields(call.request.body)
            guard call.isOfType("application/x-www-form-urlencoded"), form["grant_type"] == "client_credentials" else {
                throw Reply.json(["error": "unsupported_grant_type"], status: 400)
            }
            let isRight = form["client_id"] == clientID && form["client_secret"] == clientSecret
            guard switches.accepts(credentialsAreRight: isRight) else {
                throw Reply.json(
                    ["error": "invalid_client", "error_description": "Invalid client or Invalid client credentials"],
                    status: 401)
            }
            let token = tokens.issue(for: clientID)
            return .json([
                "access_token": .string(token.text), "expires_in": JSONValue(token.lifetime), "token_type": "Bearer",
            ])
        }
    }
}
