// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Who asks for a use case, with what right: somebody at the command line, signed in to the console, or a token of the API.
public struct Caller: Sendable, Hashable {
    /// As it stands in timelines and in the audit trail, such as `ada@example.org`.
    public let name: String
    public let roles: Set<Role>
    /// Object id in the tenant; nil for tokens of our own and the command line.
    public let objectID: String?
    /// Why the caller has these roles, in words, such as "by group CW-Helpdesk".
    public let origin: String

    public init(name: String, roles: Set<Role>, objectID: String? = nil, origin: String) {
        (self.name, self.roles, self.objectID, self.origin) = (name, roles, objectID, origin)
    }

    /// Whoever may read the gateway's folder has its keys already: the file system is the guard of the command line.
    public static func commandLine(_ name: String) -> Caller {
        Caller(name: name, roles: Set(Role.allCases), origin: "by access to the gateway's folder")
    }

    public func may(_ permission: Permission) -> Bool {
        roles.contains { RoleTable.permissions(of: $0).contains(permission) }
    }

    /// - Throws: `AccessDenied`, which says what is needed, what the caller is, and whom to ask.
    public func require(_ permission: Permission) throws(AccessDenied) {
        guard may(permission) else { throw AccessDenied(permission: permission, caller: self) }
    }
}
