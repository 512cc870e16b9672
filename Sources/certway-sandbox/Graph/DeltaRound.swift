// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One round of a delta query: what it will list, fixed when it begins so that its pages fit together.
struct DeltaRound: Sendable {
    enum Kind: String, Sendable {
        case users, groups, contacts
    }

    enum Item: Sendable {
        case person(Int)
        /// A group itself, for one without members.
        case group(String)
        case member(GroupMember, of: String, isPresent: Bool)
        case contact(String)
    }

    let kind: Kind
    let select: [String]
    /// The ids of the filter; nil for everything.
    let ids: [String]?
    /// The version of the directory that the round brings its reader to.
    let until: Int
    let items: [Item]

    /// - Parameter since: the version the reader has; nil for nothing.
    init(_ kind: Kind, select: [String], ids: [String]?, since: Int?, in state: DirectoryState) {
        self.kind = kind
        self.select = select
        self.ids = ids
        until = state.version
        switch kind {
        case .users: items = Self.people(ids, since, state).map { .person($0) }
        case .groups: items = Self.groupItems(ids, since, state, withMembers: select.contains("members"))
        case .contacts: items = Self.contacts(ids, since, state).map { .contact($0) }
        }
    }

    private static func people(_ ids: [String]?, _ since: Int?, _ state: DirectoryState) -> [Int] {
        var numbers: [Int]
        if let since {
            var seen: Set<Int> = []
            numbers = state.changes[since...].compactMap { change in
                if case .person(let number) = change, seen.insert(number).inserted { number } else { nil }
            }
        } else {
            numbers = state.numbers.filter(state.isPresent)
        }
        if let ids { numbers = numbers.filter { ids.contains(state.person($0).id) } }
        return numbers
    }

    private static func groupItems(_ ids: [String]?, _ since: Int?, _ state: DirectoryState, withMembers: Bool)
        -> [Item]
    {
        let groups = state.groups.keys.sorted().filter { ids?.contains($0) ?? true }
        guard let since else {
            return groups.flatMap { group -> [Item] in
                [.group(group)]
                    + (withMembers ? state.members(of: group).map { .member($0, of: group, isPresent: true) } : [])
            }
        }
        var changed: Set<String> = []
        var items: [Item] = state.changes[since...].compactMap { change in
            guard case .group(let id) = change, groups.contains(id), changed.insert(id).inserted else { return nil }
            return .group(id)
        }
        guard withMembers else { return items }
        var touched: [String: Set<GroupMember>] = [:]
        var present: [String: Set<GroupMember>] = [:]
        for change in state.changes[since...] {
            guard case .membership(let group, let member) = change, groups.contains(group),
                touched[group, default: []].insert(member).inserted
            else { continue }
            let now = present[group] ?? Set(state.members(of: group))
            present[group] = now
            items.append(.member(member, of: group, isPresent: now.contains(member)))
        }
        return items
    }

    private static func contacts(_ ids: [String]?, _ since: Int?, _ state: DirectoryState) -> [String] {
        var seen: Set<String> = []
        let all =
            since.map { since in
                state.changes[since...].compactMap { change in
                    if case .contact(let id) = change, seen.insert(id).inserted { id } else { nil }
                }
            } ?? state.contacts.values.filter { !$0.isGone }.map(\.id).sorted()
        return all.filter { ids?.contains($0) ?? true }
    }
}
