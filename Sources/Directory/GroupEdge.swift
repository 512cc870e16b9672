// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Store

/// That a group lists a member, a person or a group.
struct GroupEdge: Hashable, Sendable {
    let group: String
    let member: String
    let isGroup: Bool

    init(group: String, member: String, isGroup: Bool) {
        self.group = group
        self.member = member
        self.isGroup = isGroup
    }

    /// Reads an entry of a list of members of mixed types; nil for devices, contacts and the like.
    init?(_ item: JSONValue, of group: String) {
        guard let member = item["id"]?.string?.lowercased() else { return nil }
        switch item["@odata.type"]?.string {
        case "#microsoft.graph.user": self.init(group: group, member: member, isGroup: false)
        case "#microsoft.graph.group": self.init(group: group, member: member, isGroup: true)
        default: return nil
        }
    }

    /// The condition that finds the row, and its parameters.
    static let condition = "root_group = ? AND is_group = ? AND group_id = ? AND member_id = ?"
    func key(in root: String) -> [SQLValue] {
        [SQLValue(root), SQLValue(isGroup), SQLValue(group), SQLValue(member)]
    }
}
