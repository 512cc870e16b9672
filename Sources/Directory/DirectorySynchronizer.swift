// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import MicrosoftGraph
import Store

/// Keeps the mirror of enrollment groups up to date.
///
/// The first pass lists everybody; later ones ask for changes only. A lost delta link, another selection of attributes
/// or a week since the last listing leads to a full pass, whose comparison finds what the changes did not tell. So do an hour since the
/// first listing, and a group without members.
public struct DirectorySynchronizer: Sendable {
    let source: DirectorySource
    let database: any SQLDatabase
    let clock: any ConnectorClock
    private let logger: any ConnectorLogger
    /// How long changes alone are trusted.
    public var fullPassInterval = Duration.seconds(7 * 86_400)
    /// After which time a listing that nothing has confirmed is made once more: what lags behind does so by minutes.
    public var confirmationInterval = Duration.seconds(3600)

    /// - Parameters:
    ///   - database: with `DirectorySchema.migrations` applied.
    ///   - lease: the right to read the directory, where several nodes may have it; once it is lost, nothing is written.
    ///   - selection: the same for all groups of a database.
    public init(
        graph: GraphClient, database: any SQLDatabase, under lease: NodeLease? = nil,
        selection: DirectorySelection = DirectorySelection(), clock: any ConnectorClock = SystemClock(),
        logger: any ConnectorLogger = SilentLogger()
    ) {
        source = DirectorySource(graph: graph, selection: selection)
        self.database = SharedDatabase(database, under: lease)
        self.clock = clock
        self.logger = logger
    }

    /// Brings the mirror of one enrollment group up to date.
    ///
    /// Memory does not grow with the group. A pass that breaks off leaves what it has learnt and nobody as a leaver; it
    /// is simply run again. Passes of several groups, or of several nodes, may overlap.
    /// - Parameters:
    ///   - group: object id of the enrollment group.
    ///   - nested: whether members of groups in the group count too.
    /// - Throws: `GraphError`: kind `permission` or `configuration` (operator), `transient` or `throttled` (nobody);
    ///   `StoreError`; `LedgerError.notInCharge`; `CancellationError`.
    public func synchronize(group: String, nested: Bool = true) async throws -> SynchronizationReport {
        let report = try await synchronizeGroup(group, nested)
        try await AddressPass(
            source: source, database: database, now: clock.now(), listingInterval: fullPassInterval,
            confirmation: confirmation
        ).run()
        let (root, now) = (SQLValue(group.lowercased()), SQLValue(clock.now()))
        try await database.write { connection in
            _ = try connection.execute("UPDATE directory_roots SET read_at = ? WHERE root_group = ?", [now, root])
        }
        return report
    }

    /// Reads what the tenant's people and addresses have changed to, where no group's pass has done it.
    func followAddresses() async throws {
        do {
            var users = UserChanges(source: source, database: database, root: "")
            _ = try await CollectionCursor(source: source, database: database, collection: .users).epoch()
            try await users.apply()
        } catch let error as GraphError where error.kind == .restart {
            // The next pass lists them anew.
        }
        try await AddressPass(
            source: source, database: database, now: clock.now(), listingInterval: fullPassInterval,
            confirmation: confirmation
        ).run()
    }

    private var confirmation: Date { clock.now() + TimeInterval(confirmationInterval.components.seconds) }

    /// The name under which a person signs in at this moment, which the mirror may not know yet; nil when the tenant does not show
    /// the person. One request.
    ///
    /// - Parameter id: object id.
    /// - Throws: `GraphError`, as `synchronize`.
    public func signInName(of id: String) async throws -> String? {
        try await source.person(id)?.attributes["userPrincipalName"]?.string
    }

    /// The person as the tenant has them at this moment; nil when it does not show them. One request.
    ///
    /// - Parameter id: object id.
    /// - Throws: `GraphError`, as `synchronize`.
    public func person(_ id: String) async throws -> DirectoryPerson? {
        try await source.person(id).map { DirectoryPerson(id: $0.id, attributes: .object($0.attributes)) }
    }

    /// Reads people who are in no group that is looked after, such as somebody who is enrolled by hand; from then on their changes are
    /// read as everybody's. One request for each who is not known yet.
    ///
    /// - Parameter ids: object ids.
    /// - Throws: as `synchronize`.
    public func learn(_ ids: Set<String>) async throws {
        _ = try await UnknownPeople(source: source, database: database, root: "").fetch(
            among: Set(ids.map { $0.lowercased() }))
    }

    private func synchronizeGroup(_ group: String, _ nested: Bool) async throws -> SynchronizationReport {
        let root = group.lowercased()
        let scope = "\(nested ? "nested" : "direct") \(source.selection.list)"
        let now = clock.now()
        if try await canAskForChanges(of: root, scope: scope, now: now) {
            do {
                return try await DeltaPass(
                    source: source, database: database, root: root, isNested: nested, confirmation: confirmation
                ).run()
            } catch let error as GraphError where error.kind == .restart {
                logger.log(
                    .info, "a delta link is no longer valid, listing the group again: \(error.message)",
                    fields: [("group", root)])
            }
        }
        return try await FullPass(
            source: source, database: database, root: root, isNested: nested, scope: scope, now: now,
            confirmation: confirmation
        ).run()
    }

    private func canAskForChanges(of root: String, scope: String, now: Date) async throws -> Bool {
        let oldest = now - TimeInterval(fullPassInterval.components.seconds)
        return try await database.read { connection in
            // Without the users' link of the epoch in which the group was listed, changes of people may have been
            // missed.
            try connection.value(
                """
                SELECT 1 FROM directory_roots r
                JOIN directory_cursors c ON c.owner = 'users' AND c.number = r.users_epoch
                WHERE r.root_group = ? AND r.scope = ? AND r.full_pass_at > ? AND r.member_count > 0
                AND (r.confirm_at IS NULL OR r.confirm_at > ?)
                """, [SQLValue(root), SQLValue(scope), SQLValue(oldest), SQLValue(now)], as: Int.self) != nil
        }
    }
}
