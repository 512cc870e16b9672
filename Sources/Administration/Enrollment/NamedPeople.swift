// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import Gateway

/// People whom somebody has named one by one: by user principal name, address or object id.
struct NamedPeople {
    /// What a word means, or why nobody.
    enum Meaning {
        case person(String)
        case nobody(String)
    }

    let mirror: DirectoryMirror

    /// Nobody is guessed at: a word means one person or none.
    func meaning(_ word: String) async throws -> Meaning {
        let named = try await mirror.people(named: word).filter { !$0.userPrincipalName.isEmpty }
        let deleted = named.count > 1 ? try await mirror.deleted(named.map(\.id)) : []
        // A name goes to somebody else when an account is deleted; only an object id means the deleted one.
        let living = named.filter { !deleted.contains($0.id) || $0.id == word.lowercased() }
        let people = living.isEmpty ? named : living
        let exact = people.filter {
            $0.userPrincipalName.lowercased() == word.lowercased() || $0.id == word.lowercased()
        }
        if let person = exact.count == 1 ? exact.first : people.count == 1 ? people.first : nil {
            return .person(person.id)
        }
        guard people.isEmpty else {
            return .nobody("may mean \(people.count) people: say the object id ('certway why \(word)' lists them)")
        }
        let owners = try await mirror.owners(of: word)
        if owners.count == 1 { return .person(owners[0]) }
        if owners.count > 1 { return .nobody("is an address of \(owners.count) people: say the object id") }
        if UUID(uuidString: word) != nil { return .person(word.lowercased()) }
        return .nobody("is the name or address of nobody in the tenant, as far as the directory was read")
    }
}
