// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import Foundation
public import HandOver
import JSONDocuments
public import Ledger
import Notification
import Records
public import Store

/// Recoveries in the database that all nodes share. Each step is one transaction with its record and the notice to the owner.
public struct RecoveryBook: Sendable {
    private let database: any SQLDatabase
    private let clock: any ConnectorClock
    private let packages: OneTimePackages

    /// - Parameters:
    ///   - database: one that records what is written into the audit trail.
    ///   - packages: takes the passwords.
    public init(database: any SQLDatabase, clock: any ConnectorClock, packages: OneTimePackages) {
        (self.database, self.clock, self.packages) = (database, clock, packages)
    }

    private var now: Date { clock.now().roundedToMilliseconds }

    // MARK: - Reading

    private static let rows = SQLList(
        "(SELECT \(RecoveryTable.columns) FROM recoveries)",
        keys: [
            ("number", ["id"]), ("state", ["state"]), ("user", ["subscriber"]), ("by", ["requester"]),
        ], identity: ["id"], standard: ListSort("number", isDescending: true))

    /// How recoveries are listed.
    public static let sorting = rows.sorting

    /// Recoveries, the newest first in the list's own order.
    ///
    /// - Parameter subscriberID: of this owner alone, and those that the owner asked for.
    public func list(
        states: Set<Recovery.State>? = nil, ownedBy subscriberID: String? = nil,
        _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<Recovery> {
        try await lapse()
        return try await database.read { connection in
            var conditions = SQLConditions()
            conditions.add("state", anyOf: states)
            if let subscriberID {
                conditions.add("subscriber_id = ?", subscriberID.lowercased())
                conditions.add("kind = ?", Recovery.Kind.owner)
            }
            return try Self.rows.page(request, conditions, on: connection) { try $0.map(RecoveryTable.recovery) }
        }
    }

    /// - Parameter word: `R-19` or `19`.
    /// - Throws: `LedgerError.notPossible` for one that there is not.
    public func recovery(_ word: String) async throws -> Recovery {
        try await lapse()
        let id = try Self.number(word)
        guard
            let found = try await database.read({
                try RecoveryTable(connection: $0).all("WHERE id = ?", [.integer(id)])
            }
            ).first
        else { throw Self.unknown(word) }
        return found
    }

    private static func number(_ word: String) throws -> Int64 {
        let digits = word.lowercased().hasPrefix("r-") ? word.dropFirst(2) : word[...]
        guard let id = Int64(digits), id > 0 else { throw unknown(word) }
        return id
    }

    private static func unknown(_ word: String) -> LedgerError {
        .notPossible("there is no recovery \(word.prefix(40)): 'certway key recovery list' shows them")
    }

    /// Recoveries that wait for a second person.
    public func waiting() async throws -> Int {
        try await lapse()
        return try await database.read {
            Int(try $0.value("SELECT COUNT(*) FROM recoveries WHERE state = 'waiting'", as: Int64.self) ?? 0)
        }
    }

    // MARK: - Steps

    /// Puts a request on record, and tells the owner.
    public func request(_ new: NewRecovery) async throws -> Recovery {
        let now = now
        return try await database.write { connection in
            let recovery = try RecoveryTable(connection: connection).insert(new, at: now)
            try note(.requestRecovery, recovery, by: recovery.requester, recovery.purpose, on: connection)
            if recovery.kind == .agent { try tell(recovery, "requested", at: now, on: connection) }
            return recovery
        }
    }

    /// Writes the decision of a second person.
    ///
    /// - Throws: `LedgerError.notPossible` for one's own request, and for one that is decided.
    public func decide(
        _ id: Int64, approve: Bool, by person: RecoveryPerson, because cause: String
    ) async throws -> Recovery {
        let now = now
        return try await database.write { connection in
            let table = RecoveryTable(connection: connection)
            var recovery = try locked(id, table)
            guard recovery.state(at: now) == .waiting else {
                throw LedgerError.notPossible("recovery R-\(id) is \(recovery.state(at: now).rawValue), not waiting")
            }
            guard person.isSecondPerson(to: recovery.requester) else {
                throw LedgerError.notPossible(
                    "recovery R-\(id) is \(person.name)'s own request: another key recovery agent must decide on it")
            }
            recovery.state = approve ? .approved : .denied
            (recovery.decider, recovery.decidedAt, recovery.cause) = (person, now, cause)
            try table.save(recovery)
            try note(
                approve ? .approveRecovery : .denyRecovery, recovery, by: person, "\(recovery.purpose); \(cause)",
                on: connection)
            try tell(recovery, approve ? "approved" : "denied", at: now, on: connection)
            return recovery
        }
    }

    /// Ends what nobody decided on or fetched in time.
    @discardableResult
    public func lapse() async throws -> Int {
        let now = now
        let condition = "WHERE state IN ('waiting', 'approved') AND lapses_at <= ? ORDER BY id"
        let isQuiet = try await database.read {
            try RecoveryTable(connection: $0).all(condition, [SQLValue(now)]).isEmpty
        }
        guard !isQuiet else { return 0 }
        return try await database.write { connection in
            let table = RecoveryTable(connection: connection)
            let over = try table.all(condition, [SQLValue(now)], lock: connection.dialect.rowLock)
            for var recovery in over {
                recovery.state = .lapsed
                try table.save(recovery)
                try AuditTrail.record(
                    AuditEntry(
                        .lapseRecovery, AuditObject(.recovery, "R-\(recovery.id)"),
                        by: AuditActor(named: "the gateway"), person: recovery.subscriber, reason: recovery.purpose),
                    on: connection)
                if recovery.kind == .agent { try tell(recovery, "lapsed", at: now, on: connection) }
            }
            return over.count
        }
    }

    /// Claims an approved recovery for the one who asked, puts the password on offer, and writes everything down; only when this returns
    /// may the file leave. A process that ends after it leaves a recovery that counts as fetched: the file is asked for again.
    ///
    /// - Parameters:
    ///   - attempt: what the record of the key says, with the agent's certificate.
    ///   - approvals: people that a recovery by an agent takes now.
    ///   - password: prepared, for `Recovery.passwordRecipient`.
    /// - Throws: `LedgerError.notPossible` for one that is not approved, is somebody else's, or was fetched.
    public func fetch(
        _ id: Int64, by person: RecoveryPerson, approvals: Int, attempt: KeyRecoveryAttempt, password: PreparedPackage
    ) async throws -> Recovery {
        let now = now
        return try await database.write { connection in
            let table = RecoveryTable(connection: connection)
            var recovery = try locked(id, table)
            try Self.requireFetchable(recovery, by: person, approvals, at: now)
            let package = try packages.offer(password, on: connection)
            (recovery.state, recovery.fetchedAt) = (.fetched, now)
            (recovery.agent, recovery.agentFingerprint) = (attempt.agent, attempt.agentFingerprint)
            recovery.passwordPackage = package.id
            try table.save(recovery)
            try OrderLedger.record(attempt, at: now, on: connection)
            try tell(recovery, "fetched", at: now, on: connection)
            return recovery
        }
    }

    /// Whether somebody may fetch the key now.
    ///
    /// - Throws: as `fetch`.
    public func requireFetchable(_ recovery: Recovery, by person: RecoveryPerson, approvals: Int) throws {
        try Self.requireFetchable(recovery, by: person, approvals, at: now)
    }

    private static func requireFetchable(
        _ recovery: Recovery, by person: RecoveryPerson, _ approvals: Int, at now: Date
    ) throws {
        guard recovery.requester.isSame(as: person) else {
            throw LedgerError.notPossible(
                "recovery R-\(recovery.id) was asked for by \(recovery.requester.name), who alone fetches the key")
        }
        switch recovery.state(at: now) {
        case .approved: try recovery.requireAgreed(approvals)
        case .waiting:
            throw LedgerError.notPossible("recovery R-\(recovery.id) waits for a second person")
        case .fetched:
            throw LedgerError.notPossible(
                "recovery R-\(recovery.id) was fetched already, and a key is handed out once: ask for another recovery")
        case .denied, .lapsed:
            throw LedgerError.notPossible(
                "recovery R-\(recovery.id) is \(recovery.state(at: now).rawValue): ask for another one")
        }
    }

    private func locked(_ id: Int64, _ table: RecoveryTable) throws -> Recovery {
        let lock = table.connection.dialect.rowLock
        guard let recovery = try table.all("WHERE id = ?", [.integer(id)], lock: lock).first else {
            throw Self.unknown("R-\(id)")
        }
        return recovery
    }

    private func note(
        _ action: AuditAction, _ recovery: Recovery, by person: RecoveryPerson, _ reason: String,
        on connection: any SQLConnection
    ) throws {
        try AuditTrail.record(
            AuditEntry(
                action, AuditObject(.recovery, "R-\(recovery.id)"), by: AuditActor(named: person.name),
                person: recovery.subscriber,
                after: [
                    "state": .string(recovery.state.rawValue), "certificate": .string(recovery.serialNumber),
                    "kind": .string(recovery.kind.rawValue),
                ], reason: reason), on: connection)
    }

    /// The owner hears of every step, denied ones too.
    private func tell(
        _ recovery: Recovery, _ outcome: String, at now: Date, on connection: any SQLConnection
    ) throws {
        try NoticeOutbox.post(
            event: .recovered, about: "recovery \(recovery.id) \(outcome)",
            to: .configured(subscriberID: recovery.subscriberID),
            values: [
                "serial": recovery.serialNumber, "actor": recovery.requester.name, "purpose": recovery.purpose,
                "outcome": outcome, "approver": recovery.decider?.name ?? "–",
            ], at: now, in: connection)
    }

    // MARK: - Drills

    private static let drillRows = SQLList(
        "(SELECT id, occurred_at, actor, agent, agent_fingerprint, archived, sampled, opened, failures FROM key_drills)",
        keys: [("time", ["occurred_at"])], identity: ["id"], standard: ListSort("time", isDescending: true))

    /// How drills are listed.
    public static let drillSorting = drillRows.sorting

    /// Puts a drill on record.
    public func record(_ drill: KeyDrill) async throws -> KeyDrill {
        let now = now
        return try await database.write { connection in
            var drill = drill
            drill.id = try RecoveryTables.drillIDs.take(on: connection)
            drill.at = now
            drill.failures = Array(drill.failures.prefix(KeyDrill.mostFailures))
            let json = drill.json
            try connection.insert(
                into: "key_drills",
                [
                    "id", "occurred_at", "actor", "agent", "agent_fingerprint", "archived", "sampled", "opened",
                    "failures",
                ],
                rows: [
                    [
                        .integer(drill.id), SQLValue(now), .text(connection.dialect.cut(drill.actor, to: 320)),
                        .text(drill.agent), .text(drill.agentFingerprint), SQLValue(drill.archived),
                        SQLValue(drill.sampled), SQLValue(drill.opened), SQLValue(json["failures"] ?? []),
                    ]
                ])
            try AuditTrail.record(
                AuditEntry(
                    .drillKeys, AuditObject(.key, "archive"), by: AuditActor(named: drill.actor),
                    after: [
                        "agent": .string(drill.agent), "agentFingerprint": .string(drill.agentFingerprint),
                        "sampled": JSONValue(drill.sampled), "opened": JSONValue(drill.opened),
                    ], outcome: drill.isGood ? .done : .failed), on: connection)
            return drill
        }
    }

    /// Drills, the newest first.
    public func drills(_ request: ListRequest = ListRequest()) async throws -> ListPage<KeyDrill> {
        try await database.read { connection in
            try Self.drillRows.page(request, SQLConditions(), on: connection) { rows in
                try rows.map { row in
                    let failures: JSONValue = try row["failures"]
                    var drill = KeyDrill(
                        actor: try row["actor"], agent: try row["agent"],
                        agentFingerprint: try row["agent_fingerprint"], archived: try row["archived"],
                        sampled: try row["sampled"], opened: try row["opened"],
                        failures: (failures.array ?? []).map {
                            KeyDrill.Failure(
                                serialNumber: $0["serialNumber"]?.string ?? "",
                                subscriber: $0["userPrincipalName"]?.string ?? "", reason: $0["reason"]?.string ?? "")
                        })
                    (drill.id, drill.at) = (try row["id"], try row["occurred_at"])
                    return drill
                }
            }
        }
    }
}
