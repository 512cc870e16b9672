// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Somebody who takes part in a recovery. Two are one person when they have the same object id in the tenant, or, where one of them has
/// none, the same name.
public struct RecoveryPerson: Sendable, Hashable {
    public let name: String
    /// Object id in the tenant.
    public let objectID: String?

    public init(name: String, objectID: String?) { (self.name, self.objectID) = (name, objectID?.lowercased()) }

    public func isSame(as other: RecoveryPerson) -> Bool {
        if let own = objectID, let theirs = other.objectID { return own == theirs }
        return name.lowercased() == other.name.lowercased()
    }
}
