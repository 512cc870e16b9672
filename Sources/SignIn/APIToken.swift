// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import Settings

/// A token of our own for programs, and for people where no tenant signs them in. The secret itself is nowhere.
public struct APIToken: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case named
        /// The first way in to a gateway without a tenant: an administrator for an hour, for one session.
        case bootstrap
    }

    public let id: Int64
    public let name: String
    public let role: Role
    public let kind: Kind
    public let createdAt: Date
    public let createdBy: String
    /// Object id of whoever has made it, or the token by which it was made; nil for the gateway's machine.
    public let creatorID: String?
    /// The token by which it was made: it ends with that one.
    public let parentID: Int64?
    public let endsAt: Date
    /// Within some minutes; nil for never.
    public let usedAt: Date?
    public let revokedAt: Date?
    public let revokedBy: String?

    /// As it stands on record what was done by it.
    public var actor: String { kind == .bootstrap ? Self.bootstrapActor : "token \(name)" }

    /// Whether people would take a name for this one's: case alone tells no two tokens apart.
    public func isCalled(_ name: String) -> Bool { self.name.lowercased() == name.lowercased() }

    static let bootstrapActor = "bootstrap token"

    public enum State: String, Sendable { case valid, expired, revoked }

    public func state(at now: Date) -> State { revokedAt != nil ? .revoked : now < endsAt ? .valid : .expired }

    /// As commands and API show it.
    public func json(at now: Date) -> JSONValue {
        [
            "id": .string(String(id)), "name": .string(name), "role": .string(role.rawValue),
            "kind": .string(kind.rawValue),
            "state": .string(state(at: now).rawValue), "createdAt": .string(createdAt.ISO8601Format()),
            "createdBy": .string(createdBy), "expiresAt": .string(endsAt.ISO8601Format()),
            "usedAt": JSONValue(usedAt?.ISO8601Format()), "revokedAt": JSONValue(revokedAt?.ISO8601Format()),
            "revokedBy": JSONValue(revokedBy),
        ]
    }
}
