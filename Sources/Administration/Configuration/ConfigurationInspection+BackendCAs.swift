// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import HTTPTransport
import JSONDocuments
import Rules
import Secrets
import Settings
import YAMLDocuments

extension ConfigurationInspection {
    func look(at backendCA: BackendCAConfiguration, _ reader: MappingReader) {
        certificates(reader, "acceptedRoots", backendCA.acceptedRoots, "the CA's root")
        certificates(reader, "tlsRoots", backendCA.tlsRoots, "the roots of its TLS certificate")
        lookAtRules(backendCA.rules, reader)
        guard !backendCA.connector.isEmpty else { return }
        guard let profile = catalogue.outline(named: backendCA.connector), profile.isEnabled else {
            return reader.add("connector", catalogue.explainMissing(backendCA.connector))
        }
        for problem in catalogue.problems(of: backendCA.connector) { reader.add("connector", "\(problem)") }
        if let lack = catalogue.lackOfModule(of: backendCA.connector) {
            remarks.add(
                "\(Self.path(reader, ["connector"])): \(backendCA.name) can do nothing, for the module of its connector cannot be used: \(lack)"
            )
        }
        let usual = profile.absenceIsSureAfter ?? .seconds(15 * 60)
        if let own = backendCA.absenceIsSureAfter, own < usual,
            (try? HTTPAddress(backendCA.endpoint ?? "").isLoopback) != true
        {
            remarks.add(
                "\(Self.path(reader, ["absenceIsSureAfter"])): shorter than its connector says (\(usual.text)): an order that \(backendCA.name) "
                    + "shows later than that after a lost answer is bought again; this is for sandboxes")
        }
        var values = backendCA.settings
        let (references, bare) = profile.takeSecrets(from: &values)
        for key in bare { note(reader, ["settings", key], SecretReference.expectation) }
        for (key, reference) in references.sorted(by: { $0.key < $1.key }) {
            guard let node = reader.node("settings")?[key] else { continue }
            secret(reference, node, Self.path(reader, ["settings", key]))
        }
        lookAtValues(values, secrets: bare + references.keys, profile, backendCA, reader)
        for schema in profile.settings where schema.type == .file {
            guard let path = values[schema.key]?.string, !path.isEmpty, let node = reader.node("settings")?[schema.key],
                isAbsolute(path, node, Self.path(reader, ["settings", schema.key]))
            else { continue }
            if !SettingsFile(path: path).exists {
                note(reader, ["settings", schema.key], "\(path) does not exist", hint: schema.help)
            }
        }
    }

    /// Whether there is a rule of each id that something is decided about.
    private func lookAtRules(_ policy: RulePolicy, _ reader: MappingReader) {
        guard !policy.rules.isEmpty else { return }
        do {
            let known = try rules.book().rules.map(\.id)
            for id in policy.rules.keys.sorted() where !known.contains(id) {
                note(
                    reader, ["rules", id], "there is no rule \(id)",
                    hint: nearest(id, in: known).map { "did you mean \"\($0)\"?" } ?? "see 'certway rules list'")
            }
        } catch {
            for problem in error.all { reading.collector.add(problem) }
        }
    }

    /// By the profile's schema; secrets are there, and looked at by themselves.
    private func lookAtValues(
        _ values: [String: JSONValue], secrets: [String], _ profile: ConnectorProfile,
        _ backendCA: BackendCAConfiguration, _ reader: MappingReader
    ) {
        let given = Dictionary(secrets.map { ($0, Secret("given")) }, uniquingKeysWith: { first, _ in first })
        do {
            _ = try profile.settings(
                values: values, secrets: given, environment: backendCA.environment, endpoint: backendCA.endpoint)
        } catch {
            for problem in error.all {
                let isTop = ["environment", "endpoint"].contains(problem.keyPath)
                let keys = reader.node("settings")?.members?.compactMap(\.key.scalar) ?? []
                // What is missing stands nowhere; the settings it should stand among do.
                let setting = keys.first { DottedPath.join("settings", $0) == problem.keyPath }
                let node = Self.node(reader, isTop ? [problem.keyPath] : ["settings", setting].compactMap(\.self))
                reading.collector.add(
                    node, "\(reader.path).\(problem.keyPath)", problem.message, hint: problem.hint)
            }
        }
    }

    private func note(_ reader: MappingReader, _ keys: [String], _ message: String, hint: String? = nil) {
        reading.collector.add(Self.node(reader, keys), Self.path(reader, keys), message, hint: hint)
    }

    /// The value below these keys, or as far as they go.
    static func node(_ reader: MappingReader, _ keys: [String]) -> YAMLNode {
        var node = reader.node
        for key in keys {
            guard let next = node[key] else { break }
            node = next
        }
        return node
    }

    static func path(_ reader: MappingReader, _ keys: [String]) -> String {
        keys.reduce(reader.path, DottedPath.join)
    }
}
