// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph

/// The collections of a tenant whose objects have mail addresses (wire/graph-directory.md sections 2 to 5).
enum ClaimantCollection: String, Sendable, CaseIterable {
    case users, groups, contacts

    var kind: Claimant.Kind {
        switch self {
        case .users: .user
        case .groups: .group
        case .contacts: .contact
        }
    }

    /// Value of `$select`.
    var selection: String {
        self == .users ? "id,userPrincipalName,mail,proxyAddresses" : "id,displayName,mail,proxyAddresses"
    }

    /// The least permission that reads it.
    var permission: GraphPermission {
        switch self {
        case .users: .readUsers
        case .groups: .readMembers
        case .contacts: .readContacts
        }
    }
}
