// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// An application permission of Microsoft Graph that some work needs (wire/entra-oauth.md section 1).
public struct GraphPermission: Sendable, Hashable {
    /// As Entra ID names it.
    public let name: String
    /// Others that include it.
    private let wider: Set<String>

    public static let readUsers = GraphPermission(
        name: "User.Read.All", wider: ["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"])
    /// Also needs a directory role that may change how administrators sign in (wire/entra-cba.md section 4).
    public static let writeUsers = GraphPermission(name: "User.ReadWrite.All", wider: ["Directory.ReadWrite.All"])
    public static let readMembers = GraphPermission(
        name: "GroupMember.Read.All",
        wider: [
            "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All",
            "Directory.ReadWrite.All",
        ])
    public static let readContacts = GraphPermission(
        name: "OrgContact.Read.All", wider: ["Directory.Read.All", "Directory.ReadWrite.All"])
    public static let writeImportedPFX = GraphPermission(
        name: "DeviceManagementConfiguration.ReadWrite.All", wider: [])

    /// - Parameter wider: names of others that include it.
    public init(name: String, wider: Set<String>) {
        self.name = name
        self.wider = wider
    }

    public func isGranted(by roles: Set<String>) -> Bool { roles.contains(name) || !wider.isDisjoint(with: roles) }
}
