// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments
public import MicrosoftGraph
import Secrets

/// Uses keys that lie in Azure Key Vault and never leave it, and reads secrets that lie there (wire/key-vault.md).
///
/// The token is asked for by the cloud's own resource, never by what a server's challenge names: a server that lies gets no token for
/// anything else.
public struct KeyVaultClient: Sendable {
    private static let version = "api-version=7.4"

    private let tokens: TokenSource
    private let sender: RequestSender
    private let scope: String

    public init(cloud: NationalCloud, tokens: TokenSource, sender: RequestSender) {
        (self.tokens, self.sender) = (tokens, sender)
        scope = "https://\(cloud.keyVaultSuffix)/.default"
    }

    /// Has a content key opened; repeating it is harmless.
    ///
    /// - Parameter algorithm: as the vault names it, such as `RSA-OAEP-256`.
    /// - Throws: `GraphError`: `permission` and `configuration` for the operator, `refused` where the vault's key is another one.
    public func unwrap(_ encrypted: [UInt8], algorithm: String, with key: VaultAddress) async throws -> Secret {
        let body: JSONValue = ["alg": .string(algorithm), "value": .string(Base64URL.encode(encrypted))]
        let answer = try await call("POST", key, operation: "unwrapkey", body: body)
        guard let kid = answer["kid"]?.string, let used = VaultAddress(kid, .key), Self.isSame(used, key),
            let text = answer["value"]?.string, let bytes = Base64URL.decode(text)
        else {
            throw GraphError(.refused, "key vault answered for \(key) with another key, or without a value")
        }
        return Secret(bytes)
    }

    /// Modulus and exponent of a key, as the vault has it.
    ///
    /// - Throws: as `unwrap`.
    public func modulus(of key: VaultAddress) async throws -> (modulus: [UInt8], kind: String) {
        let answer = try await call("GET", key, operation: nil, body: nil)
        let kind = answer["key"]?["kty"]?.string ?? "none"
        guard let n = answer["key"]?["n"]?.string, let bytes = Base64URL.decode(n) else {
            throw GraphError(
                .configuration, "\(key) is a key of type \(kind), and RSA is needed: the vault does no ECDH")
        }
        return (bytes, kind)
    }

    /// What a secret holds now. The vault hands out one that is over as well (wire/key-vault.md section 5); whoever asks knows what it is to be.
    ///
    /// - Throws: as `unwrap`.
    public func secret(at address: VaultAddress) async throws -> Secret {
        let answer = try await call("GET", address, operation: nil, body: nil)
        guard let id = answer["id"]?.string, let used = VaultAddress(id, .secret), Self.isSame(used, address),
            let value = answer["value"]?.string, !value.isEmpty
        else {
            throw GraphError(.refused, "key vault answered for \(address) with another secret, or without a value")
        }
        return Secret(value)
    }

    /// The vault is what was asked; a version that was not named is the vault's choice.
    private static func isSame(_ used: VaultAddress, _ asked: VaultAddress) -> Bool {
        let hosts = [used.vault, asked.vault].map { $0.lowercased() }
        return hosts[0] == hosts[1] && used.name.lowercased() == asked.name.lowercased()
            && (asked.version == nil || used.version?.lowercased() == asked.version?.lowercased())
    }

    private func call(
        _ method: String, _ key: VaultAddress, operation: String?, body: JSONValue?
    ) async throws -> JSONValue {
        try await tokens.withToken(scope: scope) { try await send(method, key, operation, body, $0) }
    }

    private func send(
        _ method: String, _ key: VaultAddress, _ operation: String?, _ body: JSONValue?, _ token: AccessToken
    ) async throws -> JSONValue {
        let url = "\(key)" + (operation.map { "/\($0)" } ?? "") + "?\(Self.version)"
        var headers = [
            ("Authorization", "Bearer \(token.value.revealed)"), ("Accept", "application/json"),
            ("x-ms-client-request-id", UUID().uuidString.lowercased()),
        ]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let request = HTTPRequest(
            method: method, url: url, headers: headers, body: body.map { Array($0.text.utf8) }, secrets: [token.value],
            isConfidential: true)
        return try await sender.send(request, isIdempotent: true) { response in
            let answer = try? JSONValue(parsing: response.body)
            guard response.status == 200 else {
                throw Self.error(response, answer, "\(operation ?? "get") \(key)", key.kind)
            }
            guard let answer else {
                throw GraphError(.transient, "key vault answered 200 with a body that is no JSON", status: 200)
            }
            return answer
        }
    }

    /// What a failed answer means (wire/key-vault.md section 3).
    private static func error(
        _ response: HTTPResponse, _ answer: JSONValue?, _ what: String, _ object: VaultAddress.Kind
    ) -> GraphError {
        let error = answer?["error"]
        let code = error?["innererror"]?["code"]?.string ?? error?["code"]?.string
        let words = error?["message"]?.string.map { ": \(singleLine($0))" } ?? ""
        let kind: GraphError.Kind =
            switch response.status {
            case 401: .authentication
            case 403: .permission
            case 404: .notFound
            case 409: .conflict
            case 429: .throttled
            case 408, 425, 500...: .transient
            default: .refused
            }
        let hint =
            switch (kind, object) {
            case (.permission, _):
                " (give the application the role Key Vault \(object == .key ? "Crypto" : "Secrets") User, or let it through the vault's "
                    + "firewall; a new role takes up to ten minutes)"
            case (.notFound, .key): " (is the version that of the agent's certificate, and the vault the right one?)"
            case (.notFound, .secret): " (is it the right vault?)"
            case (.refused, .key): " (the vault says so where the key is another one than the agent's certificate has)"
            default: ""
            }
        return GraphError(
            kind, "key vault, \(what): \(response.status) \(code.map { singleLine($0) } ?? "")\(words)\(hint)",
            status: response.status, code: code, retryAfter: response.retryAfter)
    }
}
