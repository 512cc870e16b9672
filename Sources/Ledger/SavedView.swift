// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// An address of the console that somebody has kept under a name, with all its filters.
public struct SavedView: Sendable, Hashable, Identifiable {
    public internal(set) var id: Int64
    /// Whose it is: a user principal name, or the name of a token.
    public internal(set) var owner: String
    /// What stays with the owner: an object id, or the name where there is none.
    public internal(set) var ownerKey: String
    public var name: String
    /// Path and query, such as `/console/certificates?status=active`.
    public var address: String
    /// Whether all others see it, too.
    public var isShared: Bool
    /// Whether the console begins with it; one of each person at most.
    public var isStartPage: Bool

    /// - Parameter ownerKey: nil for the name.
    public init(
        owner: String, ownerKey: String? = nil, name: String, address: String, isShared: Bool = false,
        isStartPage: Bool = false
    ) {
        (id, self.owner, self.name, self.address) = (0, owner, name, address)
        self.ownerKey = (ownerKey ?? owner).storable.folded
        (self.isShared, self.isStartPage) = (isShared, isStartPage)
    }
}
