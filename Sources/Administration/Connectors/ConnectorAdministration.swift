// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import ConnectorTesting
import Foundation
import Gateway
import JSONDocuments
import Settings
import YAMLDocuments

/// Connector profiles; needs no gateway and no network.
public struct ConnectorAdministration: Sendable {
    private let profiles: Profiles

    public init(_ profiles: Profiles) { self.profiles = profiles }

    /// Folders searched, in order.
    public var folders: [String] { profiles.catalogue.folders }

    /// Every profile as its file reads, and what is wrong with the files; compiles nothing.
    public func list() -> (profiles: [ConnectorProfile], problems: [Diagnostic]) {
        (profiles.catalogue.outlines(), profiles.catalogue.problems(.outlines))
    }

    /// - Throws: `SettingsError` naming the nearest, or what is wrong with the file.
    public func details(_ name: String) throws(SettingsError) -> ConnectorDetails {
        guard let profile = profiles.catalogue.outline(named: name) else {
            throw SettingsError(profiles.catalogue.explainMissing(name))
        }
        return ConnectorDetails(profile: profile)
    }

    /// Everything wrong with a file, its expressions compiled by its module.
    ///
    /// - Parameter word: path of a file, or name of a connector.
    public func validate(_ word: String) -> (path: String, problems: [Diagnostic]) {
        let isFile = word.contains("/") || word.hasSuffix(".yaml") || FileManager.default.fileExists(atPath: word)
        let path = isFile ? word : profiles.catalogue.outline(named: word)?.file ?? word
        return (path, profiles.catalogue.diagnose(path: path).problems)
    }

    /// A commented profile with every key, to be filled in.
    ///
    /// - Throws: `ModuleError` when there is no module of that kind.
    public func skeleton(kind: String, name: String) throws -> String {
        let type = try profiles.modules.connectorType(for: ConnectorKind(rawValue: kind))
        return ProfileReference.skeleton(name: name, module: type)
    }

    /// The reference of all profile keys as Markdown, made from the table that the reader checks against; in a checkout with
    /// what the conformance reports prove.
    public func reference() throws -> String {
        let types = try profiles.modules.availableKinds.map { try profiles.modules.connectorType(for: $0) }
        let reports = conformanceReports()
        let matrix =
            reports.isEmpty
            ? ""
            : """
            ## What is proved

            From the reports in [`docs/conformance`](../docs/conformance), which `Scripts/conformance` writes. *Proved*: a check of
            `certway ca conformance` passed and none failed; *declared*: the profile says so, and the check could not be
            tried; –: the connector does not claim it.

            \(CapabilityMatrix(reports).markdown)

            """
        let introduction = """
            # Connector profiles

            What a CA product speaks, as data: one file each. `certway connector new --kind rest --name NAME` writes a commented
            one, `certway connector validate FILE` finds every problem with line and key path. CONTRIBUTING.md has the whole way.

            This file is printed by `certway connector reference`; do not edit it.

            """
        return introduction + "\n" + matrix
            + ProfileReference.markdown(modules: types).trimmingCharacters(in: .newlines)
    }

    /// The JSON reports of a checkout, whose connectors.d lies beside docs.
    private func conformanceReports() -> [JSONValue] {
        for folder in folders where FileManager.default.fileExists(atPath: "\(folder)/README.md") {
            let reports = "\(folder)/../docs/conformance"
            let files = (try? FileManager.default.contentsOfDirectory(atPath: reports)) ?? []
            return files.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
                FileManager.default.contents(atPath: "\(reports)/\(name)").flatMap { try? JSONValue(parsing: $0) }
            }
        }
        return []
    }
}
