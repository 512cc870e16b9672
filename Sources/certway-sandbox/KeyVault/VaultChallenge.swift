// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How the challenge of a request without a token is spelled (wire/key-vault.md section 2).
enum VaultChallenge: String, Sendable, CaseIterable {
    case plain
    /// `authorization_uri` in place of `authorization`.
    case authorizationURI
    /// `scope` in place of `resource`.
    case scope
    /// The parameters the other way round, without blanks.
    case reordered
    /// A resource of somebody else: a client must not fetch a token for it.
    case foreign

    func header(authority: String) -> String {
        let resource = "https://vault.azure.net"
        return switch self {
        case .plain: "Bearer authorization=\"\(authority)\", resource=\"\(resource)\""
        case .authorizationURI: "Bearer authorization_uri=\"\(authority)\", resource=\"\(resource)\""
        case .scope: "Bearer authorization=\"\(authority)\", scope=\"\(resource)/.default\""
        case .reordered: "Bearer resource=\"\(resource)\",authorization=\"\(authority)\""
        case .foreign: "Bearer authorization=\"\(authority)\", resource=\"https://graph.microsoft.com\""
        }
    }
}
