// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

extension OrderLedger {
    /// How long the key of an order that had left is kept after it ended without a certificate.
    public static let keyRetention: TimeInterval = 90 * 86_400
    private static let daysState = "keyRetention.days"

    /// Erases the keys whose time is over; once a day, whichever process asks, and only by a clock that has gone on steadily.
    ///
    /// - Throws: `StoreError`.
    public func eraseKeptKeys() async throws {
        let now = clock.now()
        var days = SteadyDays(json: try await state(Self.daysState))
        guard days.count(now) else { return }
        if days.areEnough {
            while try await eraseKeptKeys(endedBefore: now - Self.keyRetention) > 0 {}
        }
        try await setState(Self.daysState, days.json)
    }
}
