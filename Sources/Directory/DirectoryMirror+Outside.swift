// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension DirectoryMirror {
    /// People as the members of a group are described, whichever group they are in. Who was deleted is not present; who was never
    /// read is left out.
    ///
    /// - Throws: `StoreError`.
    public func peopleAsMembers(ids: [String]) async throws -> [EnrollmentMember] {
        try await database.read { connection in
            var members = try SQLValueList.lists(ids.map { $0.lowercased() }).flatMap { list in
                try connection.query(
                    "SELECT id, is_deleted, attributes FROM directory_users WHERE id IN (\(list.places)) ORDER BY id",
                    list.parameters
                ) { row in
                    let (id, isDeleted): (String, Bool) = (try row[0], try row[1])
                    return EnrollmentMember(
                        person: DirectoryPerson(id: id, attributes: try row[2]), isPresent: !isDeleted,
                        isDeleted: isDeleted, position: MemberPosition(changeNumber: 0, userID: id))
                }
            }
            members.removeAll { $0.person.userPrincipalName.isEmpty }
            try Self.addRivalsAndOpeners(to: &members, on: connection)
            return members
        }
    }

    /// Object ids of people of the tenant, in a group or not, who have this as a name to sign in with or an address.
    ///
    /// - Throws: `StoreError`.
    public func owners(of address: String) async throws -> [String] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT a.owner_id FROM directory_addresses a JOIN directory_claimants c ON c.id = a.owner_id \
                WHERE a.address = ? AND c.kind = ? ORDER BY a.owner_id
                """, [.text(AddressSource.foldedCase(address)), .text(Claimant.Kind.user.rawValue)]
            ) { try $0[0] }
        }
    }
}
