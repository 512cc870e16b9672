// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What speaks against giving somebody the key of a shared mailbox, whatever Exchange allows.
public struct MailboxAccount: OptionSet, Sendable, Hashable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Invited from another organisation.
    public static let guest = MailboxAccount(rawValue: 1)
    public static let disabled = MailboxAccount(rawValue: 2)
    public static let deleted = MailboxAccount(rawValue: 4)

    init(_ person: DirectoryPerson, isDeleted: Bool) {
        self = []
        if person.isGuest { insert(.guest) }
        if !person.isAccountEnabled { insert(.disabled) }
        if isDeleted { insert(.deleted) }
    }

    /// Whether nobody signs in by it now.
    var isAway: Bool { !isDisjoint(with: [.disabled, .deleted]) }
}
