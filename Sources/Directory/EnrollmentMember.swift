// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A person who is, or was, a member of an enrollment group, at the last change.
public struct EnrollmentMember: Sendable, Hashable {
    public internal(set) var person: DirectoryPerson
    /// False for one who left the group or was deleted.
    public let isPresent: Bool
    /// Deleted in the tenant: no account any more, not merely out of the group.
    public let isDeleted: Bool
    public let position: MemberPosition
    /// What others in the tenant claim of the person's addresses.
    public internal(set) var rivals: [AddressClaim]
    /// Of a shared mailbox whose list was read: the accounts of those who may open it, nil for one that was not looked at yet.
    public internal(set) var openers: [MailboxAccount?]?

    public init(
        person: DirectoryPerson, isPresent: Bool, isDeleted: Bool, position: MemberPosition, rivals: [AddressClaim] = []
    ) {
        self.person = person
        self.isPresent = isPresent
        self.isDeleted = isDeleted
        self.position = position
        self.rivals = rivals
    }

    /// Why nothing is ordered for such a mailbox.
    public static let unopened =
        "nobody can open it: who may has a disabled or deleted account, or there is nobody, and a certificate of it would be on no device"

    /// Whether nobody can open the shared mailbox now; of one whose list was not read, nobody knows.
    ///
    /// - Parameter includesGuests: whether people from other organisations may.
    public func isUnopened(includesGuests: Bool) -> Bool {
        guard let openers else { return false }
        return !openers.contains { $0.map { $0.isSubset(of: includesGuests ? .guest : []) } ?? true }
    }
}
