// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A service that tokens are for (wire/entra-oauth.md section 1).
enum ResourceApplication {
    /// The audience in the token for each scope; any resource not here has no service principal in the tenant.
    static func audience(ofScope scope: String, sandboxURL: String) -> String? {
        switch scope {
        case "https://graph.microsoft.com/.default", "https://graph.microsoft.us/.default", "\(sandboxURL)/.default",
            "00000003-0000-0000-c000-000000000000/.default":
            graph
        case "https://vault.azure.net/.default": "https://vault.azure.net"
        case "https://outlook.office365.com/.default", "https://outlook.office.com/.default",
            "00000002-0000-0ff1-ce00-000000000000/.default":
            "https://outlook.office365.com"
        case "https://api.manage.microsoft.com/.default": "https://api.manage.microsoft.com"
        default: nil
        }
    }

    static let graph = "https://graph.microsoft.com"

    /// Whether a scope means the gateway itself, as its registration exposes it.
    static func isGateway(_ scope: String, clientID: String) -> Bool {
        ["api://\(clientID)/", "\(clientID)/"].contains { prefix in
            ["\(prefix).default", "\(prefix)access_as_user"].contains(scope)
        }
    }
}
