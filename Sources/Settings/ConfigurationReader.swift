// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Expressions
import JSONDocuments
import MicrosoftGraph
import PKIX
import Rules
import YAMLDocuments

/// Reads the gateway's configuration strictly: every problem of the file at once, with line, key path and nearest key.
public struct ConfigurationReader {
    /// The top-level keys in the order in which `export` writes them.
    public static let sections = ConfigurationKeys.names(in: "")

    private let root: MappingReader
    private let collector = DiagnosticCollector()
    private let library: ExpressionLibrary

    private init(_ node: YAMLNode) {
        root = MappingReader(node, collector: collector)
        library = ExpressionLibrary()
    }

    /// - Parameters:
    ///   - text: YAML.
    ///   - file: the name that diagnostics show.
    ///   - compiles: whether the expressions of the templates are compiled, which costs some 30 ms; without that they are
    ///     compiled when one is first evaluated. For a text that was stored after it had been read with it.
    /// - Throws: `Diagnostics` with everything that is wrong; the administrator must act.
    public static func read(
        _ text: String, file: String, compiles: Bool = true
    ) throws(Diagnostics) -> GatewayConfiguration {
        let reading = examine(try YAMLNode.parse(text, file: file), compiles: compiles)
        try reading.collector.check()
        return reading.configuration
    }

    /// Reads as far as it goes, for whoever has more to look at.
    ///
    /// - Parameter compiles: as with `read`.
    public static func examine(_ node: YAMLNode, compiles: Bool = true) -> ConfigurationReading {
        ConfigurationReader(node).examine(compiles: compiles)
    }

    private func examine(compiles: Bool) -> ConfigurationReading {
        var configuration = GatewayConfiguration()
        let (tenant, intune) = (root.mapping("tenant"), root.mapping("intune"))
        configuration.tenant = tenant.map { TenantConfiguration($0) }
        configuration.intune = intune.map(self.intune)
        let agents = named("keyRecoveryAgents", \.name, agent)
        let backendCAs = named("backendCAs", \.name, backendCA)
        let templates = named("templates", \.name) { TemplateReader($0, library: library).read() }
        configuration.keyRecoveryAgents = agents.map(\.value)
        configuration.backendCAs = backendCAs.map(\.value)
        let directories = named("directories", \.name) { CertificateDirectoryConfiguration($0) }
        configuration.directories = directories.map(\.value)
        let policies = named("policies", \.name, policy)
        configuration.policies = policies.map(\.value)
        configuration.requestTemplates = templates.map(\.value).filter { $0.requests != nil }
        let ofPeople = templates.filter { $0.value.requests == nil }
        configuration.templates = ofPeople.map { template in
            let policy = configuration.policies.first { $0.templates.contains(template.value.name) }
            return policy.map { template.value.belonging(to: $0) } ?? template.value
        }
        configuration.recovery = root.mapping("recovery").map(recovery) ?? RecoveryConfiguration()
        configuration.limits = root.mapping("limits").map(limits) ?? LimitsConfiguration()
        let console = root.mapping("console")
        configuration.console = console.map { ConsoleConfiguration($0) }
        let notifications = root.mapping("notifications")
        configuration.notifications = notifications.map { NotificationConfiguration($0) }
        let handOver = root.mapping("handOver")
        configuration.handOver = handOver.map { HandOverConfiguration($0) }
        root.finish(known: Self.sections)
        noteNulls(root.node, at: "")
        if compiles { library.compile(into: collector) }
        return ConfigurationReading(
            configuration: configuration, collector: collector, tenant: tenant, intune: intune,
            keyRecoveryAgents: agents.map(\.reader), backendCAs: backendCAs.map(\.reader),
            directories: directories.map(\.reader),
            templates: ofPeople.map(\.reader),
            requestTemplates: templates.filter { $0.value.requests != nil }.map(\.reader),
            policies: policies.map(\.reader), console: console, notifications: notifications, handOver: handOver)
    }

    /// No text has U+0000: databases and files end at it, or refuse it.
    private func noteNulls(_ node: YAMLNode, at path: String) {
        if node.scalar?.contains("\0") == true, !collector.all.contains(where: { $0.keyPath == path }) {
            collector.add(node, path, "expected text without the character U+0000")
        }
        for (index, element) in (node.elements ?? []).enumerated() { noteNulls(element, at: "\(path)[\(index)]") }
        for (key, value) in node.members ?? [] {
            noteNulls(key, at: path)
            noteNulls(value, at: DottedPath.join(path, key.scalar ?? ""))
        }
    }

    /// The members of a list, whose names must differ.
    private func named<Value>(
        _ key: String, _ path: KeyPath<Value, String>, _ read: (MappingReader) -> Value
    ) -> [(value: Value, reader: MappingReader)] {
        var seen: [String: String] = [:]
        return root.mappings(key).map { reader in
            let value = read(reader)
            let name = value[keyPath: path]
            // People read "smime" and "SMIME" as one; as two templates they would buy for everybody twice.
            if !name.isEmpty, let other = seen.updateValue(name, forKey: name.lowercased()) {
                let how = other == name ? "" : ", there as \"\(other)\": names differ by more than capitals"
                reader.add("name", "\"\(name)\" stands twice in \(key)\(how)")
            }
            if let problem = Self.problem(withName: name) { reader.add("name", problem) }
            reader.finish(known: ConfigurationKeys.names(in: key + "[]"))
            return (value, reader)
        }
    }

    /// Names stand in lists, logs and on command lines; one that shows otherwise than it is passes for another.
    private static func problem(withName name: String) -> String? {
        if name.utf8.count > 100 { return "expected at most 100 bytes, found \(name.utf8.count)" }
        if let scalar = HiddenScalar.first(in: name) { return "expected visible characters, found \(scalar)" }
        if name.first?.isWhitespace == true || name.last?.isWhitespace == true {
            return "expected no blank at the beginning or end"
        }
        return nil
    }

    private func intune(_ reader: MappingReader) -> IntuneConfiguration {
        defer { reader.finish(known: ConfigurationKeys.names(in: "intune")) }
        return IntuneConfiguration(
            publicKey: reader.requiredString("publicKey"), providerName: reader.requiredString("providerName"),
            keyName: reader.requiredString("keyName"),
            paddingScheme: reader.choice("paddingScheme", of: PaddingScheme.self) ?? .oaepSha512,
            pfxEncryption: reader.choice("pfxEncryption", of: PKCS12Bundle.Encryption.self)
                ?? IntuneSettings.usualEncryption)
    }

    private func agent(_ reader: MappingReader) -> KeyRecoveryAgentConfiguration {
        var agent = KeyRecoveryAgentConfiguration(
            name: reader.requiredString("name"), certificate: reader.requiredString("certificate"))
        if let node = reader.node("key") {
            agent.key = node.json.string.flatMap(KeyRecoveryAgentConfiguration.Key.init)
            // Never quoted: it may be the secret itself.
            if agent.key == nil { reader.add("key", KeyRecoveryAgentConfiguration.Key.expectation) }
        }
        agent.passphrase = reader.reference("passphrase")
        return agent
    }

    private func recovery(_ reader: MappingReader) -> RecoveryConfiguration {
        defer { reader.finish(known: ConfigurationKeys.names(in: "recovery")) }
        var recovery = RecoveryConfiguration()
        recovery.approvals =
            reader.int("approvals", in: ConfigurationKeys.all.range(of: "recovery.approvals")) ?? recovery.approvals
        recovery.lapsesAfter =
            reader.duration("lapsesAfter", in: RecoveryConfiguration.lapses) ?? recovery.lapsesAfter
        recovery.byOwner = reader.bool("byOwner") ?? recovery.byOwner
        recovery.signedInWithin =
            reader.duration("signedInWithin", in: RecoveryConfiguration.signIns) ?? recovery.signedInWithin
        return recovery
    }

    private func backendCA(_ reader: MappingReader) -> BackendCAConfiguration {
        var settings: [String: JSONValue] = [:]
        for member in reader.dictionary("settings") ?? [] { settings[member.key] = member.node.json }
        return BackendCAConfiguration(
            name: reader.requiredString("name"), connector: reader.requiredString("connector"),
            environment: reader.string("environment"), endpoint: reader.string("endpoint"),
            tlsRoots: reader.string("tlsRoots"), acceptedRoots: reader.requiredString("acceptedRoots"),
            settings: settings, limits: reader.has("limits") ? RateLimit.read(reader, "limits") : nil,
            absenceIsSureAfter: reader.duration("absenceIsSureAfter", in: .settling),
            pollEvery: reader.duration("pollEvery", in: .rest),
            expectedWithin: reader.duration("expectedWithin", in: .patience) ?? BackendCAConfiguration.usually,
            pendingEndsAfter: reader.duration("pendingEndsAfter", in: .patience),
            newIssuer: reader.choice("newIssuer", of: NewIssuerPolicy.self) ?? .report,
            rules: RulePolicy(reader))
    }

    private func policy(_ reader: MappingReader) -> PolicyConfiguration {
        let templates = (reader.list("templates") ?? []).compactMap { $0.node.string(at: $0.path, collector) }
        if templates.isEmpty { reader.add("templates", "expected the names of one template or more") }
        return PolicyConfiguration(
            name: reader.requiredString("name"), group: reader.requiredString("group").lowercased(),
            nested: reader.bool("nested") ?? false, templates: templates)
    }

    private func limits(_ reader: MappingReader) -> LimitsConfiguration {
        defer { reader.finish(known: ConfigurationKeys.names(in: "limits")) }
        var limits = LimitsConfiguration()
        limits.ordersPerRun = reader.int("ordersPerRun", in: Self.range("ordersPerRun")) ?? limits.ordersPerRun
        limits.replacementsPerRun = reader.int("replacementsPerRun", in: Self.range("replacementsPerRun"))
        limits.budgetPerMonth = reader.money("budgetPerMonth")
        limits.endingsPerRun = reader.int("endingsPerRun", in: Self.range("endingsPerRun")) ?? limits.endingsPerRun
        limits.secondPerson = reader.bool("secondPerson") ?? limits.secondPerson
        limits.concurrency = reader.int("concurrency", in: Self.range("concurrency")) ?? limits.concurrency
        limits.keyGenerators = reader.int("keyGenerators", in: Self.range("keyGenerators")) ?? limits.keyGenerators
        limits.interval = reader.duration("interval", in: LimitsConfiguration.intervals) ?? limits.interval
        limits.driftEvery = reader.duration("driftEvery", in: LimitsConfiguration.comparisons)
        return limits
    }

    private static func range(_ limit: String) -> ClosedRange<Int> {
        ConfigurationKeys.all.range(of: "limits.\(limit)")
    }
}

extension MappingReader {
    /// A reference to a secret; anything else is noted, and never quoted: it may be the secret itself.
    func reference(_ key: String) -> SecretReference? {
        guard let node = node(key) else { return nil }
        if let reference = node.json.string.flatMap(SecretReference.init) { return reference }
        add(key, SecretReference.expectation)
        return nil
    }
}
