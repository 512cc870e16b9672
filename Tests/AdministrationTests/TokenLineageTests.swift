// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import Records
import Settings
import SignIn
import Testing

/// What is made by a token lives as long as that one, and no longer.
@Suite(.timeLimit(.minutes(5))) struct TokenLineageTests {
    private let office: Office
    private let ada = Caller(name: "ada", roles: [.administrator], objectID: "ID-Ada", origin: "by group CW-Admins")

    init() async throws { office = try await Office() }

    private func make(_ name: String, by caller: Caller, validFor lifetime: TimeInterval) async throws -> APIToken {
        try #require(
            try await TokenAdministration(office.store, caller: caller).create(
                name: name, role: .administrator, validFor: lifetime)
        ).token
    }

    private func caller(_ token: APIToken) -> Caller {
        Caller(name: token.actor, roles: [token.role], origin: "by API token \(token.name)")
    }

    @Test func noTokenOutlivesTheOneByWhichItWasMade() async throws {
        let short = try await make("short", by: ada, validFor: 3600)
        let child = try await make("child", by: caller(short), validFor: 300 * 86_400)
        #expect(child.endsAt == short.endsAt && child.parentID == short.id)
        let brief = try await make("brief", by: caller(short), validFor: 60)
        #expect(brief.endsAt < short.endsAt)
        #expect([short, child, brief].allSatisfy { $0.creatorID == "id-ada" })
        let own = try await make("own", by: ada, validFor: 300 * 86_400)
        #expect(own.parentID == nil && own.endsAt > short.endsAt)
    }

    @Test func whoRevokesATokenRevokesWhatWasMadeByIt() async throws {
        let first = try await make("first", by: ada, validFor: 3600)
        let second = try await make("second", by: caller(first), validFor: 3600)
        let third = try await make("third", by: caller(second), validFor: 3600)
        let other = try await make("other", by: ada, validFor: 3600)
        _ = try await TokenAdministration(office.store, caller: ada).revoke("first")
        let revoked = Set(try await office.store.tokens.all().filter { $0.revokedAt != nil }.map(\.id))
        #expect(revoked == [first.id, second.id, third.id] && !revoked.contains(other.id))
        let records = try await office.ledger.audit.records(
            AuditFilter(actions: [AuditAction.revokeToken.rawValue])
        ).items
        #expect(Set(records.map(\.objectID)) == ["first", "second", "third"])
        // A new one of the same name has no part in what the former one has made.
        let again = try await make("first", by: ada, validFor: 3600)
        _ = try await TokenAdministration(office.store, caller: ada).revoke(String(again.id))
        #expect(try await office.store.tokens.all().first { $0.id == other.id }?.revokedAt == nil)
    }
}
