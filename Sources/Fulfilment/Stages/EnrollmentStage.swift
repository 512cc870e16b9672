// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

/// One step of an order's way from plan to device.
///
/// A stage may be run again at any time: it looks at what the ledger holds, does its one thing in the world outside and
/// commits what came of it. It returns the order as committed; an order that has to wait carries `nextActionAt`.
protocol EnrollmentStage: Sendable {
    /// - Throws: errors of the ledger (`LedgerError`, `StoreError`), which end the work on this order without a commit.
    ///   After any other error the engine postpones the order where the ledger has it.
    func perform(_ claim: Claim, _ order: Order) async throws -> Order
}
