// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import Foundation
public import Store

/// The orders and their events: the only truth about what was asked and what came back.
///
/// Every change is one transaction that is on disk when the call returns. A call that throws has changed nothing, with one
/// exception that no database can exclude: after `StoreError` the commit may have reached the disk although its
/// confirmation was lost, so a caller reads again before it repeats something that must happen once.
public struct OrderLedger: Sendable {
    /// Counts submissions; it only grows, so that a database that was restored from a backup is recognised.
    static let submissions = IdentifierSequence("submissions")

    /// For other rooms that keep tables of their own beside the ledger's.
    public let database: any SQLDatabase
    let clock: any ConnectorClock

    /// - Parameter database: migrated with `migrations`.
    public init(database: any SQLDatabase, clock: any ConnectorClock = SystemClock()) {
        self.database = database
        self.clock = clock
    }

    func now() -> Date { clock.now().roundedToMilliseconds }
}
