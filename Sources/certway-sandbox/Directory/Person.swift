// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One account of the sandbox tenant.
struct Person: Sendable {
    enum Presence: Sendable, Equatable {
        case present
        /// In the deleted items, restorable.
        case deleted(Date)
        /// Permanently removed.
        case gone
    }

    var id: String
    var userPrincipalName: String
    var displayName: String
    var givenName: String?
    var surname: String?
    var mail: String?
    var proxyAddresses: [String]
    var otherMails: [String] = []
    /// Whose certificates sign this account in (wire/entra-cba.md section 4).
    var certificateUserIDs: [String] = []
    var isEnabled = true
    var preferredLanguage: String? = "en-US"
    var employeeId: String?
    var userType = "Member"
    var jobTitle: String?
    /// Number at the end of the security identifier of the synchronised account; nil for a cloud-only one.
    var onPremisesNumber: Int?
    var onPremisesSamAccountName: String?
    /// What `mailboxSettings/userPurpose` says; nil without a mailbox.
    var mailboxPurpose: String? = "user"
    var presence = Presence.present

    var isPresent: Bool { presence == .present }

    /// Into the deleted items; the principal name gets the id in front, as Entra does it.
    mutating func delete(at date: Date) {
        guard isPresent else { return }
        presence = .deleted(date)
        userPrincipalName = Self.mark(id) + userPrincipalName
    }

    mutating func restore() {
        guard case .deleted = presence else { return }
        presence = .present
        userPrincipalName = String(userPrincipalName.dropFirst(Self.mark(id).count))
    }

    private static func mark(_ id: String) -> String { id.filter { $0 != "-" } }
}
