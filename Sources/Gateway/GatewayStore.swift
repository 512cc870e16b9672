// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import DeliveryProof
import Directory
import Foundation
import HandOver
import JSONDocuments
import KeyHoldings
import Ledger
import MicrosoftGraph
import Notification
import PKIX
import Planning
import Publication
public import Records
import Recoveries
import Settings
import SignIn
import Store
import Synchronization

/// The folder of a gateway and what lies in its database: all that most questions need. Opening it reads no configuration,
/// no profile and no secret.
public struct GatewayStore: Sendable {
    public let home: GatewayHome
    public let database: any SQLDatabase
    /// Where the database is, for a sentence.
    public let place: String
    /// Whether others share the database and this folder has never worked on it.
    let isNewNode: Bool
    /// Whether other nodes may work on it, too.
    let isShared: Bool
    public let ledger: OrderLedger
    public let mirror: DirectoryMirror
    public let planner: EnrollmentPlanner
    /// Name of this node, the same after a restart.
    public let node: String

    /// The time of the world outside the database; for connectors and the directory.
    public let clock: any ConnectorClock
    /// How far it is from Microsoft's.
    let tenantClock = TenantClock()

    private init(_ home: GatewayHome, _ door: StoreDoor, _ clock: any ConnectorClock, shared: any ConnectorClock) {
        self.home = home
        let identifier = home.nodeIdentifier
        node = identifier ?? UUID().uuidString.lowercased()
        isNewNode = door.file == nil && identifier == nil
        isShared = door.file == nil
        place = door.place
        self.clock = clock
        ledger = OrderLedger(
            database: door.database, clock: shared, origin: AuditOrigin(command: home.command, node: node))
        database = ledger.database
        mirror = DirectoryMirror(database: database)
        planner = EnrollmentPlanner(database: database, mirror: mirror, ledger: ledger, clock: shared)
    }

    /// Opens an existing gateway.
    ///
    /// - Parameter mayMigrate: whether a schema of an older version is brought up to date; otherwise it is an error.
    /// - Throws: `SettingsError` when there is none yet or others may change what lies in it, `StoreError` for a database that
    ///   cannot be used.
    public static func open(_ home: GatewayHome, mayMigrate: Bool = true) async throws -> GatewayStore {
        try await connect(home, mayCreate: false, mayMigrate: mayMigrate)
    }

    /// Opens a gateway, and makes its database and sealing key where there is none; the folder must be there.
    ///
    /// - Throws: as `open`, and `SettingsError` when an older version's database has keys that the sealing key does not open.
    public static func create(_ home: GatewayHome) async throws -> GatewayStore {
        let store = try await connect(home, mayCreate: true)
        try await store.makeSealingKey()
        return store
    }

    /// Closes the databases of this process; see `StoreDoor`. Before that the end of each audit trail is kept beside it, so that a database of
    /// before this command is noticed by the next one.
    ///
    /// - Returns: what is not as it was, one sentence each.
    @discardableResult
    public static func closeAll() async -> [String] {
        var breaches: [String] = []
        for store in opened.withLock({ $0.values.map(\.self) }) {
            // Whoever may not write beside the database has looked, and no more.
            if let breach = try? await store.lookAtAuditTrail() { breaches.append(breach) }
        }
        opened.withLock { $0 = [:] }
        await StoreDoor.closeAll()
        return breaches
    }

    /// What commands of this process have opened, by folder.
    private static let opened = Mutex<[String: GatewayStore]>([:])

    /// Whether there is a gateway already.
    ///
    /// - Throws: as `open`.
    public static func isThere(_ home: GatewayHome) async throws -> Bool {
        if let file = try home.location().file { return FileManager.default.fileExists(atPath: file) }
        return try await !Migrator(migrations).status(of: StoreDoor.open(home).database).applied.isEmpty
    }

    private static func connect(
        _ home: GatewayHome, mayCreate: Bool, mayMigrate: Bool = true
    ) async throws -> GatewayStore {
        let door = try await StoreDoor.open(home, mayCreate: mayCreate)
        if !mayMigrate { try await requireUpToDate(door) }
        try await bringUpToDate(home, door, mayCreate: mayCreate)
        let store: GatewayStore
        if let clock = try home.simulatedClock() {
            store = GatewayStore(home, door, clock, shared: clock)
        } else {
            let clock = DatabaseClock()
            try await clock.synchronize(with: door.database)
            store = GatewayStore(home, door, SystemClock(), shared: clock)
        }
        try await store.requireOwnTime(mayBegin: mayCreate)
        try await requireWhole(
            store.ledger, door.file == nil ? "the database \(door.place)" : "the database of \(home.path)")
        try await store.lookForRestore(door)
        // Who is no command, such as a test, ends nothing here.
        if !home.command.isEmpty { opened.withLock { $0[home.path] = store } }
        return store
    }

    /// For who only looks.
    private static func requireUpToDate(_ door: StoreDoor) async throws {
        let status = try await Migrator(migrations).status(of: door.database)
        guard !status.applied.isEmpty, !status.missing.isEmpty, status.unknown.isEmpty else { return }
        throw SettingsError(
            "the database \(door.place) lacks \(Plural(status.missing.count, "step")) of the schema, and nothing is changed by looking: "
                + "'certway store migrate' applies them, and so does the service when it starts", at: .state)
    }

    private static func bringUpToDate(_ home: GatewayHome, _ door: StoreDoor, mayCreate: Bool) async throws {
        guard door.file == nil else {
            try await migrate(door, home, by: .service)
            return
        }
        let status = try await Migrator(migrations).status(of: door.database)
        guard mayCreate || !status.applied.isEmpty else {
            throw SettingsError("no gateway in \(door.place): begin with 'certway apply -f FILE'")
        }
        guard !status.missing.isEmpty || !status.unknown.isEmpty else { return }
        do {
            try await migrate(door, home, by: .service)
        } catch let error as StoreError where error.code == .permission {
            // Whoever only runs needs no right to define anything.
            throw StoreError(
                .permission,
                "the database \(door.place) lacks \(Plural(status.missing.count, "step")) of the schema, and this user may not "
                    + "define tables: 'certway store migrate --store URL' once as the one who owns them; \(error.message)",
                detail: error.detail)
        }
    }

    /// Brings the schema up to date, all of it, once for all who start at the same time; that of a database which was there stands in the
    /// audit trail.
    ///
    /// - Returns: the names of the steps that were applied now.
    /// - Throws: as `Migrator.migrate`.
    @discardableResult
    public static func migrate(
        _ door: StoreDoor, _ home: GatewayHome, by actor: AuditActor
    ) async throws -> [String] {
        let applied = try await Migrator(migrations).migrate(door.database)
        // One that is made now has applied all.
        guard !applied.isEmpty, applied.count < migrations.count else { return applied }
        let ledger = OrderLedger(
            database: door.database, origin: AuditOrigin(command: home.command, node: home.nodeIdentifier))
        try await ledger.audit.record(
            AuditEntry(
                .migrateStore, AuditObject(.store, door.place), by: actor, after: ["steps": JSONValue(applied)],
                reason: "the schema of this version"))
        return applied
    }

    /// Every step of the schema, rooms in the order of their dependence.
    public static let migrations =
        OrderLedger.migrations + DirectorySchema.migrations + DecisionStore.migrations + IncidentStore.migrations
        + RequestMigrations.all + SignInTables.migrations + PackageTables.migrations + ReadingTables.migrations
        + NoticeTables.migrations + RecoveryTables.migrations + PublicationTables.migrations
        + KeyHoldingTables.migrations

    /// Marks a database that 'certway store copy' is filling, with what it is filled from.
    public static let copyState = "store.copy"

    /// - Throws: `SettingsError` for a database that lacks a part of what it was to be filled with: what is not there yet would be
    ///   ordered again.
    public static func requireWhole(_ ledger: OrderLedger, _ which: String) async throws {
        guard try await ledger.state(copyState) != nil else { return }
        throw SettingsError(
            "\(which) holds a part of a copy that broke off, and nothing works with it: the same 'certway store copy' again "
                + "goes on with it", at: .state)
    }

    private static let sealingKeyState = "sealingKey"

    /// Which sealing key the database of `ledger` was made with.
    public static func sealingKeyIdentifier(_ ledger: OrderLedger) async throws -> String? {
        try await ledger.state(sealingKeyState)?["id"]?.string
    }

    /// Which sealing key was made with this home; nil for a database of an older version.
    var sealingKeyIdentifier: String? {
        get async throws { try await Self.sealingKeyIdentifier(ledger) }
    }

    /// Once in the life of a database. A key that is there already and has opened what is sealed is the one: the process that
    /// made it was interrupted, or an older version made it with its first order.
    private func makeSealingKey() async throws {
        guard try await sealingKeyIdentifier == nil else { return }
        // Two nodes that begin at the same time.
        try await database.alone("certway-sealing-key") {
            guard try await sealingKeyIdentifier == nil else { return }
            try await chooseSealingKey()
        }
    }

    private func chooseSealingKey() async throws {
        let sealed = try await ledger.newestSealedKey()
        let key = sealed == nil ? try home.makeSealingKey() : try home.readSealingKey()
        if let sealed {
            do {
                _ = try key.open(sealed.bytes, context: sealed.reference)
            } catch {
                throw SettingsError("\(home.sealingKey) does not open the key of order \(sealed.reference): \(error)")
            }
        }
        try await ledger.setState(Self.sealingKeyState, ["id": .string(key.identifier)])
    }

    /// The configuration as it is stored now; its expressions are compiled when each is first used.
    ///
    /// - Throws: `Diagnostics` for one that this version does not understand.
    public func configuration() async throws -> GatewayConfiguration {
        try await ConfigurationStore(ledger: ledger).load(file: configurationName)
    }

    /// What the stored configuration is called in problems; `certway export` prints it with the lines that they name.
    public var configurationName: String { "configuration in \(place)" }
}
