// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A person who is, or was, a member of an enrollment group, at the last change.
public struct EnrollmentMember: Sendable, Hashable {
    public let person: DirectoryPerson
    /// False for one who left the group or was deleted.
    public let isPresent: Bool
    /// Deleted in the tenant: no account any more, not merely out of the group.
    public let isDeleted: Bool
    public let position: MemberPosition
    /// What others in the tenant claim of the person's addresses.
    public internal(set) var rivals: [AddressClaim]

    public init(
        person: DirectoryPerson, isPresent: Bool, isDeleted: Bool, position: MemberPosition, rivals: [AddressClaim] = []
    ) {
        self.person = person
        self.isPresent = isPresent
        self.isDeleted = isDeleted
        self.position = position
        self.rivals = rivals
    }
}
