// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Gateway
public import JSONDocuments
import Ledger
import Records
import Settings
import YAMLDocuments

/// A backend CA as somebody has typed it: it can be asked before it is stored. Nothing is kept of it, neither its values nor what
/// the CA says.
public struct UnsavedBackendCA: Sendable {
    private let gateway: Gateway

    public init(_ gateway: Gateway) { self.gateway = gateway }

    /// What was found: the check, and what the account may order where the CA says that.
    public struct Result: Sendable {
        public let check: BackendCACheck
        public let products: [OfferedProduct]

        public var json: JSONValue {
            var value = check.json
            value["products"] = .array(products.map(\.json))
            return value
        }
    }

    /// Asks the CA by these values; only reads there.
    ///
    /// - Parameters:
    ///   - entry: as it would stand in `backendCAs` of the configuration.
    ///   - isDryRun: whether only the values are looked at.
    /// - Throws: `AccessDenied`; `SettingsError` for what only the machine's own may try; `Diagnostics` with everything that is wrong with the values, by key path.
    public func check(_ entry: JSONValue, by caller: Caller, isDryRun: Bool = false) async throws -> Result {
        let name = entry["name"]?.string ?? ""
        let wish = Entrance.Wish(.tryCA, AuditObject(.ca, name))
        return try await Entrance(caller, gateway.ledger.audit).pass(
            .configure, to: wish, isDryRun ? .byTheUseCase : .all
        ) {
            try await ask(name, entry, caller, isDryRun)
        }
    }

    /// Which secrets leave, as they are named, by setting.
    private func references(of name: String, _ configuration: GatewayConfiguration) -> [String: JSONValue] {
        (configuration.backendCA(name)?.settings ?? [:]).filter {
            $0.value.string.flatMap(SecretReference.init) != nil
        }
    }

    /// Secrets leave for an address that the caller has named: whoever may store such values may also try them.
    private func ask(_ name: String, _ entry: JSONValue, _ caller: Caller, _ isDryRun: Bool) async throws -> Result {
        let file = "the form"
        let document = try YAMLNode.parse(JSONValue.object(["backendCAs": [entry]]).text, file: file)
        let draft = try await ConfigurationStore(ledger: gateway.ledger).draft(applying: document, prunes: false)
        if !caller.isAtCommandLine {
            try MachineOnly(home: gateway.home, profiles: gateway.profiles).check(draft)
        }
        let now = gateway.store.clock.now()
        ConfigurationInspection(
            reading: draft.reading, catalogue: gateway.profiles.catalogue, rules: gateway.profiles.rules, now: now,
            file: file, readsEnvironment: true
        ).run()
        try draft.reading.collector.check()
        let configuration = draft.reading.configuration
        guard !isDryRun else {
            return Result(
                check: BackendCACheck(
                    name: name, result: .failure(BackendCACheck.Problem(sentence: "the CA was not asked")), roots: []),
                products: [])
        }
        try await gateway.ledger.audit.record(
            AuditEntry(
                .tryCA, AuditObject(.ca, name), by: AuditActor(named: caller.name),
                after: [
                    "connector": entry["connector"] ?? .null, "endpoint": entry["endpoint"] ?? .null,
                    "secrets": .object(references(of: name, configuration)),
                ],
                reason: "asked by values that are not stored"))
        let administration = BackendCAAdministration(gateway.trial(configuration), now: now)
        let check = await administration.ask(name)
        guard case .success = check.result else { return Result(check: check, products: []) }
        return Result(check: check, products: (try? await administration.products(name)) ?? [])
    }
}
