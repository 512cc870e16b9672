// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import SignIn
import Synchronization

/// What a bearer token of the tenant gave rights to, for some minutes: a program that asks ten times a second must not have Graph asked
/// as often for the groups of its owner.
final class GrantMemory: Sendable {
    private static let lifetime = Duration.seconds(120)
    private static let capacity = 1000

    private let known = Mutex<
        [Int: (identity: Identity, text: String, grants: RoleGrants, until: ContinuousClock.Instant)]
    >([:])

    /// - Parameters:
    ///   - text: the token; another one of the same person may say other things.
    ///   - decide: asked when nothing fresh is known.
    func of(
        _ identity: Identity, _ text: String, _ decide: () async throws -> RoleGrants
    ) async throws -> RoleGrants {
        // Only where Graph has to be asked is there anything to save.
        guard identity.hasMoreGroups else { return try await decide() }
        let key = text.hashValue
        let now = ContinuousClock.now
        let found = known.withLock { known in
            known[key].flatMap { $0.text == text && now < $0.until ? $0.grants : nil }
        }
        if let found { return found }
        let grants = try await decide()
        known.withLock { known in
            if known.count >= Self.capacity { known = known.filter { now < $0.value.until } }
            if known.count >= Self.capacity { known = [:] }
            known[key] = (identity, text, grants, now + Self.lifetime)
        }
        return grants
    }
}
