// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import Ledger
import Store
import Synchronization

/// Keeps others away from what is worked on: a call may wait long for the CA or for a rate limit, and nobody else may take the order or
/// action for abandoned in that time.
struct LeaseKeeper: Sendable {
    let clock: any ConnectorClock
    let lease: Duration

    /// Renews a lease until the work has ended. Meanwhile nothing leaves once the lease may be over (`Departure`): whoever has taken the
    /// work up has done it.
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
        let held = Held(until: heldUntil)
        // What leaves just before the end is on its way for a moment yet.
        let departure = Departure { [clock, lease] in clock.uptime() + lease / 10 < held.end }
        try await Departure.$current.withValue(departure) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work() }
                group.addTask { try await self.keep(reference, held, renewing: renew) }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private func keep(
        _ reference: String, _ held: Held, renewing renew: @Sendable () async throws -> Duration
    ) async throws {
        while true {
            try await clock.sleep(for: lease / 3)
            do {
                held.end = try await renew()
            } catch is StoreError {
                if clock.uptime() >= held.end { throw LedgerError.leaseLost(reference: reference) }
            }
        }
    }

    /// Until when nobody else can have it.
    private final class Held: Sendable {
        private let value: Mutex<Duration>

        init(until end: Duration) { value = Mutex(end) }

        var end: Duration {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }
}
