// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger

extension Gateway {
    /// How long the key of an order that had left is kept after it ended without a certificate.
    static let keyRetention: TimeInterval = 90 * 86_400
    private static let lastErasure = "keyRetention.last"

    /// Erases the keys whose time is over; once a day, whichever process asks.
    ///
    /// - Throws: `StoreError`.
    func eraseKeptKeys(at now: Date = Date()) async throws {
        let last = try await ledger.state(Self.lastErasure)?.number ?? 0
        guard abs(now.timeIntervalSince1970 - last) > 86_400 else { return }
        var count = 0
        repeat { count = try await ledger.eraseKeptKeys(endedBefore: now - Self.keyRetention) } while count > 0
        try await ledger.setState(Self.lastErasure, .number(now.timeIntervalSince1970))
    }
}
