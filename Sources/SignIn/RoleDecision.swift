// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MicrosoftGraph
public import Settings

/// Finds out which of the groups and app roles that give roles somebody has.
public struct RoleDecision: Sendable {
    let configuration: [Role: [String]]
    /// Which of these groups somebody is in, as the directory says: object id, group ids.
    let memberships: @Sendable (_ objectID: String, _ groups: [String]) async throws -> [String]
    /// Whether the gateway looks after the person.
    let isEmployee: @Sendable (_ objectID: String) async throws -> Bool

    public init(
        _ configuration: [Role: [String]],
        memberships: @escaping @Sendable (_ objectID: String, _ groups: [String]) async throws -> [String],
        isEmployee: @escaping @Sendable (_ objectID: String) async throws -> Bool
    ) {
        (self.configuration, self.memberships, self.isEmployee) = (configuration, memberships, isEmployee)
    }

    /// - Throws: `RoleRefusal` for somebody without a role, and where groups cannot be read: not knowing them gives nobody a role.
    public func grants(of identity: Identity) async throws -> RoleGrants {
        let wanted = Set(configuration.values.flatMap(\.self))
        // Byte by byte: to Swift, other bytes may be the same text.
        var found = wanted.filter { one in
            !RoleGrants.isGroup(one) && identity.roles.contains { $0.utf8.elementsEqual(one.utf8) }
        }
        let groups = wanted.filter(RoleGrants.isGroup).sorted()
        if identity.kind == .person {
            found.formUnion(
                wanted.intersection((identity.groups ?? []).map { RoleGrants.isGroup($0) ? $0.lowercased() : $0 }))
            if identity.hasMoreGroups, identity.groups == nil, !groups.isEmpty {
                do {
                    found.formUnion(try await memberships(identity.objectID, groups).map { $0.lowercased() })
                    found.formIntersection(wanted)
                } catch {
                    throw RoleRefusal(identity, configuration, cause: .unreadableGroups("\(error)"))
                }
            }
        }
        let isEmployee = identity.kind == .person ? try await isEmployee(identity.objectID) : false
        let grants = RoleGrants(entries: found.sorted(), isEmployee: isEmployee)
        guard !grants.roles(by: configuration).isEmpty else {
            let saysNothing = identity.roles.isEmpty && identity.groups == nil && !identity.hasMoreGroups
            throw RoleRefusal(identity, configuration, cause: saysNothing ? .silentToken : .noneFits)
        }
        return grants
    }

    /// What of the grants of a sign-in there still is: groups that somebody has left are gone. App roles stay until the next sign-in, for
    /// the directory does not tell them without a further permission; all are gone with the account.
    ///
    /// - Throws: `GraphError` where the directory does not answer.
    public func confirmed(_ grants: RoleGrants, of objectID: String) async throws -> RoleGrants {
        let groups = grants.entries.filter(RoleGrants.isGroup)
        var still: Set<String> = []
        do {
            if !groups.isEmpty { still = Set(try await memberships(objectID, groups).map { $0.lowercased() }) }
        } catch let error as GraphError where error.kind == .notFound {
            return RoleGrants(entries: [], isEmployee: false)
        }
        return RoleGrants(
            entries: grants.entries.filter { !RoleGrants.isGroup($0) || still.contains($0.lowercased()) },
            isEmployee: grants.isEmployee ? try await isEmployee(objectID) : false)
    }

    /// Asks Graph, twenty groups at a time (wire/entra-oidc.md section 4, Overage).
    public static func memberships(_ objectID: String, _ groups: [String], _ graph: GraphClient) async throws
        -> [String]
    {
        var found: [String] = []
        for start in stride(from: 0, to: groups.count, by: 20) {
            let part = groups[start..<min(start + 20, groups.count)]
            let answer = try await graph.send(
                GraphRequest(
                    "POST", ["users", objectID, "checkMemberGroups"],
                    body: ["groupIds": .array(part.map { .string($0) })],
                    isIdempotent: true))
            found += (answer["value"]?.array ?? []).compactMap(\.string)
        }
        return found
    }
}
