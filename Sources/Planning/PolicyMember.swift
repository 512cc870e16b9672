// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// Where one person stands with all templates of a policy.
public struct PolicyMember: Sendable, Hashable {
    public let subscriberID: String
    public let userPrincipalName: String
    /// By template; none for a template by which nothing is known of the person.
    public let standings: [String: EnrolledPerson]
    /// Whether a certificate by each template is in use.
    public let isComplete: Bool

    public var json: JSONValue {
        [
            "id": .string(subscriberID), "userPrincipalName": .string(userPrincipalName),
            "complete": .bool(isComplete), "templates": .object(standings.mapValues(\.json)),
        ]
    }
}
