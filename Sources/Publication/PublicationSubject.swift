// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whose certificates a directory holds.
public struct PublicationSubject: Sendable, Hashable {
    /// Object id in Entra ID.
    public let id: String
    public let userPrincipalName: String
    /// Addresses that the certificates name, the newest certificate's first.
    public let addresses: [String]

    public init(id: String, userPrincipalName: String, addresses: [String]) {
        (self.id, self.userPrincipalName, self.addresses) = (id, userPrincipalName, addresses)
    }
}
