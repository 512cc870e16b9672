// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Enrollment
public import JSONDocuments

/// A page of people, and where the next one begins.
public struct PeoplePage: Sendable {
    public let people: [EnrolledPerson]
    /// People in all pages together.
    public let total: Int
    /// Nil on the last page.
    public let next: PersonFilter.Position?

    public var json: JSONValue {
        ["people": .array(people.map(\.json)), "total": JSONValue(total), "next": JSONValue(next?.text)]
    }
}
