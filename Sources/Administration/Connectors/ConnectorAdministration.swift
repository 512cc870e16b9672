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

    /// The folders searched, in order, for people.
    public var places: String { profiles.catalogue.places }

    /// Every profile as its file reads, and what is wrong with the files; compiles nothing.
    public func list() -> (profiles: [ConnectorProfile], problems: [Diagnostic]) {
        (profiles.catalogue.outlines(), profiles.catalogue.problems(.outlines))
    }

    /// - Throws: `SettingsError` naming the nearest, or what is wrong with the file.
    public func details(_ name: String) throws(SettingsError) -> ConnectorDetails {
        guard let profile = profiles.catalogue.outline(named: name) else {
            throw profiles.catalogue.missing(name)
        }
        return ConnectorDetails(profile: profile)
    }

    /// Everything wrong with a file, its expressions compiled by its module.
    ///
    /// - Parameters:
    ///   - word: path of a file, `-` for standard input, or name of a connector.
    ///   - tries: whether programs that make requests are run with sample values, too.
    /// - Throws: `SettingsError` when standard input cannot be read.
    public func validate(
        _ word: String, tries: Bool = false
    ) throws(SettingsError) -> (path: String, problems: [Diagnostic]) {
        if word == "-" {
            let file = InputFile(word)
            return (
                file.name, profiles.catalogue.diagnose(path: file.name, text: try file.text(), tries: tries).problems
            )
        }
        let isFile = word.contains("/") || word.hasSuffix(".yaml") || FileManager.default.fileExists(atPath: word)
        let path = isFile ? word : profiles.catalogue.outline(named: word)?.file ?? word
        return (path, profiles.catalogue.diagnose(path: path, tries: tries).problems)
    }

    /// Everything wrong with the text of a profile that comes from afar, looked at by a process of its own.
    ///
    /// - Throws: what keeps that from starting.
    public func validate(text: String, tries: Bool = false) async throws -> [Diagnostic] {
        try await ValidationQueue.shared.problems(of: text, tries: tries, profiles)
    }

    /// A commented profile with every key, to be filled in.
    ///
    /// - Throws: `ModuleError` when there is no module of that kind; `SettingsError` for a name that no profile may have.
    public func skeleton(kind: String, name: String) throws -> String {
        if let problem = ConnectorProfile.problem(ofName: name) {
            throw SettingsError("--name: \(problem)", at: .commandLine)
        }
        let type = try profiles.modules.connectorType(for: ConnectorKind(rawValue: kind))
        return ProfileReference.skeleton(name: name, module: type)
    }

    /// A JSON Schema of profiles for editors, made from the same table: which keys there are says the module.
    public func schema() throws -> JSONValue {
        var modules: [String: JSONValue] = [:]
        var choices: [JSONValue] = []
        for kind in profiles.modules.availableKinds {
            let type = try profiles.modules.connectorType(for: kind)
            modules[kind.rawValue] = .object(try DocumentSchema(ProfileReference.keys(of: type)).json())
            choices.append([
                "if": ["properties": ["module": ["const": .string(kind.rawValue)]], "required": ["module"]],
                "then": ["$ref": .string("#/$defs/\(kind)")],
            ])
        }
        return [
            "$schema": DocumentSchema.dialect, "title": "Connector profile", "type": "object",
            "required": JSONValue(ProfileKey.common.filter { $0.isTopLevel && $0.isRequired }.map(\.path)),
            "allOf": .array(choices), "$defs": .object(modules),
        ]
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
        return introduction + "\n" + ExpressionReference.markdown + "\n" + matrix
            + ProfileReference.markdown(modules: types) + "\n"
            + (try CheckReference.markdown()).trimmingCharacters(in: .newlines)
    }

    /// The JSON reports of a checkout, whose connectors.d lies beside docs.
    private func conformanceReports() -> [JSONValue] {
        for folder in profiles.catalogue.folders where FileManager.default.fileExists(atPath: "\(folder)/README.md") {
            let reports = "\(folder)/../docs/conformance"
            let files = (try? FileManager.default.contentsOfDirectory(atPath: reports)) ?? []
            return files.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
                FileManager.default.contents(atPath: "\(reports)/\(name)").flatMap { try? JSONValue(parsing: $0) }
            }
        }
        return []
    }
}
