// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Store

/// Keeps others away from what is worked on: a call may wait long for the CA or for a rate limit, and nobody else may take the order or
/// action for abandoned in that time.
struct LeaseKeeper: Sendable {
    let clock: any ConnectorClock
    let lease: Duration

    /// Renews a lease until the work has ended.
    ///
    /// - Parameters:
    ///   - reference: what is worked on, for the error.
    ///   - heldUntil: until when nobody else can have it, by the uptime of `clock`.
    ///   - renew: makes the lease last longer; returns until when, likewise.
    /// - Throws: `LedgerError.leaseLost`, also when the database was away for the whole lease; what the work throws.
    func keep(
        _ reference: String, until heldUntil: Duration, renewing renew: @escaping @Sendable () async throws -> Duration,
        during work: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask { try await self.keep(reference, until: heldUntil, renewing: renew) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func keep(
        _ reference: String, until heldUntil: Duration, renewing renew: @Sendable () async throws -> Duration
    ) async throws {
        var heldUntil = heldUntil
        while true {
            try await clock.sleep(for: lease / 3)
            do {
                heldUntil = try await renew()
            } catch is StoreError {
                if clock.uptime() >= heldUntil { throw LedgerError.leaseLost(reference: reference) }
            }
        }
    }
}
