// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A shared mailbox as Exchange lists it.
public struct SharedMailbox: Sendable, Hashable {
    /// Object id of the account behind it, lower case.
    public let id: String
    /// Its primary address.
    public let address: String
    public let name: String
    /// False for one that Exchange does not list any more.
    public let isPresent: Bool
    /// When it was last read who may open it; nil for never.
    public let readAt: Date?
    /// Why nobody is taken off, or somebody is not found, in one sentence; nil for nothing.
    public let problem: String?
}

/// Somebody who may, or might, open a shared mailbox.
public struct MailboxPerson: Sendable, Hashable {
    public let mailboxID: String
    public let personID: String
    public let rights: MailboxRights
    /// Names of the groups by which the person may; empty for a right of the person's own.
    public let via: String
    /// False for somebody who may not any more.
    public let isPresent: Bool
    public let since: Date
}

/// What somebody may do with a shared mailbox.
public struct MailboxRights: OptionSet, Sendable, Hashable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Opens it and reads everything: needs the keys.
    public static let fullAccess = MailboxRights(rawValue: 1)
    /// Writes in its name; reads nothing.
    public static let sendAs = MailboxRights(rawValue: 2)
}
