// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorHost
import ConnectorKit
import ConnectorTesting
import Foundation
import Gateway
import JSONDocuments
import Settings
import YAMLDocuments

/// `certway connector`: connector profiles, offline.
enum ConnectorCommands {
    static let command = Command(
        "connector", "look at connector profiles and write new ones; works offline",
        subcommands: [list, show, validate, new, reference])

    private static let list = Command(
        "list", "all connector profiles, as their files read",
        discussion: "Expressions are not compiled; 'certway connector validate FILE' does that."
    ) { invocation in
        let catalogue = invocation.profiles.catalogue
        let profiles = catalogue.outlines()
        if invocation.wantsJSON {
            Terminal.print(
                JSONValue.array(
                    profiles.map {
                        [
                            "connector": .string($0.name), "title": .string($0.title),
                            "module": .string($0.module.rawValue), "file": .string($0.file),
                            "products": JSONValue($0.products.map(\.id)),
                        ]
                    }
                ).text)
        } else {
            var table = TextTable("CONNECTOR", "MODULE", "PRODUCTS", "TITLE")
            for profile in profiles {
                table.add(profile.name, profile.module.rawValue, "\(profile.products.count)", profile.title)
            }
            Terminal.print(
                table.isEmpty ? "no connector profiles in \(catalogue.folders.joined(separator: ", "))" : table.text)
        }
        let problems = catalogue.problems(.outlines)
        for problem in problems { Terminal.complain("certway: \(problem)") }
        return problems.isEmpty ? .done : .partlyDone
    }

    private static let show = Command(
        "show", "settings, products and abilities of one profile",
        arguments: [Argument("NAME", "name of the connector")],
        examples: [("certway connector show local-ca", "which settings does it need?")]
    ) { invocation in
        let profiles = invocation.profiles
        let name = invocation.requiredWord("NAME")
        guard let profile = profiles.catalogue.outline(named: name) else {
            throw SettingsError(profiles.catalogue.explainMissing(name))
        }
        let abilities = ConnectorAbility.allCases.filter(profile.claims).map(\.rawValue)
        if invocation.wantsJSON {
            let settings = profile.settings.map { setting -> JSONValue in
                [
                    "key": .string(setting.key), "type": .string(setting.type.rawValue),
                    "title": .string(setting.title),
                    "required": JSONValue(setting.isRequired),
                ]
            }
            let value: JSONValue = [
                "connector": .string(profile.name), "title": .string(profile.title), "file": .string(profile.file),
                "abilities": JSONValue(abilities),
                "missing": .object(
                    Dictionary(
                        profile.missing.map { ($0.key.rawValue, .string($0.value)) },
                        uniquingKeysWith: { first, _ in first })),
                "settings": .array(settings),
                "environments": .object(
                    Dictionary(
                        profile.environments.map { ($0.name, .string($0.url)) }, uniquingKeysWith: { first, _ in first }
                    )),
                "products": JSONValue(profile.products.map(\.id)),
            ]
            Terminal.print(value.prettyText)
            return .done
        }
        Terminal.print("\(profile.name): \(profile.title)\nfile: \(profile.file)\nmodule: \(profile.module)")
        Terminal.print("abilities: \(abilities.joined(separator: ", "))")
        for ability in ConnectorAbility.allCases {
            guard let instead = profile.missing[ability] else { continue }
            Terminal.print("cannot \(ability.action): \(instead)")
        }
        var environments = TextTable("ENVIRONMENT", "ADDRESS")
        for environment in profile.environments { environments.add(environment.name, environment.url) }
        var settings = TextTable("SETTING", "TYPE", "REQUIRED", "TITLE")
        for setting in profile.settings {
            settings.add(setting.key, setting.type.rawValue, setting.isRequired ? "yes" : "no", setting.title)
        }
        var products = TextTable("PRODUCT", "KEYS", "TITLE")
        for product in profile.products {
            products.add(product.id, product.keyTypes.map(\.rawValue).joined(separator: ", "), product.title)
        }
        for table in [environments, settings, products] where !table.isEmpty { Terminal.print("\n" + table.text) }
        return .done
    }

    private static let validate = Command(
        "validate", "check profile files: every problem with line and key path",
        arguments: [Argument("FILE", "profile files, or names of connectors", repeats: true)],
        examples: [("certway connector validate connectors.d/*.yaml", "check all")]
    ) { invocation in
        let catalogue = invocation.profiles.catalogue
        var problems: [Diagnostic] = []
        for word in invocation.allWords("FILE") {
            let isFile = word.contains("/") || word.hasSuffix(".yaml") || FileManager.default.fileExists(atPath: word)
            let path = isFile ? word : catalogue.outline(named: word)?.file ?? word
            let found = catalogue.diagnose(path: path).problems
            problems += found
            if found.isEmpty, !invocation.wantsJSON { Terminal.print("\(path): no problems") }
        }
        if invocation.wantsJSON {
            Terminal.print(JSONValue.array(problems.map(\.json)).text)
        } else {
            for problem in problems { Terminal.print("\(problem)") }
        }
        return problems.isEmpty ? .done : .configurationInvalid
    }

    private static let new = Command(
        "new", "write a commented profile with every key, to be filled in",
        options: [
            .value("kind", "KIND", "module kind, such as rest"), .value("name", "NAME", "name of the new connector"),
            .value("out", "FILE", "file to write (default: NAME.yaml in this folder)"),
        ],
        examples: [("certway connector new --kind rest --name example-ca", "begin example-ca.yaml")]
    ) { invocation in
        guard let kind = invocation.value("kind"), let name = invocation.value("name") else {
            throw UsageError("--kind and --name are needed", path: invocation.path)
        }
        let type = try invocation.profiles.modules.connectorType(for: ConnectorKind(rawValue: kind))
        let out = invocation.value("out") ?? "\(name).yaml"
        guard !FileManager.default.fileExists(atPath: out) else {
            throw SettingsError("file \(out) exists already; name another with --out")
        }
        let text = ProfileReference.skeleton(name: name, module: type)
        try PrivateFile(path: out).write(Array(text.utf8))
        Terminal.print("wrote \(out); fill it in, then 'certway connector validate \(out)'")
        return .done
    }
}

extension ConnectorCommands {
    fileprivate static let reference = Command(
        "reference", "print the reference of all profile keys, as Markdown",
        discussion: "Made from the same table the reader checks against; connectors.d/README.md is its output.",
        examples: [("certway connector reference > connectors.d/README.md", "after a change of keys")]
    ) { invocation in
        let modules = invocation.profiles.modules
        let types = try modules.availableKinds.map { try modules.connectorType(for: $0) }
        let reports = conformanceReports(beside: invocation.profiles.catalogue.folders)
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
        Terminal.print(
            introduction + "\n" + matrix + ProfileReference.markdown(modules: types).trimmingCharacters(in: .newlines))
        return .done
    }

    /// The JSON reports of a checkout, whose connectors.d lies beside docs.
    private static func conformanceReports(beside folders: [String]) -> [JSONValue] {
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

extension Diagnostic {
    var json: JSONValue {
        [
            "file": .string(file), "line": line.map { JSONValue($0) } ?? .null,
            "column": column.map { JSONValue($0) } ?? .null, "keyPath": .string(keyPath), "message": .string(message),
            "hint": JSONValue(hint),
        ]
    }
}
