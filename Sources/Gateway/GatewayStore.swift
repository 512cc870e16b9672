// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Enrollment
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Settings
import Store

/// The folder of a gateway and what lies in its database: all that most questions need. Opening it reads no configuration,
/// no profile and no secret.
public struct GatewayStore: Sendable {
    public let home: GatewayHome
    public let database: any SQLDatabase
    public let ledger: OrderLedger
    public let mirror: DirectoryMirror
    public let planner: EnrollmentPlanner
    /// Name of this node, the same after a restart.
    let node: String

    private init(_ home: GatewayHome, _ database: any SQLDatabase, _ clock: DatabaseClock) {
        self.home = home
        node = home.nodeIdentifier ?? UUID().uuidString.lowercased()
        self.database = database
        ledger = OrderLedger(database: database, clock: clock)
        mirror = DirectoryMirror(database: database)
        planner = EnrollmentPlanner(database: database, mirror: mirror, ledger: ledger, clock: clock)
    }

    /// Opens an existing gateway.
    ///
    /// - Throws: `SettingsError` when there is none yet or others may change what lies in it, `StoreError` for a database that
    ///   cannot be used.
    public static func open(_ home: GatewayHome) async throws -> GatewayStore {
        try await connect(home, mayCreate: false)
    }

    /// Opens a gateway, and makes its database and sealing key where there is none; the folder must be there.
    ///
    /// - Throws: as `open`, and `SettingsError` when an older version's database has keys that the sealing key does not open.
    public static func create(_ home: GatewayHome) async throws -> GatewayStore {
        let store = try await connect(home, mayCreate: true)
        try await store.makeSealingKey()
        return store
    }

    /// Closes the databases of this process; see `StoreDoor`.
    public static func closeAll() async { await StoreDoor.closeAll() }

    private static func connect(_ home: GatewayHome, mayCreate: Bool) async throws -> GatewayStore {
        let database = try await StoreDoor.open(home, mayCreate: mayCreate).database
        try await Migrator(migrations).migrate(database)
        let clock = DatabaseClock()
        try await clock.synchronize(with: database)
        let store = GatewayStore(home, database, clock)
        try await requireWhole(store.ledger, "the database of \(home.path)")
        try await store.lookForRestore()
        return store
    }

    /// Every step of the schema, rooms in the order of their dependence.
    public static let migrations = OrderLedger.migrations + DirectorySchema.migrations + DecisionStore.migrations

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
    public var configurationName: String { "configuration in \(home.database)" }
}
