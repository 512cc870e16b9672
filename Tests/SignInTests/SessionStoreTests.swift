// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Records
import Settings
import SignIn
import Store
import TestSupport
import Testing

/// Sessions and tokens in the database that all nodes share.
@Suite struct SessionStoreTests {
    private let clock = TestClock()
    private let database: any SQLDatabase
    private let trail: AuditTrail
    private let sessions: SessionStore
    private let tokens: APITokenStore
    private static let lifetime = SessionStore.Lifetime(whole: 8 * 3600, idle: 3600)
    private static let person = Session.Origin.tenant(
        objectID: "7f0c", grants: RoleGrants(entries: ["Certway.Auditor"], isEmployee: true))

    init() async throws {
        let clock = clock
        let recording = RecordingDatabase(
            try await TestDatabase([AuditTrail.migration] + SignInTables.migrations), origin: AuditOrigin(),
            usesDatabaseTime: false
        ) { clock.now() }
        database = recording
        trail = AuditTrail(recording)
        sessions = SessionStore(database: recording, clock: clock)
        tokens = APITokenStore(database: recording, clock: clock)
    }

    private func begin(
        _ origin: Session.Origin = person, tenantSession: String? = "s-1", replacing former: SecretText? = nil
    ) async throws -> SecretText {
        try await sessions.begin(
            name: "ada@sandbox.example", origin, lifetime: Self.lifetime, tenantSession: tenantSession,
            replacing: former
        ).secret
    }

    private func isOver(_ secret: SecretText) async throws -> Bool {
        try await sessions.session(secret, lifetime: Self.lifetime) == nil
    }

    @Test func theDatabaseHoldsNoCookie() async throws {
        let secret = try await begin()
        let text = secret.value.revealed
        let rows = try await database.read { connection in
            try connection.query("SELECT hash, name, grants FROM console_sessions") {
                (try $0[0] as String, try $0[2] as String)
            }
        }
        #expect(rows.count == 1 && rows[0].0 == secret.hash && !rows[0].0.contains(text) && rows[0].0.utf8.count == 64)
        let found = try #require(try await sessions.session(secret, lifetime: Self.lifetime))
        #expect(found.name == "ada@sandbox.example" && found.origin == Self.person)
        #expect(SecretText.session(cookie: text)?.hash == secret.hash && SecretText.session(cookie: secret.hash) == nil)
        #expect(secret.derived(for: "csrf") != secret.derived(for: "other"))
    }

    /// A cookie that somebody put into the browser before is worth nothing afterwards.
    @Test func eachSignInHasANewName() async throws {
        let planted = try await begin()
        let own = try await begin(replacing: planted)
        #expect(own.hash != planted.hash)
        #expect(try await isOver(planted))
        #expect(try await !isOver(own))
    }

    @Test func idlenessEndsIt() async throws {
        let secret = try await begin()
        for _ in 0..<3 {
            clock.advance(.seconds(3000))
            #expect(try await !isOver(secret))
        }
        clock.advance(.seconds(3601))
        #expect(try await isOver(secret))
        #expect(try await sessions.extend(secret, lifetime: Self.lifetime) == nil)
    }

    @Test func nothingMakesItLastForEver() async throws {
        let secret = try await begin()
        for _ in 0..<9 {
            clock.advance(.seconds(3000))
            let session = try #require(try await sessions.extend(secret, lifetime: Self.lifetime))
            #expect(session.expiresAt <= session.createdAt.addingTimeInterval(8 * 3600))
        }
        clock.advance(.seconds(3000))
        #expect(try await isOver(secret))
    }

    @Test func signingOutEndsOneOrAll() async throws {
        let (first, second, other) = (
            try await begin(), try await begin(tenantSession: "s-2"), try await begin(tenantSession: "s-3")
        )
        try await sessions.end(first)
        #expect(try await isOver(first))
        #expect(try await sessions.end(tenantSession: "s-2") == 1)
        #expect(try await isOver(second))
        #expect(try await sessions.end(tenantSession: "") == 0)
        #expect(try await sessions.end(tenantSession: "unknown") == 0)
        let session = try #require(try await sessions.session(other, lifetime: Self.lifetime))
        _ = try await begin()
        #expect(try await sessions.endAll(of: session) == 2)
        #expect(try await isOver(other))
    }

    @Test func aTokenIsShownOnceAndStoredHashed() async throws {
        let made = try #require(try await tokens.make(name: "ci", role: .auditor, validFor: 3600, by: "ada"))
        let text = made.secret.value.revealed
        #expect(text.wholeMatch(of: /cwt_[A-Za-z0-9]{40}[0-9a-f]{6}/) != nil)
        #expect(try await tokens.valid(made.secret)?.name == "ci")
        #expect(try await tokens.make(name: "ci", role: .helpdesk, validFor: 3600, by: "ada") == nil)
        #expect(try await tokens.all().map(\.usedAt) == [clock.now()])
        // Misspelt ones are known without asking the database.
        let wrong = String(text.dropLast()) + (text.hasSuffix("0") ? "1" : "0")
        #expect(
            SecretText.token(wrong) == nil && SecretText.token("cwt_") == nil
                && SecretText.token(text)?.hash == made.secret.hash)
        clock.advance(.seconds(3600))
        #expect(try await tokens.valid(made.secret) == nil)
        #expect(try await tokens.make(name: "ci", role: .helpdesk, validFor: 3600, by: "ada") != nil)
    }

    @Test func aRevokedTokenTakesItsSessionsAlong() async throws {
        let made = try #require(try await tokens.make(name: "ci", role: .auditor, validFor: 7200, by: "ada"))
        let session = try await begin(.token(made.token), tenantSession: nil)
        let found = try #require(try await sessions.session(session, lifetime: Self.lifetime))
        #expect(found.endsAt == made.token.endsAt)
        #expect(try await tokens.revoke(made.token.id, by: "bob")?.revokedBy == "bob")
        #expect(try await tokens.valid(made.secret) == nil)
        #expect(try await isOver(session))
        #expect(try await tokens.revoke(99, by: "bob") == nil)
        _ = try await tokens.revoke(made.token.id, by: "eve")
        #expect(try await tokens.all()[0].revokedBy == "bob")
        let records = try await trail.records(after: 0, limit: 10)
        #expect(records.map(\.action) == ["create.token", "revoke.token"])
        #expect(records.allSatisfy { !"\($0)".contains(made.secret.value.revealed) })
    }

    @Test func aBootstrapTokenIsSpentOnce() async throws {
        let made = try #require(
            try await tokens.make(
                name: "bootstrap", role: .administrator, kind: .bootstrap, validFor: 3600, by: "serve"))
        #expect(try await tokens.valid(made.secret)?.kind == .bootstrap)
        let spent = [try await tokens.spend(made.token), try await tokens.spend(made.token)]
        #expect(spent == [true, false])
        #expect(try await tokens.valid(made.secret) == nil)
    }

    @Test func whoGuessesWaits() {
        let clock = clock
        let limit = FailureLimit(most: 3, within: .seconds(60)) { clock.uptime() }
        for _ in 0..<3 {
            #expect(limit.wait(of: "192.0.2.1") == nil)
            limit.note(failureOf: "192.0.2.1")
        }
        #expect(limit.wait(of: "192.0.2.1") == .seconds(60))
        #expect(limit.wait(of: "192.0.2.2") == nil)
        clock.advance(.seconds(60))
        #expect(limit.wait(of: "192.0.2.1") == nil)
    }
}
