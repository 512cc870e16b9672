// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing

/// Who may do what in the vault (wire/key-vault.md sections 1, 2 and 3).
struct VaultAccess: Sendable {
    let store: VaultStore
    let tokens: TokenIssuer
    let tenantID: String
    let sandboxURL: String

    static let audience = "https://vault.azure.net"
    private static let versions: Set<String> = [
        "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01",
    ]

    /// Sees every call first: token, version of the interface, firewall.
    func admit(_ call: Call) throws {
        do {
            _ = try tokens.roles(call.request.header("Authorization"), audience: Self.audience)
        } catch {
            let message =
                switch error {
                case .empty: "AKV10000: Request is missing a Bearer or PoP token."
                case .unreadable: "AKV10010: Token could not be read."
                case .wrongAudience:
                    "AKV10022: Invalid audience. Expected https://vault.azure.net, found: another resource."
                case .expired: "AKV10015: Token has expired."
                }
            let origin = MicrosoftHosts.isVault(call.request) ? "https://login.microsoftonline.com" : sandboxURL
            throw VaultError.reply(401, "Unauthorized", message)
                .adding("WWW-Authenticate", store.content.challenge.header(authority: "\(origin)/\(tenantID)"))
        }
        guard let version = call.request.query("api-version"), Self.versions.contains(version) else {
            throw VaultError.badParameter("The request URI contains an invalid or missing api-version.")
        }
        if store.content.isBehindFirewall {
            throw VaultError.forbidden(
                "ForbiddenByFirewall",
                "Client address is not authorized and caller is not a trusted service.\r\nClient address: "
                    + "\(call.request.clientAddress)\r\nVault: kv1")
        }
    }

    /// - Parameter action: such as `keys/unwrapKey`.
    func require(_ action: String) throws(Reply) {
        guard store.content.permissions.contains(action) else {
            throw VaultError.forbidden(
                "ForbiddenByRbac",
                "Caller is not authorized to perform action on resource.\r\nAction: 'Microsoft.KeyVault/vaults/\(action)/action'"
            )
        }
    }

    /// What ids in an answer begin with: the caller's own name of the vault.
    func origin(_ call: Call) -> String {
        MicrosoftHosts.isVault(call.request) ? "https://\(call.request.header("Host") ?? "")" : sandboxURL
    }
}
