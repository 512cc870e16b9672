// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// `/secrets` and `/certificates` of the vault (wire/key-vault.md sections 5 and 7).
struct VaultObjectEndpoints: Sendable {
    let store: VaultStore
    let access: VaultAccess

    /// Of a secret's value.
    private static let largest = 25 * 1024

    var routes: [Route] {
        [
            Route("vault.getSecret", "GET", "/secrets/{name}") { try secret($0, nil) },
            Route("vault.getSecret", "GET", "/secrets/{name}/{version}") { try secret($0, $0["version"]) },
            Route("vault.setSecret", "PUT", "/secrets/{name}") { try put($0) },
            Route("vault.getCertificate", "GET", "/certificates/{name}") { try certificate($0, nil) },
            Route("vault.getCertificate", "GET", "/certificates/{name}/{version}") {
                try certificate($0, $0["version"])
            },
        ]
    }

    private func secret(_ call: Call, _ version: String?) throws -> Reply {
        try access.require("secrets/get")
        let versions = store.content.secrets[call["name"].lowercased()] ?? []
        let found = version.map { wanted in versions.first { $0.version == wanted.lowercased() } } ?? versions.last
        guard let found else { throw VaultError.notFound(.secret, call["name"]) }
        guard found.isEnabled else {
            throw VaultError.forbidden("SecretDisabled", "Operation get is not allowed on a disabled secret.")
        }
        return .json(json(found, access.origin(call)))
    }

    private func put(_ call: Call) throws -> Reply {
        try access.require("secrets/set")
        guard let value = call.json?["value"]?.string else {
            throw VaultError.badParameter("Property value has invalid value")
        }
        guard value.utf8.count <= Self.largest else {
            throw VaultError.reply(413, "RequestEntityTooLarge", "The secret is larger than 25 KB.")
        }
        let secret = VaultSecret(
            name: call["name"], version: VaultStore.version(), value: value,
            contentType: call.json?["contentType"]?.string,
            isEnabled: call.json?["attributes"]?["enabled"]?.bool ?? true, created: store.clock.now,
            expires: call.json?["attributes"]?["exp"]?.int)
        store.add(secret)
        return .json(json(secret, access.origin(call)))
    }

    private func json(_ secret: VaultSecret, _ origin: String) -> JSONValue {
        let seconds = JSONValue(Int(secret.created.timeIntervalSince1970))
        var attributes: [String: JSONValue] = [
            "enabled": .bool(secret.isEnabled), "created": seconds, "updated": seconds,
            "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90,
        ]
        if let expires = secret.expires { attributes["exp"] = JSONValue(expires) }
        var members: [String: JSONValue] = [
            "value": .string(secret.value), "id": .string("\(origin)/secrets/\(secret.name)/\(secret.version)"),
            "attributes": .object(attributes), "tags": [:],
        ]
        if let type = secret.contentType { members["contentType"] = .string(type) }
        return .object(members)
    }

    private func certificate(_ call: Call, _ version: String?) throws -> Reply {
        try access.require("certificates/get")
        let found: VaultKey
        do { found = try store.key(call["name"], version) } catch {
            throw VaultError.notFound(.certificate, call["name"])
        }
        guard let certificate = found.certificate else { throw VaultError.notFound(.certificate, call["name"]) }
        let origin = access.origin(call)
        let der = certificate.der
        return .json([
            "id": .string(found.identifier(origin, kind: "certificates")), "kid": .string(found.identifier(origin)),
            "sid": .string(found.identifier(origin, kind: "secrets")),
            "x5t": .string(Base64URL.encode(DigestAlgorithm.sha1.digest(der))),
            "cer": .string(Data(der).base64EncodedString()), "attributes": found.attributes,
            "policy": [
                "key_props": ["exportable": false, "kty": .string(found.type), "reuse_key": false],
                "issuer": ["name": "Unknown"],
            ],
        ])
    }
}
