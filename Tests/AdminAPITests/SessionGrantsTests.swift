// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SignIn
import Testing

@testable import AdminAPI

/// A group that is taken away in the tenant ends its rights within a session.
@Suite(.timeLimit(.minutes(1))) struct SessionGrantsTests {
    private struct Down: Error {}
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let all = RoleGrants(entries: ["group", "Certway.Auditor"], isEmployee: true)
    private static let less = RoleGrants(entries: ["Certway.Auditor"], isEmployee: true)

    private let grants = SessionGrants()
    private let asked = Counter()

    private func ask(after seconds: TimeInterval, _ answer: RoleGrants?) async throws -> RoleGrants {
        try await grants.of("s", (Self.all, Self.start), now: Self.start + seconds) { [asked] _ in
            asked.add()
            guard let answer else { throw Down() }
            return answer
        }
    }

    @Test func whatIsTakenAwayIsGoneWithinMinutes() async throws {
        #expect(try await ask(after: 200, Self.less) == Self.all && asked.value == 0)
        // Nobody waits for the tenant while the last word is young; the next request knows.
        #expect(try await ask(after: 310, Self.less) == Self.all)
        while try await ask(after: 311, Self.less) != Self.less { await Task.yield() }
        #expect(asked.value == 1)
        #expect(try await ask(after: 600, Self.less) == Self.less && asked.value == 1)
    }

    @Test func whoComesBackAfterAPauseWaitsForTheTenant() async throws {
        #expect(try await ask(after: 1800, Self.less) == Self.less && asked.value == 1)
    }

    @Test func aTenantThatIsAwayIsNotAskedWithEachRequest() async throws {
        for second in 0..<30 { #expect(try await ask(after: 1000 + Double(second), nil) == Self.all) }
        #expect(asked.value == 1)
        #expect(try await ask(after: 1061, nil) == Self.all && asked.value == 2)
        // Not for ever.
        await #expect(throws: Down.self) { _ = try await ask(after: 3700, nil) }
        await #expect(throws: APIProblem.self) { _ = try await ask(after: 3701, nil) }
        #expect(try await ask(after: 3800, Self.less) == Self.less)
    }
}
