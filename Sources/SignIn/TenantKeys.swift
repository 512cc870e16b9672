// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import MicrosoftGraph

/// What the tenant publishes for its sign-in, kept: its configuration and keys are asked for once a day, and once more where a token
/// names a key that is not known (wire/entra-oidc.md sections 1 and 4). Where it cannot be reached, the last good answer counts.
public actor TenantKeys {
    private struct Published {
        let configuration: OpenIDConfiguration
        let keys: [String: SigningKey]
        let at: Date
    }

    /// How long an answer is believed without asking again.
    private static let lifetime: TimeInterval = 86_400
    /// How often unknown keys lead to a question: whoever invents names of keys must not have the tenant asked for each, nor keep us from
    /// learning of a new key with a single one.
    private static let questions = 5
    private static let window: TimeInterval = 300
    /// How soon after a failure the next attempt comes.
    private static let restAfterFailure: TimeInterval = 30

    private let client: OpenIDClient
    private var published: Published?
    private var running: Task<Published, any Error>?
    private var askedForUnknown: [Date] = []
    private var failedAt = Date.distantPast

    public init(_ client: OpenIDClient) { self.client = client }

    /// - Throws: `GraphError` when the tenant has never answered and does not now.
    public func configuration() async throws -> OpenIDConfiguration { try await current().configuration }

    /// The key of a token's `kid`; nil when the tenant has none of that name.
    ///
    /// - Parameter isFit: whether the key can have signed the token; one that cannot is asked for once more, as one that is not known: the
    ///   list may have been wrong for a while, and would be believed for a day.
    /// - Throws: as `configuration`.
    public func key(
        _ identifier: String, where isFit: @Sendable (SigningKey) -> Bool = { _ in true }
    ) async throws -> SigningKey? {
        let known = try await current().keys[identifier]
        if let known, isFit(known) { return known }
        let now = client.clock.now()
        // A clock that was put back must not keep us from asking.
        askedForUnknown.removeAll { abs(now.timeIntervalSince($0)) >= Self.window }
        guard askedForUnknown.count < Self.questions else { return known }
        askedForUnknown.append(now)
        return try await refreshed().keys[identifier]
    }

    private func current() async throws -> Published {
        guard let published else { return try await refreshed() }
        let now = client.clock.now()
        guard abs(now.timeIntervalSince(published.at)) >= Self.lifetime,
            abs(now.timeIntervalSince(failedAt)) >= Self.restAfterFailure
        else { return published }
        do {
            return try await refreshed()
        } catch {
            failedAt = now
            return published
        }
    }

    /// Many callers wait for one answer.
    private func refreshed() async throws -> Published {
        if let running { return try await running.value }
        let task = Task { [client] in
            let configuration = try await client.configuration()
            let keys = try await client.keys(configuration).compactMap(SigningKey.init)
            return Published(
                configuration: configuration,
                keys: Dictionary(keys.map { ($0.identifier, $0) }, uniquingKeysWith: { first, _ in first }),
                at: client.clock.now())
        }
        running = task
        defer { running = nil }
        let answer = try await task.value
        published = answer
        return answer
    }
}
