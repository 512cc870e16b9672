// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Directory
public import JSONDocuments

/// Everybody whom a word may mean.
public struct FoundPeople: Sendable {
    /// The first of them.
    public let people: [DirectoryPerson]
    /// How many there are.
    public let total: Int
    /// Who has the word as another address or a former name, beside the one whose name it is.
    public let others: [DirectoryPerson]

    init(_ people: [DirectoryPerson], total: Int? = nil, others: [DirectoryPerson] = []) {
        self.people = people
        self.total = total ?? people.count
        self.others = others
    }

    /// The one who is meant; nil where there is nobody, or are several.
    public var person: DirectoryPerson? { total == 1 ? people.first : nil }

    public var json: JSONValue {
        let hits = people.map { person -> JSONValue in
            [
                "id": .string(person.id), "userPrincipalName": .string(person.userPrincipalName),
                "displayName": JSONValue(person.displayName),
            ]
        }
        return ["people": .array(hits), "total": JSONValue(total)]
    }
}
