// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import Gateway
import Ledger
import Settings

/// The configuration as files: checked, compared with what is stored, stored.
public struct ConfigurationAdministration: Sendable {
    private let home: GatewayHome
    private let profiles: Profiles
    private let actor: String

    /// - Parameter actor: who acts, for the timeline of orders that are concerned.
    public init(_ home: GatewayHome, _ profiles: Profiles, actor: String) {
        self.home = home
        self.profiles = profiles
        self.actor = actor
    }

    /// The stored configuration as YAML; what it gives can be applied again.
    public func export() async throws -> String {
        try await ConfigurationStore(ledger: GatewayStore.open(home).ledger).yaml()
    }

    /// Checks a file and stores it.
    ///
    /// Orders that a CA has belong to the connection they were placed at. A file that would point their backend CA at another
    /// CA or account, or take it away, is refused: there the same id is somebody else's order.
    ///
    /// - Parameters:
    ///   - text: YAML; sections it leaves out stay as they are.
    ///   - file: the name that problems show.
    ///   - prunes: whether named parts that the file's own sections no longer hold are removed.
    ///   - leavesOpenOrders: the consent that such orders are left alone; each is held, with the reason.
    ///   - isDryRun: whether to tell only what would change. Makes nothing on disk.
    /// - Throws: `Diagnostics` with everything wrong in the file; `SettingsError` for secrets that stand in it themselves, for
    ///   a result that does not fit together, and for open orders without consent. Nothing is changed then.
    public func apply(
        _ text: String, file: String, prunes: Bool, leavesOpenOrders: Bool = false, isDryRun: Bool
    ) async throws -> ConfigurationResult {
        // The file is checked before anything is made on disk.
        let configuration = try ConfigurationReader.read(text, file: file)
        let secrets = profiles.catalogue.bareSecrets(in: configuration.backendCAs)
        guard secrets.isEmpty else {
            throw SettingsError("\(file): " + secrets.joined(separator: "\n\(file): "))
        }
        let ledger = try await openLedger(isDryRun: isDryRun)
        let store = ConfigurationStore(ledger: ledger)
        let changes = try await store.changes(applying: text, file: file, prunes: prunes)
        let agents = AgentCheck.problems(
            added: configuration.keyRecoveryAgents, all: try await store.result(of: changes).keyRecoveryAgents,
            at: Date())
        guard agents.isEmpty else {
            throw SettingsError("\(file): " + agents.joined(separator: "\n\(file): "))
        }
        let stranded = try await strandedOrders(changes, store, ledger)
        guard stranded.isEmpty || leavesOpenOrders else {
            throw SettingsError("\(file): " + stranded.map(\.refusal).joined(separator: "\n\(file): "))
        }
        if !isDryRun {
            try await store.apply(changes)
            for group in stranded { try await hold(group, ledger) }
        }
        let warnings = try await configuration.warnings() + leftTemplates(changes, ledger)
        return ConfigurationResult(changes: changes, stranded: stranded, warnings: warnings)
    }

    /// Certificates belong to the template they were ordered by: under another name, the same template buys them anew.
    private func leftTemplates(_ changes: [ConfigurationStore.Change], _ ledger: OrderLedger?) async throws -> [String]
    {
        var warnings: [String] = []
        for change in changes where change.section == "templates" && change.kind == .removed {
            let filter = CertificateFilter(statuses: [.active], template: change.name, limit: .max)
            let count = try await ledger?.certificates(filter).count ?? 0
            guard count > 0 else { continue }
            warnings.append(
                "template \(change.name) goes, and \(Plural(count, "certificate")) of it stay in use: nothing looks after them "
                    + "any more, and a template of another name orders new ones for the same people; see 'certway plan'"
            )
        }
        return warnings
    }

    /// - Returns: nil where there is none yet and nothing is to be made.
    private func openLedger(isDryRun: Bool) async throws -> OrderLedger? {
        if isDryRun { return home.exists ? try await GatewayStore.open(home).ledger : nil }
        try home.create()
        return try await GatewayStore.create(home).ledger
    }

    private func strandedOrders(
        _ changes: [ConfigurationStore.Change], _ store: ConfigurationStore, _ ledger: OrderLedger?
    ) async throws -> [StrandedOrders] {
        guard let ledger, changes.contains(where: { $0.section == "backendCAs" && $0.isEffective }) else { return [] }
        let (old, new) = (try await store.load(file: "the configuration"), try await store.result(of: changes))
        var groups: [StrandedOrders] = []
        for backendCA in old.backendCAs {
            let (before, after) = (connection(backendCA), new.backendCA(backendCA.name).map(connection))
            guard before != after else { continue }
            let orders = try await ledger.orders(
                OrderFilter(stages: [.submitted, .pending], backendCA: backendCA.name, limit: .max))
            // An order may be from a connection before that, which the change brings back.
            let byConnection = Dictionary(grouping: orders) { $0.connection ?? before }
            for (placedAt, orders) in byConnection.sorted(by: { $0.key < $1.key }) where placedAt != after {
                groups.append(
                    StrandedOrders(backendCA: backendCA.name, placedAt: placedAt, after: after, orders: orders))
            }
        }
        return groups
    }

    /// Without a readable profile nobody knows which settings mean the account; then all of them do.
    private func connection(_ configuration: BackendCAConfiguration) -> String {
        guard let profile = profiles.catalogue.outline(named: configuration.connector) else {
            let settings = configuration.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }
            let place = [configuration.environment, configuration.endpoint].compactMap(\.self)
            return ([configuration.connector] + place + settings).joined(separator: " ")
        }
        return CAConnection.text(configuration, profile)
    }

    private func hold(_ group: StrandedOrders, _ ledger: OrderLedger?) async throws {
        for order in group.orders {
            do {
                try await ledger?.hold(order.id, reason: group.holdReason, by: actor)
            } catch is LedgerError {
                // It has ended meanwhile.
            }
        }
    }
}
