// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import Gateway
import Rules
import Settings
import YAMLDocuments

/// Looks at a configuration beside what it names on this machine: profiles, files, secrets. Whatever is wrong goes to the collector
/// of the reading, with its place; nothing leaves the machine. A profile that is named is judged by its module, as 'connector validate'
/// does.
struct ConfigurationInspection {
    let reading: ConfigurationReading
    let catalogue: ProfileCatalogue
    let rules: RuleShelf
    let now: Date
    /// Only parts that stand in this file are looked at; nil for all.
    let file: String?
    /// Whether environment variables must be set here, which says something only where the service's own are seen.
    let readsEnvironment: Bool
    /// What is no mistake of the configuration, and whoever applies it should know.
    let remarks = Remarks()

    final class Remarks {
        fileprivate(set) var sentences: [String] = []
        func add(_ sentence: String) { if !sentences.contains(sentence) { sentences.append(sentence) } }
    }

    /// Costs a few milliseconds for each file that is named, and about a tenth of a second to compile a profile, once.
    func run() {
        for folder in catalogue.missingFolders { remarks.add("\(folder)") }
        if let tenant = reading.configuration.tenant, let reader = reading.tenant, isLookedAt(reader) {
            look(at: tenant, reader)
        }
        if let intune = reading.configuration.intune, let reader = reading.intune, isLookedAt(reader) {
            look(at: intune, reader)
        }
        if let console = reading.configuration.console, let reader = reading.console, isLookedAt(reader) {
            look(at: console, reader)
        }
        if let notifications = reading.configuration.notifications, let reader = reading.notifications,
            isLookedAt(reader)
        {
            look(at: notifications, reader)
        }
        lookAtAgents()
        for (backendCA, reader) in zip(reading.configuration.backendCAs, reading.backendCAs) where isLookedAt(reader) {
            look(at: backendCA, reader)
        }
        for (template, reader) in zip(reading.configuration.templates, reading.templates) where isLookedAt(reader) {
            look(at: template, reader)
        }
        for (directory, reader) in zip(reading.configuration.directories, reading.directories) where isLookedAt(reader)
        {
            look(at: directory, reader)
        }
        for reader in reading.policies where isLookedAt(reader) {
            note(reader, "group", guid: reader.node("group")?.scalar ?? "", of: "the object id of the group")
        }
    }

    /// Everything that is wrong with the stored configuration, and with what it names here.
    ///
    /// - Parameter backendCA: only what concerns it and the templates that order from it; nil for all.
    /// - Throws: `StoreError` for a database that cannot be read.
    static func problems(of gateway: Gateway, about backendCA: String? = nil, now: Date) async throws -> [Diagnostic] {
        let reading = try await ConfigurationStore(ledger: gateway.ledger).examine(
            file: gateway.store.configurationName)
        ConfigurationInspection(
            reading: reading, catalogue: gateway.profiles.catalogue, rules: gateway.profiles.rules, now: now, file: nil,
            readsEnvironment: true
        ).run()
        guard let backendCA else { return reading.collector.sorted }
        let concerned =
            zip(reading.configuration.backendCAs, reading.backendCAs).filter { $0.0.name == backendCA }.map(\.1)
            + zip(reading.configuration.templates, reading.templates).filter { $0.0.backendCA == backendCA }.map(\.1)
        return reading.collector.sorted.filter { problem in
            concerned.contains { problem.keyPath.hasPrefix($0.path + ".") }
        }
    }

    func isLookedAt(_ reader: MappingReader) -> Bool { file == nil || reader.node.file == file }

    /// Notes a value of `key` that is no GUID.
    ///
    /// - Parameter what: whose id it should be.
    func note(_ reader: MappingReader, _ key: String, guid text: String, of what: String) {
        guard !text.isEmpty, UUID(uuidString: text) == nil else { return }
        reader.add(
            key, "expected \(what), a GUID such as 11111111-2222-3333-4444-555555555555, found \"\(text)\"",
            hint: "it stands in the Entra admin center")
    }

    /// Does something with what a key names; an error becomes a diagnostic at the key.
    @discardableResult
    func attempt<Value>(_ reader: MappingReader, _ key: String, _ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            reader.add(key, "\(error)")
            return nil
        }
    }
}
