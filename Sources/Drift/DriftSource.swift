// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Where the ledger is compared with the world. Each can fail by itself, and is then not compared: never taken as empty.
public enum DriftSource: String, Sendable, CaseIterable {
    /// The lists of the CAs.
    case authority
    /// What CAs publish about revocation: lists and responders.
    case revocation
    /// Imported PFX.
    case intune
    /// People, groups and mailboxes of Entra ID.
    case directory
    /// The values by which people sign in with a certificate.
    case signIn
    /// The address list and LDAP directories.
    case addressLists
    /// The archived keys, and who can open them.
    case archive

    /// For people.
    public var title: String {
        switch self {
        case .authority: "the lists of the CAs"
        case .revocation: "revocation lists and responders"
        case .intune: "imported PFX in Intune"
        case .directory: "people, groups and mailboxes"
        case .signIn: "values to sign in by"
        case .addressLists: "address list and directories"
        case .archive: "the archive of keys"
        }
    }
}
