// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Member lists that were asked for, kept until the directory changes: a listing of 100,000 people takes a hundred pages.
final class MemberListings: Sendable {
    private struct Key: Hashable {
        let group: String
        let isTransitive: Bool
        let type: String?
    }

    private let kept = Mutex<(version: Int, lists: [Key: [GroupMember]])>((0, [:]))

    /// - Parameter type: the OData type without its prefix; nil for all.
    func members(of group: String, _ isTransitive: Bool, type: String?, in state: DirectoryState) -> [GroupMember] {
        let key = Key(group: group, isTransitive: isTransitive, type: type)
        if let list = kept.withLock({ $0.version == state.version ? $0.lists[key] : nil }) { return list }
        let all = isTransitive ? state.transitiveMembers(of: group) : state.members(of: group)
        let list = type == nil ? all : all.filter { $0.type == type }
        kept.withLock { kept in
            if kept.version != state.version { kept = (state.version, [:]) }
            kept.lists[key] = list
        }
        return list
    }
}
