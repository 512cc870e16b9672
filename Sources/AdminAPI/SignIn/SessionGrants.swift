// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SignIn
import Synchronization

/// What the tenant says now of those who have signed in: a group that is taken away ends its rights within minutes, and not with the
/// session. Kept by each node for itself; the tenant is asked once in a while for each session, and never gives more than at sign-in.
final class SessionGrants: Sendable {
    /// How long a word of the tenant counts without another question.
    static let pace: TimeInterval = 300
    /// How long it counts where the tenant does not answer; then the session gives no rights until it does.
    static let patience: TimeInterval = 3600
    /// How soon a question that failed is asked again: those who wait for a tenant that is away must not wait with each request.
    static let rest: TimeInterval = 60
    private static let capacity = 10_000

    private struct Known {
        var grants: RoleGrants
        var confirmedAt: Date
        var askedAt: Date
    }

    private let known = Mutex<[String: Known]>([:])

    /// - Parameters:
    ///   - session: its hash.
    ///   - first: what it began with, and when.
    ///   - confirm: asks the tenant what of the grants there still is.
    /// - Throws: what `confirm` throws, when nothing was heard for longer than `patience`.
    func of(
        _ session: String, _ first: (grants: RoleGrants, at: Date), now: Date,
        _ confirm: @escaping @Sendable (RoleGrants) async throws -> RoleGrants
    ) async throws -> RoleGrants {
        let begin = Known(grants: first.grants, confirmedAt: first.at, askedAt: first.at)
        let (last, asks) = known.withLock { known in
            var last = known[session] ?? begin
            let isDue = now.timeIntervalSince(last.confirmedAt) >= Self.pace
            let asks = isDue && (last.askedAt == last.confirmedAt || now.timeIntervalSince(last.askedAt) >= Self.rest)
            guard asks else { return (last, false) }
            last.askedAt = now
            if known.count >= Self.capacity {
                known = known.filter { now.timeIntervalSince($0.value.askedAt) < Self.patience }
            }
            if known.count >= Self.capacity { known = [:] }
            known[session] = last
            return (last, true)
        }
        let age = now.timeIntervalSince(last.confirmedAt)
        guard asks else {
            // Others are asking, or have just asked in vain.
            guard age < Self.patience else { throw Self.unconfirmed }
            return last.grants
        }
        let question = Task { [self] in
            let grants = try await confirm(last.grants)
            known.withLock { $0[session] = Known(grants: grants, confirmedAt: now, askedAt: now) }
            return grants
        }
        // Who works without a pause does not wait for the tenant; who comes back after one does.
        guard age >= 2 * Self.pace else { return last.grants }
        do {
            return try await question.value
        } catch {
            guard age < Self.patience else { throw error }
            return last.grants
        }
    }

    static let unconfirmed = APIProblem(
        503, .rolesUnknown, "Nobody can say now what you may do.",
        "the tenant has not answered for an hour whether you still have the groups that gave you your roles",
        actor: "nobody", nextStep: "Ask again in a minute; a token of the gateway's own works without the tenant.",
        retryAfter: 60)
}
