// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Records

/// Somebody who takes part in a recovery. Two are one when they have the same id, or, where one of them has none, the same name.
public struct RecoveryPerson: Sendable, Hashable {
    public let name: String
    /// Nil at the command line.
    public let id: OwnerID?

    public init(name: String, id: OwnerID?) {
        (self.name, self.id) = (name, id.map { OwnerID(text: $0.text.lowercased()) })
    }

    public func isSame(as other: RecoveryPerson) -> Bool {
        if let id, let theirs = other.id { return id == theirs }
        return hasName(of: other)
    }

    /// Whether one may decide on what the other has asked for. A token that took the place of another of the same name is in the same
    /// hand: it fetches nothing of that one, and agrees to nothing of it either.
    public func isSecondPerson(to other: RecoveryPerson) -> Bool {
        if case .token = id, case .token = other.id, hasName(of: other) { return false }
        return !isSame(as: other)
    }

    private func hasName(of other: RecoveryPerson) -> Bool { name.lowercased() == other.name.lowercased() }
}
