// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Directory
import Foundation
import Gateway
public import JSONDocuments
import Ledger
public import Planning
import Settings
public import Store

/// A person with what is known of each of its templates: a row of a list of people.
public struct PersonCard: Sendable {
    public let id: String
    public let userPrincipalName: String
    /// As the directory was last read; nil for who is not in it any more.
    public let person: DirectoryPerson?
    public let standings: [EnrolledPerson]

    public var json: JSONValue {
        [
            "id": .string(id), "userPrincipalName": .string(userPrincipalName),
            "displayName": JSONValue(person?.displayName), "addresses": JSONValue(person?.smtpAddresses ?? []),
            "accountEnabled": person.map { .bool($0.isAccountEnabled) } ?? .null,
            "templates": .array(standings.sorted { $0.template < $1.template }.map(\.json)),
        ]
    }
}

extension PersonAdministration {
    /// A page of people, each once unless `filter` takes templates apart.
    ///
    /// - Parameters:
    ///   - word: whoever `find` finds by it; nil for all.
    ///   - filter: only who stands so, by one template each; empty for everybody once.
    /// - Throws: `SettingsError` for a template that there is not; `ListError`, `StoreError`.
    public func cards(
        _ word: String?, _ filter: PersonFilter, _ request: ListRequest
    ) async throws -> ListPage<PersonCard> {
        if let word {
            let people = try await find(word).people
            let standings = try await standings(of: people.map(\.id))
            return ListPage(
                whole: people.map { person in
                    PersonCard(
                        id: person.id, userPrincipalName: person.userPrincipalName, person: person,
                        standings: standings[person.id] ?? [])
                })
        }
        if filter.template != nil || filter.status != nil || filter.concern != nil || filter.replacement != nil {
            let page = try await list(filter, request)
            let known = try await known(page.items.map(\.subscriberID))
            return page.map {
                PersonCard(
                    id: $0.subscriberID, userPrincipalName: $0.userPrincipalName, person: known[$0.subscriberID],
                    standings: [$0])
            }
        }
        let templates = try await store.configuration().templates.map(\.name)
        let register = EnrollmentRegister(database: store.database, stops: try await store.placementStops())
        let page = try await register.people(of: templates, isComplete: nil, request)
        let known = try await known(page.items.map(\.subscriberID))
        return page.map {
            PersonCard(
                id: $0.subscriberID, userPrincipalName: $0.userPrincipalName, person: known[$0.subscriberID],
                standings: Array($0.standings.values))
        }
    }

    /// The one person that a word means.
    ///
    /// - Throws: `SettingsError` when it means nobody, or several.
    public func person(_ word: String) async throws -> DirectoryPerson {
        let found = try await find(word)
        guard let person = found.person else {
            throw found.total == 0
                ? SettingsError("\(word) is not known to the gateway", at: .commandLine)
                : SettingsError(
                    "\(word) may mean \(found.total) people: "
                        + found.people.prefix(5).map { "\($0.userPrincipalName) (\($0.id))" }.joined(separator: ", ")
                        + "; give one of the ids", at: .commandLine)
        }
        return person
    }

    public func card(_ person: DirectoryPerson) async throws -> PersonCard {
        PersonCard(
            id: person.id, userPrincipalName: person.userPrincipalName, person: person,
            standings: try await standings(of: [person.id])[person.id] ?? [])
    }

    private func standings(of ids: [String]) async throws -> [String: [EnrolledPerson]] {
        guard !ids.isEmpty else { return [:] }
        let register = EnrollmentRegister(database: store.database, stops: try await store.placementStops())
        let found = try await register.people(PersonFilter(subscriberIDs: ids, limit: .max))
        return Dictionary(grouping: found, by: \.subscriberID)
    }

    private func known(_ ids: [String]) async throws -> [String: DirectoryPerson] {
        guard !ids.isEmpty else { return [:] }
        let members = try await store.mirror.peopleAsMembers(ids: ids)
        return Dictionary(members.map { ($0.person.id, $0.person) }, uniquingKeysWith: { first, _ in first })
    }
}
