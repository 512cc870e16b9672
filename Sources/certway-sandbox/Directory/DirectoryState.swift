// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The tenant's people and groups at one moment. A value: readers take a copy and work without a lock.
struct DirectoryState: Sendable {
    let generator: PersonGenerator
    let generatedCount: Int
    /// People who differ from what the generator makes, and those added later; by number.
    private var changed: [Int: Person] = [:]
    private var addedByID: [String: Int] = [:]
    private var nextNumber: Int
    private(set) var groups: [String: TenantGroup] = [:]
    private(set) var contacts: [String: MailContact] = [:]
    /// Oldest first; its length is the version of the directory.
    private(set) var changes: [DirectoryChange] = []

    init(generator: PersonGenerator, count: Int) {
        self.generator = generator
        generatedCount = count
        nextNumber = count
    }

    var version: Int { changes.count }

    var numbers: Range<Int> { 0..<nextNumber }

    func person(_ number: Int) -> Person { changed[number] ?? generator.person(number) }

    /// Like `person(number).isPresent`, without making the person.
    func isPresent(_ number: Int) -> Bool { changed[number]?.isPresent ?? true }

    /// A person by object id, whatever became of them.
    func number(ofID id: String) -> Int? {
        let id = id.lowercased()
        return addedByID[id] ?? generator.number(ofID: id).flatMap { $0 < generatedCount ? $0 : nil }
    }

    /// The group's members as they are now: without people who were deleted.
    func members(of group: String) -> [GroupMember] {
        (groups[group]?.members ?? []).filter {
            if case .person(let number) = $0 { isPresent(number) } else { true }
        }
    }

    /// Groups, people and other things below a group, each once, in the order in which they are met.
    func transitiveMembers(of group: String) -> [GroupMember] {
        var seen: Set<GroupMember> = [.group(group)]
        var found: [GroupMember] = []
        var waiting = [group]
        while let next = waiting.popLast() {
            for member in members(of: next) where seen.insert(member).inserted {
                found.append(member)
                if case .group(let nested) = member { waiting.append(nested) }
            }
        }
        return found
    }

    /// People in the deleted items.
    var deletedNumbers: [Int] {
        changed.filter { if case .deleted = $0.value.presence { true } else { false } }.keys.sorted()
    }

    /// Ids of the groups that a person is in, directly or through others.
    func transitiveGroups(of number: Int) -> [String] {
        groups.keys.sorted().filter { transitiveMembers(of: $0).contains(.person(number)) }
    }
}

extension DirectoryState {
    mutating func add(_ person: Person) -> Int {
        let number = nextNumber
        nextNumber += 1
        changed[number] = person
        addedByID[person.id] = number
        changes.append(.person(number))
        return number
    }

    mutating func change(_ number: Int, _ body: (inout Person) throws -> Void) rethrows {
        var person = person(number)
        let wasPresent = person.isPresent
        try body(&person)
        changed[number] = person
        changes.append(.person(number))
        guard person.isPresent != wasPresent else { return }
        for group in groups.values where group.members.contains(.person(number)) {
            changes.append(.membership(group: group.id, member: .person(number)))
        }
    }

    mutating func add(_ group: TenantGroup) { groups[group.id] = group }

    mutating func put(_ group: TenantGroup) {
        groups[group.id] = group
        changes.append(.group(group.id))
    }

    mutating func put(_ contact: MailContact) {
        contacts[contact.id] = contact
        changes.append(.contact(contact.id))
    }

    mutating func join(_ member: GroupMember, group: String) {
        guard groups[group]?.members.contains(member) == false else { return }
        groups[group]?.members.append(member)
        changes.append(.membership(group: group, member: member))
    }

    mutating func leave(_ member: GroupMember, group: String) {
        groups[group]?.members.removeAll { $0 == member }
        changes.append(.membership(group: group, member: member))
    }
}
