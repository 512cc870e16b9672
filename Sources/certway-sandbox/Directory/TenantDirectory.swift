// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The directory of the tenant: the current state behind a lock, and an index by principal name.
final class TenantDirectory: Sendable {
    private struct Guarded {
        var state: DirectoryState
        /// Lower-case principal name to number; nil until somebody asks and after every change.
        var numbersByName: [String: Int]?
    }

    private let guarded: Mutex<Guarded>
    /// The group with every person directly in it.
    let smimeGroup: String
    /// The group that reaches the same people through others, over two ways and a cycle.
    let nestedGroup: String

    init(seed: UInt64, people: Int, includesUnusual: Bool) {
        var state = DirectoryState(generator: PersonGenerator(seed: seed), count: people)
        var generator = SeededGenerator(seed, "groups")
        var members = (0..<people).map { GroupMember.person($0) }
        if includesUnusual { members += UnusualPeople.make(seed: seed).map { .person(state.add($0)) } }
        let (smime, nested, first, second) = (generator.guid(), generator.guid(), generator.guid(), generator.guid())
        state.add(TenantGroup(id: smime, displayName: "S/MIME users", members: members))
        let middle = members.count / 2
        state.add(
            TenantGroup(
                id: first, displayName: "First half",
                members: members[..<min(middle + 2, members.count)] + [.group(second), .device(generator.guid())]))
        state.add(
            TenantGroup(
                id: second, displayName: "Second half",
                members: [.contact(generator.guid()), .group(first)] + members[middle...]))
        state.add(
            TenantGroup(
                id: nested, displayName: "S/MIME users, nested",
                members: [.group(first), .device(generator.guid()), .group(second), .contact(generator.guid())]))
        smimeGroup = smime
        nestedGroup = nested
        guarded = Mutex(Guarded(state: state))
    }

    var state: DirectoryState { guarded.withLock { $0.state } }

    func change<Result>(_ body: (inout DirectoryState) throws -> sending Result) rethrows -> sending Result {
        try guarded.withLock { guarded in
            guarded.numbersByName = nil
            return try body(&guarded.state)
        }
    }

    /// A present person by object id or principal name.
    func presentNumber(_ key: String) -> Int? {
        guarded.withLock { guarded in
            let number = guarded.state.number(ofID: key) ?? Self.number(ofName: key.lowercased(), &guarded)
            return number.flatMap { guarded.state.isPresent($0) ? $0 : nil }
        }
    }

    private static func number(ofName name: String, _ guarded: inout Guarded) -> Int? {
        if let known = guarded.numbersByName { return known[name] }
        var index: [String: Int] = [:]
        for number in guarded.state.numbers where guarded.state.isPresent(number) {
            index[guarded.state.person(number).userPrincipalName.lowercased()] = number
        }
        guarded.numbersByName = index
        return index[name]
    }
}
