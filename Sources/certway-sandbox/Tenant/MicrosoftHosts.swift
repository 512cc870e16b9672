// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing

/// Microsoft's own hosts. A client that knows no others can be led here by a proxy, and must find its way in what we answer.
enum MicrosoftHosts {
    /// Names of the sign-in (msal's list of aliases for the global cloud).
    static let login = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]
    static let graph = "graph.microsoft.com"
    static let exchange = "outlook.office365.com"
    static let all = login + [graph, exchange, vault]
    /// The tenant's vault.
    static let vault = "kv1.vault.azure.net"

    /// Whether the caller knows the vault by Microsoft's name for it.
    static func isVault(_ request: ServerRequest) -> Bool { request.header("Host")?.lowercased() == vault }

    /// What addresses begin with for whoever sent the request: its own name of us, else `own`.
    static func origin(of request: ServerRequest, own: String) -> String {
        let host = request.header("Host") ?? ""
        return all.contains(host) ? "https://\(host)" : own
    }
}
