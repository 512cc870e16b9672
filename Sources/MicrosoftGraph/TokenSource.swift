// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport

/// Tokens of one credential, one per scope, fetched once however many callers wait for it (wire/entra-oauth.md section
/// 3).
public actor TokenSource {
    private struct Entry {
        var token: AccessToken
        var refreshAt: Date
    }

    private let credential: any TokenCredential
    private let sender: RequestSender
    private var cache: [String: Entry] = [:]
    private var running: [String: Task<AccessToken, any Error>] = [:]

    public init(credential: any TokenCredential, sender: RequestSender) {
        self.credential = credential
        self.sender = sender
    }

    /// What the credential is, for people.
    public nonisolated var label: String { credential.label }

    /// A token that is valid now.
    ///
    /// It is refreshed five minutes before its end; when that fails and the old one is still valid, the old one is
    /// given and the next attempt comes half a minute later.
    /// - Throws: what `TokenCredential.requestToken` throws.
    public func token(scope: String) async throws -> AccessToken {
        let now = sender.clock.now()
        if let entry = cache[scope], now < entry.refreshAt { return entry.token }
        do {
            return try await refresh(scope)
        } catch {
            guard let entry = cache[scope], now < entry.token.expiresAt else { throw error }
            cache[scope]?.refreshAt = min(now + 30, entry.token.expiresAt)
            sender.logger.log(
                .warning, "keeping the present token of \(credential.label): \(error)", fields: [("scope", scope)])
            return entry.token
        }
    }

    /// Calls a service with a token that is valid now. A 401 costs one new token and one more attempt.
    ///
    /// - Parameter call: sends the request with the token; runs at most twice.
    /// - Throws: as `token`, and what `call` throws.
    public nonisolated func withToken<Answer: Sendable>(
        scope: String, _ call: @Sendable (AccessToken) async throws -> Answer
    ) async throws -> Answer {
        let token = try await token(scope: scope)
        do {
            return try await call(token)
        } catch let error as GraphError where error.status == 401 {
            await discard(token, scope: scope)
            return try await call(try await self.token(scope: scope))
        }
    }

    /// Forgets a token that a service answered 401 to. A newer one, fetched meanwhile by another caller, stays.
    public func discard(_ token: AccessToken, scope: String) {
        if cache[scope]?.token.value === token.value { cache[scope] = nil }
    }

    private func refresh(_ scope: String) async throws -> AccessToken {
        if let task = running[scope] { return try await task.value }
        // Not a child of the first caller: its cancellation must not fail those who wait with it.
        let task = Task { [credential, sender] in
            // Nor does what it works on keep the others from signing in.
            try await Departure.$current.withValue(nil) {
                try await credential.requestToken(scope: scope, through: sender)
            }
        }
        running[scope] = task
        defer { running[scope] = nil }
        let token = try await task.value
        cache[scope] = Entry(token: token, refreshAt: token.refreshAt)
        return token
    }
}
