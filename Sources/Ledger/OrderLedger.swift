// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import Foundation
public import Records
public import Store

/// The orders and their events: the only truth about what was asked and what came back.
///
/// Every change is one transaction that is on disk when the call returns. A call that throws has changed nothing, with one
/// exception that no database can exclude: after `StoreError` the commit may have reached the disk although its
/// confirmation was lost, so a caller reads again before it repeats something that must happen once.
public struct OrderLedger: Sendable {
    /// How long nobody else takes an order up, at least, once its submission is on record.
    public static let departure = Duration.seconds(60)

    /// Counts submissions; it only grows, so that a database that was restored from a backup is recognised.
    static let submissions = IdentifierSequence("submissions")

    /// For other rooms that keep tables of their own beside the ledger's; its writings can be put on record.
    public let database: any SQLDatabase
    /// Who has decided what, and why.
    public var audit: AuditTrail { AuditTrail(database) }
    public let clock: any ConnectorClock
    let certificateIDs = IdentifierReserve(CertificateTable.ids)
    let issuers = KnownIssuers()
    let gathering = StepGathering()

    /// - Parameters:
    ///   - database: migrated with `migrations`.
    ///   - origin: by which way what is put on record comes.
    public init(
        database: any SQLDatabase, clock: any ConnectorClock = SystemClock(), origin: AuditOrigin = AuditOrigin()
    ) {
        self.database = RecordingDatabase(
            database, origin: origin, usesDatabaseTime: clock is SystemClock || clock is DatabaseClock
        ) { clock.now().roundedToMilliseconds }
        self.clock = clock
    }

    func now() -> Date { clock.now().roundedToMilliseconds }

    /// The time by which leases run: that of the database, because nodes' clocks differ. Where the database has none, and for a
    /// clock that somebody has put in the machine's place, it is `own`.
    func time(on connection: any SQLConnection, _ own: Date) throws -> Date {
        guard let now = connection.dialect.now, clock is SystemClock || clock is DatabaseClock else { return own }
        return try connection.value("SELECT \(now)") ?? own
    }
}
