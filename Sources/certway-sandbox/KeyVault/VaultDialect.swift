// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Failures and headers of Key Vault (wire/key-vault.md section 3).
struct VaultDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply {
        let reply = VaultError.reply(
            429, "Throttled", "Request was not processed because too many requests were received.")
        return Bool.random(using: &generator) ? reply.adding("Retry-After", "1") : reply
    }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        VaultError.reply(503, "ServiceUnavailable", "The vault is read-only or not available at this time.")
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply {
        VaultError.badParameter("Method \(method) does not allow operation '\(path)'")
    }

    func failure(status: Int) -> Reply { VaultError.reply(status, "InternalServerError", "A failure was ordered.") }

    func dress(_ reply: Reply, for call: Call) -> Reply {
        reply.adding("x-ms-request-id", GUID.random()).adding("x-ms-keyvault-service-version", "1.9.0.1")
            .adding("Cache-Control", "no-cache")
    }
}
