// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A Microsoft cloud with its own hosts (wire/entra-oauth.md section 4). A registration lives in one cloud only.
public enum NationalCloud: String, Sendable, CaseIterable {
    case global
    /// GCC High and DoD level 4.
    case usGovernment
    /// DoD level 5.
    case usDefense
    /// Operated by 21Vianet.
    case china

    /// Where tokens come from.
    public var authority: String {
        switch self {
        case .global: "https://login.microsoftonline.com"
        case .usGovernment, .usDefense: "https://login.microsoftonline.us"
        case .china: "https://login.partner.microsoftonline.cn"
        }
    }

    public var graph: String {
        switch self {
        case .global: "https://graph.microsoft.com"
        case .usGovernment: "https://graph.microsoft.us"
        case .usDefense: "https://dod-graph.microsoft.us"
        case .china: "https://microsoftgraph.chinacloudapi.cn"
        }
    }

    /// What follows the name of a vault in its host name.
    public var keyVaultSuffix: String {
        switch self {
        case .global: "vault.azure.net"
        case .usGovernment, .usDefense: "vault.usgovcloudapi.net"
        case .china: "vault.azure.cn"
        }
    }

    /// The scope of a token for Azure SQL.
    public var sqlScope: String { "https://\(databaseSuffix)/.default" }

    /// The scope of a token for Azure Database for MySQL and for PostgreSQL.
    public var openSourceDatabaseScope: String { "https://ossrdbms-aad.\(databaseSuffix)/.default" }

    private var databaseSuffix: String {
        switch self {
        case .global: "database.windows.net"
        case .usGovernment, .usDefense: "database.usgovcloudapi.net"
        case .china: "database.chinacloudapi.cn"
        }
    }

    public var exchange: String {
        switch self {
        case .global: "https://outlook.office365.com"
        case .usGovernment: "https://outlook.office365.us"
        case .usDefense: "https://outlook-dod.office365.us"
        case .china: "https://partner.outlook.cn"
        }
    }
}
