// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments

/// Who a believed token of the tenant speaks of.
public struct Identity: Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case person, application }

    public let kind: Kind
    public let tenantID: String
    /// Of the person or the service principal; with the tenant's id the one thing that never changes.
    public let objectID: String
    /// What people call it: the principal name, or an application's id. It decides nothing.
    public let name: String
    /// Values of the app roles that the tenant has assigned.
    public let roles: [String]
    /// Object ids of groups; nil where the token names none, which may be the registration's doing.
    public let groups: [String]?
    /// Whether there are too many groups for a token, so that they must be asked for.
    public let hasMoreGroups: Bool
    /// Whether the account's home is another organisation.
    public let isGuest: Bool
    /// The tenant's session, which it names when it ends.
    public let sessionID: String?
    /// What to hand back to the tenant at the end, so that it does not ask who is to leave.
    public let logoutHint: String?
    /// When the tenant has asked for password or key the last time; nil where the registration lacks the optional claim `auth_time`.
    public let authenticatedAt: Date?

    init(_ claims: JSONValue, kind: Kind, tenantID: String, objectID: String, name: String) {
        (self.kind, self.tenantID, self.objectID, self.name) = (kind, tenantID, objectID, name)
        roles = (claims["roles"]?.array ?? []).compactMap(\.string)
        groups = claims["groups"]?.array.map { $0.compactMap(\.string) }
        hasMoreGroups = claims["_claim_names"]?["groups"] != nil || claims["hasgroups"]?.bool == true
        let home = claims["idp"]?.string
        isGuest =
            claims["acct"]?.int == 1 || claims["acct"]?.string == "1"
            || (home != nil && home != claims["iss"]?.string && home?.contains(tenantID) != true)
        sessionID = claims["sid"]?.string
        logoutHint = claims["login_hint"]?.string
        authenticatedAt = claims["auth_time"]?.int.map { Date(timeIntervalSince1970: Double($0)) }
    }
}
