// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Expressions
import JSONDocuments
import MicrosoftGraph
import PKIX
import YAMLDocuments

/// Reads the gateway's configuration strictly: every problem of the file at once, with line, key path and nearest key.
public struct ConfigurationReader {
    /// The top-level keys in the order in which `export` writes them.
    public static let sections = ["tenant", "intune", "keyRecoveryAgents", "backendCAs", "templates", "limits"]

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
    /// - Throws: `Diagnostics` with everything that is wrong; the administrator must act.
    public static func read(_ text: String, file: String) throws(Diagnostics) -> GatewayConfiguration {
        try ConfigurationReader(try YAMLNode.parse(text, file: file)).read()
    }

    private func read() throws(Diagnostics) -> GatewayConfiguration {
        var configuration = GatewayConfiguration()
        configuration.tenant = root.mapping("tenant").map(tenant)
        configuration.intune = root.mapping("intune").map(intune)
        configuration.keyRecoveryAgents = named("keyRecoveryAgents", agent)
        configuration.backendCAs = named("backendCAs", backendCA)
        configuration.templates = named("templates") { TemplateReader($0, library: library).read() }
        configuration.limits = root.mapping("limits").map(limits) ?? LimitsConfiguration()
        root.finish()
        library.compile(into: collector)
        try collector.check()
        return configuration
    }

    /// The members of a list, whose names must differ.
    private func named<Value>(_ key: String, _ read: (MappingReader) -> Value) -> [Value] {
        var seen: Set<String> = []
        return root.mappings(key).map { reader in
            let name = reader.requiredString("name")
            if !name.isEmpty, !seen.insert(name).inserted { reader.add("name", "\"\(name)\" stands twice in \(key)") }
            if name.utf8.count > 100 { reader.add("name", "longer than 100 bytes") }
            defer { reader.finish() }
            return read(reader)
        }
    }

    private func tenant(_ reader: MappingReader) -> TenantConfiguration {
        defer { reader.finish() }
        let certificate = reader.string("clientCertificate")
        let key = reader.reference("clientKey")
        let secret = reader.reference("clientSecret")
        var credential = TenantConfiguration.Credential.secret(secret ?? SecretReference.unset)
        switch (certificate, key, secret) {
        case (let path?, let key?, nil): credential = .certificate(path: path, key: key)
        case (nil, nil, _?): break
        case (nil, nil, nil) where !reader.has("clientSecret"):
            reader.add("clientSecret", "missing: give clientSecret, or clientCertificate and clientKey")
        case (nil, nil, nil): break
        default:
            reader.add("clientCertificate", "give either clientSecret, or clientCertificate together with clientKey")
        }
        return TenantConfiguration(
            id: reader.requiredString("id"), clientID: reader.requiredString("clientID"), credential: credential,
            cloud: reader.choice("cloud", of: NationalCloud.self) ?? .global, login: reader.string("login"),
            graph: reader.string("graph"))
    }

    private func intune(_ reader: MappingReader) -> IntuneConfiguration {
        defer { reader.finish() }
        return IntuneConfiguration(
            publicKey: reader.requiredString("publicKey"), providerName: reader.requiredString("providerName"),
            keyName: reader.requiredString("keyName"),
            paddingScheme: reader.choice("paddingScheme", of: PaddingScheme.self) ?? .oaepSha512,
            pfxEncryption: reader.choice("pfxEncryption", of: PKCS12Bundle.Encryption.self) ?? .aes256SHA256)
    }

    private func agent(_ reader: MappingReader) -> KeyRecoveryAgentConfiguration {
        KeyRecoveryAgentConfiguration(
            name: reader.requiredString("name"), certificate: reader.requiredString("certificate"))
    }

    private func backendCA(_ reader: MappingReader) -> BackendCAConfiguration {
        var settings: [String: JSONValue] = [:]
        for member in reader.dictionary("settings") ?? [] { settings[member.key] = member.node.json }
        return BackendCAConfiguration(
            name: reader.requiredString("name"), connector: reader.requiredString("connector"),
            environment: reader.string("environment"), endpoint: reader.string("endpoint"),
            tlsRoots: reader.string("tlsRoots"), acceptedRoots: reader.requiredString("acceptedRoots"),
            settings: settings,
            absenceIsSureAfter: reader.duration("absenceIsSureAfter"), pollEvery: reader.duration("pollEvery"))
    }

    private func limits(_ reader: MappingReader) -> LimitsConfiguration {
        defer { reader.finish() }
        var limits = LimitsConfiguration()
        limits.ordersPerRun = reader.int("ordersPerRun", in: 0...10_000_000) ?? limits.ordersPerRun
        limits.concurrency = reader.int("concurrency", in: 1...1000) ?? limits.concurrency
        limits.keyGenerators = reader.int("keyGenerators", in: 1...256) ?? limits.keyGenerators
        limits.interval = reader.duration("interval") ?? limits.interval
        return limits
    }
}

extension MappingReader {
    /// A reference to a secret; text of another form is noted.
    func reference(_ key: String) -> SecretReference? {
        guard let text = string(key) else { return nil }
        guard let reference = SecretReference(text) else {
            // What was found is not quoted: it may be the secret itself.
            add(key, SecretReference.expectation)
            return nil
        }
        return reference
    }
}
