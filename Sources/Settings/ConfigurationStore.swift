// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
import Ledger
public import Records
import YAMLDocuments

/// The configuration in the store: documents by kind and name, put together to the YAML that `export` prints and read by
/// the one strict reader (docs/decisions/0006).
public struct ConfigurationStore: Sendable {
    /// What one `apply` does to a document.
    public struct Change: Sendable {
        public enum Kind: String, Sendable, CaseIterable { case added, changed, unchanged, removed }
        public let section: String
        public let name: String
        public let kind: Kind
        /// The document as it is then; nil for one that goes.
        public let body: JSONValue?
        /// What differs; a part that is added or goes differs in all it has.
        public let differences: [Difference]

        /// Whether it changes the configuration.
        public var isEffective: Bool { kind != .unchanged }
    }

    let ledger: OrderLedger?

    /// - Parameter ledger: nil for a gateway that does not exist yet: nothing is stored, and nothing can be.
    public init(ledger: OrderLedger?) { self.ledger = ledger }

    /// Sections that hold a list of named parts; the others are one document each.
    private static let lists: Set = ["keyRecoveryAgents", "backendCAs", "directories", "templates", "policies"]
    /// What the parts are called of which there is one.
    public static let single = "settings"
    /// Kind of the one document that says what files held when they were applied.
    private static let filesKind = "appliedFiles"
    /// Kind of the one document that says where secrets went that no configuration names any more.
    private static let formerSecretsKind = "formerSecrets"

    /// The whole configuration as YAML.
    public func yaml() async throws -> String { Self.yaml(try await stored()) }

    /// Expressions are not compiled: they were when the configuration was stored.
    ///
    /// - Throws: `Diagnostics` for a stored configuration that this version does not understand.
    public func load(file: String) async throws -> GatewayConfiguration {
        var configuration = try ConfigurationReader.read(try await yaml(), file: file, compiles: false)
        if let files = try await appliedFiles() { configuration.hold(to: files) }
        for change in try await switches() where change.begunAt != nil { configuration.take(change) }
        for (template, backendCA) in try await failovers() { configuration.failOver(template, from: backendCA) }
        return configuration
    }

    /// What files held when they were applied; nil for a configuration that an earlier version has stored.
    public func appliedFiles() async throws -> AppliedFiles? {
        try await ledger?.documents(Self.filesKind).first.map { AppliedFiles(json: $0.body) }
    }

    /// Holds the files of a configuration that an earlier version has stored to what they are now, once.
    public func holdFiles(of configuration: GatewayConfiguration) async throws {
        guard try await appliedFiles() == nil,
            let files = try? AppliedFiles().renewed(for: configuration.heldFiles, { _ in true }).files
        else { return }
        try await apply([], files, by: .service)
    }

    /// The whole configuration as it reads, with what does not fit together.
    ///
    /// - Throws: `Diagnostics` for a text that is no YAML; whatever else is wrong stands in the reading.
    public func examine(file: String) async throws -> ConfigurationReading {
        let reading = ConfigurationReader.examine(try YAMLNode.parse(try await yaml(), file: file))
        reading.noteInconsistencies()
        return reading
    }

    /// What applying a file would lead to; stores nothing.
    ///
    /// - Parameters:
    ///   - file: the parsed file; sections it leaves out stay as they are.
    ///   - prunes: whether named parts that the file's own sections no longer hold are removed.
    public func draft(applying file: YAMLNode, prunes: Bool) async throws -> ConfigurationDraft {
        let configuration = file.json
        let new = Self.documents(of: configuration)
        let old = try await stored()
        var changes = new.map { key, body in
            Change(
                section: key.section, name: key.name,
                kind: old[key].map { $0 == body ? .unchanged : .changed } ?? .added, body: body,
                differences: Difference.all(old[key], body))
        }
        if prunes {
            for (key, body) in old where configuration[key.section] != nil && new[key] == nil {
                changes.append(
                    Change(
                        section: key.section, name: key.name, kind: .removed, body: nil,
                        differences: Difference.all(body, nil)))
            }
        }
        let stored = try YAMLNode.parse(Self.yaml(old), file: "the stored configuration")
        let merged = file.merged(over: stored, prunes: prunes)
        let reading = ConfigurationReader.examine(merged)
        reading.noteInconsistencies()
        return ConfigurationDraft(
            changes: changes.sorted { ($0.section, $0.name) < ($1.section, $1.name) }, reading: reading,
            former: ConfigurationReader.examine(stored, compiles: false).configuration,
            documents: (stored.json, merged.json), formerSecrets: try await formerSecrets())
    }

    /// Secrets that were named once and are not any more, with where they went: they may be in use there still.
    private func formerSecrets() async throws -> [NamedSource] {
        try await ledger?.documents(Self.formerSecretsKind).first?.body["secrets"]?.array?
            .compactMap(NamedSource.init(formerSecret:)) ?? []
    }

    /// Stores the changes, all or none.
    ///
    /// - Parameters:
    ///   - files: what the files of the new configuration hold; nil where they stay unknown.
    ///   - formerSecrets: those that are to be remembered from now on; nil for what is remembered.
    ///   - switches: what is remembered from now on of templates that go to another CA, by template; nil to forget it.
    ///   - actor: who applies it, for the audit trail.
    ///   - seen: the revision that the changes were made for; nil for any.
    /// - Throws: `OtherRevision` where it has changed since.
    public func apply(
        _ changes: [Change], _ files: AppliedFiles? = nil, formerSecrets: [NamedSource]? = nil,
        switches: [String: CASwitch?] = [:], by actor: AuditActor, at seen: Int64? = nil
    ) async throws {
        let held = files.map { DocumentChange.put(kind: Self.filesKind, name: Self.single, body: $0.json) }
        let secrets = formerSecrets.map {
            DocumentChange.put(
                kind: Self.formerSecretsKind, name: Self.single, body: ["secrets": .array($0.map(\.formerSecret))])
        }
        let remembered = switches.sorted { $0.key < $1.key }.map { name, change in
            change.map { DocumentChange.put(kind: CASwitch.kind, name: name, body: $0.json) }
                ?? .delete(kind: CASwitch.kind, name: name)
        }
        _ = try await ledger?.apply(
            [held, secrets].compactMap(\.self) + remembered
                + changes.compactMap { (change) -> DocumentChange? in
                    switch change.kind {
                    case .unchanged: nil
                    case .removed: .delete(kind: change.section, name: change.name)
                    case .added, .changed: .put(kind: change.section, name: change.name, body: change.body ?? [:])
                    }
                }, by: actor, at: seen)
    }

    private struct Key: Hashable {
        let section: String
        let name: String
    }

    private func stored() async throws -> [Key: JSONValue] {
        var documents: [Key: JSONValue] = [:]
        for section in ConfigurationReader.sections {
            for document in try await ledger?.documents(section) ?? [] {
                documents[Key(section: section, name: document.name)] = document.body
            }
        }
        return documents
    }

    private static func documents(of configuration: JSONValue) -> [Key: JSONValue] {
        var documents: [Key: JSONValue] = [:]
        for section in ConfigurationReader.sections {
            guard let value = configuration[section] else { continue }
            for part in value.array ?? [value] {
                documents[Key(section: section, name: part["name"]?.string ?? single)] = part
            }
        }
        return documents
    }

    private static func yaml(_ documents: [Key: JSONValue]) -> String {
        var configuration: [String: JSONValue] = [:]
        for section in ConfigurationReader.sections {
            let parts = documents.filter { $0.key.section == section }.sorted { $0.key.name < $1.key.name }.map(\.value)
            guard !parts.isEmpty else { continue }
            configuration[section] = lists.contains(section) ? .array(parts) : parts[0]
        }
        return YAMLText.emit(.object(configuration), keyOrder: ["name"] + ConfigurationReader.sections)
    }
}
