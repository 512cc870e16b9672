// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Which group lists which, below one enrollment group. Groups are few, so this fits in memory; people are never in it.
struct GroupTree: Sendable {
    let root: String
    let edges: [(parent: String, group: String)]

    init(of root: String, on connection: any SQLConnection) throws {
        self.root = root
        edges = try connection.query(
            "SELECT group_id, member_id FROM directory_group_edges WHERE root_group = ? AND is_group = 1",
            [SQLValue(root)]
        ) { (parent: try $0[0], group: try $0[1]) }
    }

    /// The groups that can be reached from the root, the root included; cycles do no harm.
    var reachable: Set<String> {
        let children = Dictionary(grouping: edges, by: \.parent)
        var found: Set<String> = [root]
        var waiting = [root]
        while let group = waiting.popLast() {
            for (_, child) in children[group] ?? [] where found.insert(child).inserted { waiting.append(child) }
        }
        return found
    }
}
