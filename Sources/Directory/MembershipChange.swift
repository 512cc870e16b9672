// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import MicrosoftGraph

/// One entry of `members@delta`: somebody was added to or removed from a group (wire/graph-directory.md section 4).
struct MembershipChange: Sendable {
    let edge: GroupEdge
    let isRemoved: Bool

    /// The changes of people and groups that a groups/delta page carries, in the order of the page.
    ///
    /// - Throws: `GraphError` of kind `configuration` when the enrollment group itself was deleted: that its members
    ///   left is the one thing this does not mean.
    static func all(in page: GraphPage, root: String) throws -> [MembershipChange] {
        try page.items.flatMap { item -> [MembershipChange] in
            guard let group = item["id"]?.string?.lowercased() else { return [] }
            if group == root, let removed = item["@removed"], !removed.isNull {
                throw GraphError(
                    .configuration,
                    "the enrollment group \(root) was deleted in Entra ID: restore it or give the template another "
                        + "group; until then its members count as present"
                )
            }
            return (item["members@delta"]?.array ?? []).compactMap { entry in
                GroupEdge(entry, of: group).map { edge in
                    MembershipChange(edge: edge, isRemoved: entry["@removed"].map { !$0.isNull } ?? false)
                }
            }
        }
    }
}
