// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// An account of the sandbox's Active Directory domain.
struct WindowsAccount: Sendable, Equatable {
    /// Without the domain.
    let name: String
    let userPrincipalName: String
    let displayName: String
    let mail: String?
    let securityIdentifier: String
    /// The identifier of the same person in the tenant; nil for service accounts.
    var cloudSecurityIdentifier: String?
    /// May read and decide the requests of others.
    var isOfficer = false
    /// May enroll for the templates that are not restricted.
    var mayEnroll = true

    var securityIdentifiers: [String] { [securityIdentifier] + [cloudSecurityIdentifier].compactMap(\.self) }
}
