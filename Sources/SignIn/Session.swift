// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Somebody who has signed in to the console.
public struct Session: Sendable, Hashable {
    public enum Origin: Sendable, Hashable {
        /// By the tenant, with what gives roles.
        case tenant(objectID: String, grants: RoleGrants)
        /// By a token of our own.
        case token(APIToken)
    }

    public let name: String
    public let origin: Origin
    public let createdAt: Date
    /// When it is over without a sign of life.
    public let idleEndsAt: Date
    /// When it is over in any case.
    public let endsAt: Date
    /// What to hand back to the tenant when it ends.
    public let logoutHint: String?
    /// When the tenant has asked for password or key the last time; nil where it does not say so.
    public let authenticatedAt: Date?

    /// When it is over unless something happens before.
    public var expiresAt: Date { min(idleEndsAt, endsAt) }
}
