// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import MicrosoftGraph
import Testing

/// wire/entra-oauth.md section 3 and section 6, points 7 and 10.
@Suite(.timeLimit(.minutes(5))) struct TokenSourceTests {
    private let scope = "https://graph.microsoft.com/.default"

    private func harness(_ answers: ServerAnswer...) throws -> GraphHarness {
        try GraphHarness(service: ScriptedService(answers))
    }

    @Test func fiftyCallersFetchOneToken() async throws {
        let harness = try harness(.token())
        let (tokens, scope) = (harness.tokens, scope)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await tokens.token(scope: scope).value.revealed } }
            for try await token in group { #expect(token == "token-1") }
        }
        #expect(harness.service.tokenRequests.count == 1)
    }

    @Test(
        "a token is refreshed before its end, whatever its length",
        arguments: [(86_400, 86_090.0, 86_110.0), (3599, 3290, 3300), (120, 55, 65)])
    func refreshesEarly(_ lifetime: Int, _ still: Double, _ due: Double) async throws {
        let harness = try harness(.token("a", lifetime: lifetime), .token("b", lifetime: lifetime))
        #expect(try await harness.tokens.token(scope: scope).value.revealed == "a")
        harness.clock.advance(by: still)
        #expect(try await harness.tokens.token(scope: scope).value.revealed == "a")
        harness.clock.advance(by: due - still)
        #expect(try await harness.tokens.token(scope: scope).value.revealed == "b")
    }

    @Test(
        "whatever is said of a token's life, it is used for at least half a minute and no longer than a day",
        arguments: [
            ("0", 60), ("-5", 60), ("1e18", 86_400), ("9007199254740993", 86_400), ("1e400", 86_400),
            ("\"1e18\"", 86_400), ("\"0\"", 60), ("\"3600\"", 3600), ("null", 60), ("\"soon\"", 60), ("\"nan\"", 60),
            ("{}", 60),
        ])
    func aTokensLifeHasARange(told: String, lifetime: Double) async throws {
        let harness = try harness(.token("a", lifetime: told), .token("b", lifetime: told))
        let early = min(300, lifetime / 2)
        for _ in 0..<5 { #expect(try await harness.tokens.token(scope: scope).value.revealed == "a") }
        harness.clock.advance(by: lifetime - early - 1)
        #expect(try await harness.tokens.token(scope: scope).value.revealed == "a")
        harness.clock.advance(by: 2)
        #expect(try await harness.tokens.token(scope: scope).value.revealed == "b")
    }

    @Test func keepsAValidTokenWhenTheRefreshFailsAndDoesNotHammer() async throws {
        let refusal = ServerAnswer.json(["error": "invalid_client", "error_codes": [7_000_222]], status: 401)
        let harness = try harness(.token("a", lifetime: 3600), refusal)
        _ = try await harness.tokens.token(scope: scope)
        harness.clock.advance(by: 3400)
        for _ in 0..<5 { #expect(try await harness.tokens.token(scope: scope).value.revealed == "a") }
        #expect(harness.service.tokenRequests.count == 2)
        harness.clock.advance(by: 300)
        let error = await #expect(throws: GraphError.self) { try await harness.tokens.token(scope: scope) }
        #expect(error?.code == "AADSTS7000222")
    }

    @Test func discardForgetsOnlyTheTokenMeant() async throws {
        let harness = try harness(.token("a"), .token("b"), .token("c"))
        let old = try await harness.tokens.token(scope: scope)
        await harness.tokens.discard(old, scope: scope)
        #expect(try await harness.tokens.token(scope: scope).value.revealed == "b")
        await harness.tokens.discard(old, scope: scope)
        #expect(try await harness.tokens.token(scope: scope).value.revealed == "b")
    }

    @Test func aFailureIsNotCached() async throws {
        let refusal = ServerAnswer.json(["error": "invalid_client", "error_codes": [7_000_215]], status: 401)
        let harness = try harness(refusal, .token("a"))
        await #expect(throws: GraphError.self) { try await harness.tokens.token(scope: scope) }
        #expect(try await harness.tokens.token(scope: scope).value.revealed == "a")
    }
}
