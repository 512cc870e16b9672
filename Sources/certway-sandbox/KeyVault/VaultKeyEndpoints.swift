// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Secrets

/// `/keys` of the vault (wire/key-vault.md section 6).
struct VaultKeyEndpoints: Sendable {
    let store: VaultStore
    let access: VaultAccess

    /// A call's last path segment is an operation in any case of letters, so one route takes them all.
    var routes: [Route] {
        [
            Route("vault.getKey", "GET", "/keys/{name}") { try get($0, nil) },
            Route("vault.getKey", "GET", "/keys/{name}/{version}") { try get($0, $0["version"]) },
        ]
            + ["create", "encrypt", "decrypt", "wrapKey", "unwrapKey"].flatMap { operation in
                // Lower case is the specification's spelling, the other one that of permissions.
                Set([operation, operation.lowercased()]).flatMap { spelling in
                    [
                        Route("vault.\(operation)", "POST", "/keys/{name}/\(spelling)", subject: ["value"]) {
                            operation == "create" ? try create($0) : try compute(operation, $0, nil)
                        },
                        Route("vault.\(operation)", "POST", "/keys/{name}/{version}/\(spelling)", subject: ["value"]) {
                            try compute(operation, $0, $0["version"])
                        },
                    ]
                }
            }
    }

    private func get(_ call: Call, _ version: String?) throws -> Reply {
        try access.require("keys/get")
        return .json(try store.key(call["name"], version).json(origin: access.origin(call)))
    }

    private func create(_ call: Call) throws -> Reply {
        try access.require("keys/create")
        guard let type = call.json?["kty"]?.string, ["RSA", "RSA-HSM"].contains(type) else {
            throw VaultError.badParameter("Property kty has invalid value")
        }
        let sizes: [Int: KeyType] = [2048: .rsa2048, 3072: .rsa3072, 4096: .rsa4096]
        guard let bits = sizes[call.json?["key_size"]?.int ?? 2048] else {
            throw VaultError.badParameter("Property key_size has invalid value")
        }
        guard call["name"].wholeMatch(of: /[A-Za-z0-9-]{1,127}/) != nil else {
            throw VaultError.badParameter("The request URI contains an invalid name: \(call["name"])")
        }
        let operations = call.json?["key_ops"]?.array?.compactMap(\.string)
        let made = try store.add(call["name"], type: type, bits: bits, operations: operations)
        return .json(try made.json(origin: access.origin(call)))
    }

    private func compute(_ operation: String, _ call: Call, _ version: String?) throws -> Reply {
        try access.require("keys/\(operation)")
        let key = try store.key(call["name"], version)
        guard key.isEnabled else {
            throw VaultError.forbidden("KeyDisabled", "Operation \(operation) is not allowed on a disabled key.")
        }
        guard key.operations.contains(operation) else {
            throw VaultError.forbidden("AccessDenied", "Operation \(operation) is not permitted on this key.")
        }
        let hashes: [String: DigestAlgorithm] = ["RSA-OAEP": .sha1, "RSA-OAEP-256": .sha256]
        guard let name = call.json?["alg"]?.string, let hash = hashes[name] else {
            throw VaultError.badParameter("Property alg has invalid value")
        }
        guard let text = call.json?["value"]?.string, let bytes = Base64URL.decode(text) else {
            throw VaultError.badParameter("Property value has invalid value: it is not base64url without padding")
        }
        let result: [UInt8]
        do {
            switch operation {
            case "encrypt", "wrapKey": result = try key.key.publicKey.encryptOAEP(Secret(bytes), hash: hash)
            default: result = try key.key.decryptOAEP(bytes, hash: hash).withBytes(Array.init)
            }
        } catch {
            throw VaultError.badParameter("The parameter is incorrect.\r\n")
        }
        return .json([
            "kid": .string(key.identifier(access.origin(call))), "value": .string(Base64URL.encode(result)),
        ])
    }
}
