// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Refusals in Key Vault's form (wire/key-vault.md section 3).
enum VaultError {
    static func reply(_ status: Int, _ code: String, _ message: String, inner: String? = nil) -> Reply {
        var error: [String: JSONValue] = ["code": .string(code), "message": .string(message)]
        if let inner { error["innererror"] = ["code": .string(inner)] }
        return .json(["error": .object(error)], status: status)
    }

    static func badParameter(_ message: String) -> Reply { reply(400, "BadParameter", message) }

    static func notFound(_ kind: VaultObjectKind, _ name: String) -> Reply {
        reply(
            404, kind.notFound,
            "A \(kind.rawValue) with (name/id) \(name) was not found in this key vault. If you recently deleted this "
                + "\(kind.rawValue) you may be able to recover it using the correct recovery command.")
    }

    static func forbidden(_ inner: String, _ message: String) -> Reply {
        reply(403, "Forbidden", message, inner: inner)
    }
}
