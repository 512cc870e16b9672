// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing

/// What a browser asks for when an application sends it here (wire/entra-oidc.md section 2).
struct AuthorizationRequest {
    let clientID: String
    let redirectURI: String
    let responseMode: String
    let state: String?
    let nonce: String?
    let scope: String
    let challenge: String?
    let method: String
    let prompt: String?
    /// All of it, to ask once more.
    let fields: [(name: String, value: String)]

    /// - Throws: a page: without a client and an address that are registered, nobody is sent anywhere.
    init(_ request: ServerRequest, clients: [String], registered: [String]) throws(Reply) {
        fields = request.query.filter { $0.name != "person" }
        func field(_ name: String) -> String? { request.query(name).flatMap { $0.isEmpty ? nil : $0 } }
        guard let client = field("client_id") else {
            throw Self.page(900144, "The request body must contain the following parameter: 'client_id'.")
        }
        guard clients.contains(client) else {
            throw Self.page(700016, "Application with identifier '\(client)' was not found in the directory.")
        }
        guard let redirect = field("redirect_uri"), Self.isRegistered(redirect, registered) else {
            throw Self.page(
                50011,
                "The redirect URI '\(field("redirect_uri") ?? "")' specified in the request does not match the redirect URIs "
                    + "configured for the application '\(client)'.")
        }
        (clientID, redirectURI) = (client, redirect)
        (responseMode, state) = (field("response_mode") ?? "query", field("state"))
        (nonce, scope) = (field("nonce"), field("scope") ?? "")
        (challenge, method) = (field("code_challenge"), field("code_challenge_method") ?? "plain")
        prompt = field("prompt")
        guard field("response_type") == "code" else {
            throw refusal(
                "unsupported_response_type", "AADSTS700054: response_type is not enabled for the application.")
        }
        guard ["query", "form_post", "fragment"].contains(responseMode) else {
            throw refusal(
                "invalid_request", "AADSTS70007: '\(responseMode)' is not a supported value of 'response_mode'.")
        }
        guard scope.split(separator: " ").contains("openid") || scope.contains("api://") else {
            throw refusal("invalid_request", "AADSTS900144: The request must contain the scope 'openid'.")
        }
        guard ["S256", "plain"].contains(method) else {
            throw refusal("invalid_request", "AADSTS501491: Invalid code_challenge_method.")
        }
    }

    /// Scheme, host, path and its capitals are the registered ones; on loopback any port goes.
    static func isRegistered(_ address: String, _ registered: [String]) -> Bool {
        if registered.contains(address) { return true }
        guard var parts = URLComponents(string: address), ["localhost", "127.0.0.1"].contains(parts.host) else {
            return false
        }
        parts.port = nil
        return registered.contains(parts.string ?? "")
    }

    private static func page(_ code: Int, _ text: String) -> Reply {
        .text(SignInPage.problem(code, text), type: "text/html; charset=utf-8", status: 400)
    }

    /// Sends the browser back with a refusal.
    func refusal(_ error: String, _ text: String, more: [(name: String, value: String)] = []) -> Reply {
        answer([("error", error), ("error_description", text)] + more)
    }

    /// Sends the browser back as it was asked for.
    func answer(_ values: [(name: String, value: String)]) -> Reply {
        let all = values + (state.map { [("state", $0)] } ?? [])
        if responseMode == "form_post" {
            return .text(SignInPage.post(all, to: redirectURI), type: "text/html; charset=utf-8")
        }
        let text = all.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
        let mark = responseMode == "fragment" ? "#" : redirectURI.contains("?") ? "&" : "?"
        return Reply.empty(status: 302).adding("Location", redirectURI + mark + text)
    }

    /// The same question at another address of ours.
    func link(_ path: String, person: String) -> String {
        path + "?"
            + (fields + [("person", person)]).map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(
                separator: "&")
    }

    static func encode(_ text: String) -> String {
        var allowed = CharacterSet(charactersIn: "-._~")
        allowed.formUnion(CharacterSet(charactersIn: "a"..."z"))
        allowed.formUnion(CharacterSet(charactersIn: "A"..."Z"))
        allowed.formUnion(CharacterSet(charactersIn: "0"..."9"))
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}
