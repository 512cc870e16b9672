// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Enrollment
import JSONDocuments
import Ledger
import PKIX
import Settings
import Store
import StoreSQLite
import Synchronization

/// The folder of a gateway and what lies in its database: all that most questions need. Opening it reads no configuration,
/// no profile and no secret.
public struct GatewayStore: Sendable {
    public let home: GatewayHome
    public let database: any SQLDatabase
    public let ledger: OrderLedger
    public let mirror: DirectoryMirror
    public let planner: EnrollmentPlanner

    private init(_ home: GatewayHome, _ database: any SQLDatabase) {
        self.home = home
        self.database = database
        ledger = OrderLedger(database: database)
        mirror = DirectoryMirror(database: database)
        planner = EnrollmentPlanner(database: database, mirror: mirror, ledger: ledger)
    }

    /// Opens an existing gateway.
    ///
    /// - Throws: `SettingsError` when there is none yet or others may change what lies in it, `StoreError` for a database that
    ///   cannot be used.
    public static func open(_ home: GatewayHome) async throws -> GatewayStore {
        try home.check()
        guard home.exists else {
            throw SettingsError(
                "no gateway in \(home.path): begin with 'certway apply -f FILE', or name its folder with --home DIR")
        }
        return try await connect(home)
    }

    /// Opens a gateway, and makes its database and sealing key where there is none; the folder must be there.
    ///
    /// - Throws: as `open`, and `SettingsError` when an older version's database has keys that the sealing key does not open.
    public static func create(_ home: GatewayHome) async throws -> GatewayStore {
        try home.check()
        let store = try await connect(home)
        try await store.makeSealingKey()
        return store
    }

    /// How each database that this process has opened is closed.
    private static let closings = Mutex<[@Sendable () async -> Void]>([])

    /// Closes the databases of this process, so that what was committed lies in certway.db alone, and not in a log beside it that a
    /// copy of the file would lack. To be called when nothing works with them any more.
    public static func closeAll() async {
        let closings = closings.withLock { closings in
            defer { closings = [] }
            return closings
        }
        for close in closings { await close() }
    }

    private static func connect(_ home: GatewayHome) async throws -> GatewayStore {
        let database = try SQLiteDatabase(path: home.database)
        closings.withLock { $0.append(database.closing) }
        try await Migrator(OrderLedger.migrations + DirectorySchema.migrations + DecisionStore.migrations).migrate(
            database)
        return GatewayStore(home, database)
    }

    private static let sealingKeyState = "sealingKey"

    /// Which sealing key was made with this home; nil for a database of an older version.
    var sealingKeyIdentifier: String? {
        get async throws { try await ledger.state(Self.sealingKeyState)?["id"]?.string }
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
