// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Which group lists which, below one enrollment group. Groups are few, so this fits in memory; people are never in it.
struct GroupTree: Sendable {
    let root: String
    private(set) var edges: Set<GroupEdge>

    init(of root: String, on connection: any SQLConnection) throws {
        self.root = root
        edges = Set(
            try connection.query(
                "SELECT group_id, member_id FROM directory_group_edges WHERE root_group = ? AND is_group = 1",
                [SQLValue(root)]
            ) { GroupEdge(group: try $0[0], member: try $0[1], isGroup: true) })
    }

    /// The groups that can be reached from the root, the root included; cycles do no harm.
    var reachable: Set<String> {
        let children = Dictionary(grouping: edges, by: \.group)
        var found: Set<String> = [root]
        var waiting = [root]
        while let group = waiting.popLast() {
            for edge in children[group] ?? [] where found.insert(edge.member).inserted { waiting.append(edge.member) }
        }
        return found
    }

    /// The tree as it will be with these changes.
    func applying(_ changes: some Sequence<MembershipChange>) -> GroupTree {
        var tree = self
        for change in changes where change.edge.isGroup {
            if change.isRemoved { tree.edges.remove(change.edge) } else { tree.edges.insert(change.edge) }
        }
        return tree
    }
}
