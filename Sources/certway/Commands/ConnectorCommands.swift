// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
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
        let administration = ConnectorAdministration(invocation.profiles)
        let (profiles, problems) = administration.list()
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(profiles.map(\.json)).text)
        } else {
            var table = TextTable("CONNECTOR", "MODULE", "PRODUCTS", "TITLE")
            for profile in profiles {
                table.add(profile.name, profile.module.rawValue, "\(profile.products.count)", profile.title)
            }
            let nowhere = "no connector profiles in \(administration.folders.joined(separator: ", "))"
            Terminal.print(lines: table.isEmpty ? nowhere : table.text)
        }
        for problem in problems { Terminal.complain("certway: \(problem)") }
        return problems.isEmpty ? .done : .partlyDone
    }

    private static let show = Command(
        "show", "settings, products and abilities of one profile",
        arguments: [Argument("NAME", "name of the connector")],
        examples: [("certway connector show local-ca", "which settings does it need?")]
    ) { invocation in
        let details = try ConnectorAdministration(invocation.profiles).details(invocation.requiredWord("NAME"))
        if invocation.wantsJSON {
            Terminal.print(json: details.json.prettyText)
        } else {
            show(details)
        }
        return .done
    }

    private static func show(_ details: ConnectorDetails) {
        let profile = details.profile
        Terminal.print("\(profile.name): \(profile.title)\nfile: \(profile.file)\nmodule: \(profile.module)")
        Terminal.print("abilities: \(details.abilities.map(\.rawValue).joined(separator: ", "))")
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
        for table in [environments, settings, products] where !table.isEmpty {
            Terminal.print(lines: "\n" + table.text)
        }
    }

    private static let validate = Command(
        "validate", "check profile files: every problem with line and key path",
        arguments: [Argument("FILE", "profile files, or names of connectors", repeats: true)],
        examples: [("certway connector validate connectors.d/*.yaml", "check all")]
    ) { invocation in
        let administration = ConnectorAdministration(invocation.profiles)
        var problems: [Diagnostic] = []
        for word in invocation.allWords("FILE") {
            let (path, found) = administration.validate(word)
            problems += found
            if found.isEmpty, !invocation.wantsJSON { Terminal.print("\(path): no problems") }
        }
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(problems.map(\.json)).text)
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
        let text = try ConnectorAdministration(invocation.profiles).skeleton(kind: kind, name: name)
        let out = invocation.value("out") ?? "\(name).yaml"
        guard try CompleteFile(path: out, isPrivate: false).create(Array(text.utf8)) else {
            throw SettingsError("file \(out) exists already; name another with --out")
        }
        Terminal.print("wrote \(out); fill it in, then 'certway connector validate \(out)'")
        return .done
    }

    private static let reference = Command(
        "reference", "print the reference of all profile keys, as Markdown",
        discussion: "Made from the same table the reader checks against; connectors.d/README.md is its output.",
        examples: [("certway connector reference > connectors.d/README.md", "after a change of keys")]
    ) { invocation in
        Terminal.print(lines: try ConnectorAdministration(invocation.profiles).reference())
        return .done
    }
}
