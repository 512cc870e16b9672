// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Settings

/// What somebody's roles come from: what the tenant said, of that which the configuration asks for. A session keeps the grants and not
/// the roles, so that a changed configuration counts with the next request.
public struct RoleGrants: Sendable, Hashable {
    /// Groups and app roles, as the configuration writes them.
    public var entries: [String]
    /// Whether the directory knows the person as one to look after.
    public var isEmployee: Bool

    public init(entries: [String], isEmployee: Bool) { (self.entries, self.isEmployee) = (entries, isEmployee) }

    /// The roles by a configuration.
    public func roles(by configuration: [Role: [String]]) -> Set<Role> {
        var roles = Set(configuration.filter { !Set($0.value).isDisjoint(with: entries) }.keys)
        if isEmployee { roles.insert(.employee) }
        return roles
    }

    /// Why there are these roles, such as "by group 9a41…".
    public func origin(by configuration: [Role: [String]]) -> String {
        let counting = entries.filter { entry in configuration.values.contains { $0.contains(entry) } }.sorted()
        guard !counting.isEmpty else {
            return isEmployee ? "by being in the directory" : "by nothing that gives a role"
        }
        return "by " + counting.map { Self.isGroup($0) ? "group \($0)" : "app role \($0)" }.joined(separator: ", ")
    }

    /// Whether an entry of the configuration is the object id of a group.
    public static func isGroup(_ entry: String) -> Bool {
        entry.utf8.count == 36 && entry.allSatisfy { $0.isHexDigit || $0 == "-" }
    }
}
