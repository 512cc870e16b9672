// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// An address of the console that somebody has kept under a name, with all its filters.
public struct SavedView: Sendable, Hashable, Identifiable {
    public internal(set) var id: Int64
    /// Whose it is: a user principal name, or the name of a token.
    public internal(set) var owner: String
    public var name: String
    /// Path and query, such as `/console/certificates?status=active`.
    public var address: String
    /// Whether all others see it, too.
    public var isShared: Bool
    /// Whether the console begins with it; one of each person at most.
    public var isStartPage: Bool

    public init(owner: String, name: String, address: String, isShared: Bool = false, isStartPage: Bool = false) {
        (id, self.owner, self.name, self.address) = (0, owner, name, address)
        (self.isShared, self.isStartPage) = (isShared, isStartPage)
    }
}
