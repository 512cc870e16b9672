// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import Gateway
import Ledger
import Records
import Settings
import YAMLDocuments

/// The configuration as files: checked, compared with what is stored, stored.
public struct ConfigurationAdministration: Sendable {
    private let home: GatewayHome
    private let profiles: Profiles
    private let caller: Caller
    private var actor: String { caller.name }

    /// - Parameter caller: who acts, for the timeline of orders that are concerned.
    public init(_ home: GatewayHome, _ profiles: Profiles, caller: Caller) {
        self.home = home
        self.profiles = profiles
        self.caller = caller
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
    ///   - undoesSwitches: the consent that a file takes templates back to the CA that a command has taken them from.
    ///   - seen: the revision that whoever applies it has looked at; nil for any.
    ///   - isDryRun: whether to tell only what would change. Makes nothing on disk.
    /// - Throws: `OtherRevision` where the configuration has changed since; `Diagnostics` with everything wrong in the file, in what it names and in how it fits what is stored;
    ///   `SettingsError` for open orders without consent. Nothing is changed then.
    public func apply(
        _ text: String, file: String, prunes: Bool, leavesOpenOrders: Bool = false, undoesSwitches: Bool = false,
        at seen: Int64? = nil, isDryRun: Bool
    ) async throws -> ConfigurationResult {
        // Before the first file there is no trail that a refusal could stand in.
        guard try await GatewayStore.isThere(home) else {
            try caller.require(.configure)
            return try await carryOut(
                text, file: file, prunes: prunes, leavesOpenOrders: leavesOpenOrders, undoesSwitches: undoesSwitches,
                isDryRun: isDryRun)
        }
        let wish = Entrance.Wish(.applyConfiguration, AuditObject(.configuration, file))
        return try await Entrance(caller, try await GatewayStore.open(home).ledger.audit).pass(
            .configure, to: wish, isDryRun ? .byTheUseCase : .all
        ) {
            try await carryOut(
                text, file: file, prunes: prunes, leavesOpenOrders: leavesOpenOrders, undoesSwitches: undoesSwitches,
                at: seen, isDryRun: isDryRun)
        }
    }

    /// The same for who has asked for the right already.
    ///
    /// - Parameter switching: the switch that the text carries out; remembered with it.
    func carryOut(
        _ text: String, file: String, prunes: Bool, leavesOpenOrders: Bool = false, undoesSwitches: Bool = false,
        at seen: Int64? = nil, isDryRun: Bool, switching: CASwitch? = nil
    ) async throws -> ConfigurationResult {
        // The file is checked before anything is made on disk.
        let document = try YAMLNode.parse(text, file: file)
        let existing = try await GatewayStore.isThere(home) ? try await GatewayStore.open(home).ledger : nil
        let draft = try await ConfigurationStore(ledger: existing).draft(applying: document, prunes: prunes)
        if !caller.isAtCommandLine { try MachineOnly(home: home, profiles: profiles).check(draft) }
        let inspection = ConfigurationInspection(
            reading: draft.reading, catalogue: profiles.catalogue, rules: profiles.rules, now: try home.now(),
            file: file, readsEnvironment: false)
        inspection.run()
        try draft.reading.collector.check()
        let (changes, configuration) = (draft.changes, draft.reading.configuration)
        let stranded = try await strandedOrders(changes, draft.former, configuration, existing)
        guard stranded.isEmpty || leavesOpenOrders else {
            throw SettingsError("\(file): " + stranded.map(\.refusal).joined(separator: "\n\(file): "))
        }
        let switches = try await ConfigurationStore(ledger: existing).switches().filter {
            $0.template != switching?.template
        }
        // On its day a template would name a backend CA that there is not.
        let groundless = switches.filter { one in
            one.begunAt == nil && configuration.template(one.template) != nil
                && draft.former.backendCA(one.nextCA) != nil && configuration.backendCA(one.nextCA) == nil
        }
        guard groundless.isEmpty else {
            throw SettingsError(
                groundless.map { one in
                    "\(file): backend CA \(one.nextCA) would go, and template \(one.template) is to go there"
                        + (one.from.map { " on \(CalendarDay.text($0))" } ?? "")
                        + ": keep it, or take the switch back first, by 'certway template switch-ca \(one.template) --back'"
                }.joined(separator: "\n"))
        }
        var switched = SwitchedTemplates(switches, changes)
        guard switched.undone.isEmpty || undoesSwitches else {
            throw SettingsError("\(file): " + switched.refusals(file).joined(separator: "\n\(file): "))
        }
        if let switching { switched.remembered[switching.template] = .some(switching) }
        let (files, exchanged) = try await held(draft.reading, file, existing)
        let agents = ExchangedAgents(draft.former, configuration, files, existing)
        let mixedUp = try await agents.refusals()
        guard mixedUp.isEmpty else {
            throw SettingsError("\(file): " + mixedUp.joined(separator: "\n\(file): "), at: .state)
        }
        let templates = zip(configuration.templates, draft.reading.templates).filter { $1.node.file == file }.map(\.0)
        let warnings =
            try await templates.filter(\.enabled).flatMap(\.warnings)
            + profiles.desk(configuration).unruled.filter { sentence in
                templates.contains { sentence.hasPrefix("template \($0.name): ") }
            } + leftTemplates(changes, existing) + leftBackendCAs(draft.former, configuration, existing)
            + endedArchiving(draft.former, configuration) + laterTemplates(draft.former, configuration)
            + forgottenKeys(draft.former, configuration)
            + agents.warnings()
            + switched.warnings
            + twinTemplates(draft.former, configuration)
            + newConnectorKey(draft.former, configuration, files, existing)
            + formerExchange(draft.former, configuration) + forgetfulMailboxes(changes, configuration)
            + (changes.contains { ["handOver", "console"].contains($0.section) && $0.isEffective }
                ? configuration.linkWarnings : [])
            + (changes.contains { $0.section == "keyRecoveryAgents" && $0.isEffective }
                ? configuration.agentWarnings : [])
            + inspection.remarks.sentences
            + exchanged.map {
                "\($0.keyPath): file \($0.path) holds something else than when it was applied before, and counts as it is now"
                    + ($0.keyPath.hasPrefix("keyRecoveryAgents.")
                        ? ": what is archived already opens with the former key, which has to be kept until 'certway key rewrap' is through"
                        : "")
            }
        guard !isDryRun else { return ConfigurationResult(changes: changes, stranded: stranded, warnings: warnings) }
        try home.create()
        let ledger = try await GatewayStore.create(home).ledger
        try await ConfigurationStore(ledger: ledger).apply(
            changes, files,
            formerSecrets: MachineOnly(home: home, profiles: profiles).formerSecrets(
                after: draft, isOnMachine: caller.isAtCommandLine),
            switches: switched.remembered, by: AuditActor(named: actor), at: seen)
        for group in stranded { try await hold(group, ledger) }
        return ConfigurationResult(changes: changes, stranded: stranded, warnings: warnings)
    }

    /// What the files of the new configuration hold. Those count as they are now whose part stands in the applied file: who applies
    /// another part has not looked at them.
    private func held(
        _ reading: ConfigurationReading, _ file: String, _ ledger: OrderLedger?
    ) async throws -> (files: AppliedFiles, exchanged: [AppliedFiles.Place]) {
        let configuration = reading.configuration
        let readers =
            reading.keyRecoveryAgents + [configuration.intune == nil ? nil : reading.intune].compactMap(\.self)
            + reading.backendCAs
        let applied = Set(zip(configuration.heldFiles, readers).filter { $1.node.file == file }.map(\.0))
        let known = try await ConfigurationStore(ledger: ledger).appliedFiles() ?? AppliedFiles()
        return try known.renewed(for: configuration.heldFiles) { applied.contains($0) }
    }

    private func strandedOrders(
        _ changes: [ConfigurationStore.Change], _ old: GatewayConfiguration, _ new: GatewayConfiguration,
        _ ledger: OrderLedger?
    ) async throws -> [StrandedOrders] {
        guard let ledger, changes.contains(where: { $0.section == "backendCAs" && $0.isEffective }) else { return [] }
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
    func connection(_ configuration: BackendCAConfiguration) -> String {
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
