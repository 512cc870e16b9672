// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Settings

/// Somebody is who they say, and has no right here: names the account, what was looked for, and whom to ask.
public struct RoleRefusal: Error, Sendable, CustomStringConvertible {
    enum Cause: Sendable {
        case noneFits
        /// The token names neither groups nor roles.
        case silentToken
        case unreadableGroups(String)
    }

    public let name: String
    public let description: String

    init(_ identity: Identity, _ configuration: [Role: [String]], cause: Cause) {
        name = identity.name
        var looked: [String] = []
        for role in Role.allCases {
            for entry in configuration[role] ?? [] {
                looked.append("\(RoleGrants.isGroup(entry) ? "group" : "app role") \(entry) (\(role.rawValue))")
            }
        }
        let list =
            looked.isEmpty ? "nothing is configured that gives a role" : "looked for: \(looked.joined(separator: ", "))"
        let ask = "ask whoever administers the tenant for one of them"
        switch cause {
        case .noneFits: description = "\(identity.name) has no role here; \(list); \(ask)"
        case .silentToken:
            description =
                "\(identity.name) has no role here: the token names neither groups nor app roles; \(list); \(ask), or let the app "
                + "registration put groups or roles into tokens (Token configuration, Add groups claim)"
        case .unreadableGroups(let problem):
            description =
                "\(identity.name) is in too many groups for a token, and Microsoft Graph could not be asked for them: \(problem); try again, "
                + "or use app roles"
        }
    }
}
