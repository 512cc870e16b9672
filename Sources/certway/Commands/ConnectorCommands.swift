// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorHost
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Settings
import Store
import YAMLDocuments

/// `certway connector`: connector profiles, offline.
enum ConnectorCommands {
    static let command = Command(
        "connector", "look at connector profiles and write new ones; works offline",
        subcommands: [list, show, validate, new, reference])

    private static let sorting = ListSorting(keys: ["name", "module", "title"], standard: ListSort("name"))

    private static let list = Command(
        "list", "all connector profiles, as their files read",
        discussion: "Expressions are not compiled; 'certway connector validate FILE' does that.",
        options: .list(sorting), examples: [("certway connector list", "which CAs are spoken to?")]
    ) { invocation in
        let administration = ConnectorAdministration(invocation.profiles)
        let (profiles, problems) = administration.list()
        let nowhere = "no connector profiles in \(administration.places); --connectors DIR names a further folder"
        try await invocation.show(connectors(none: nowhere), sorting) { request in
            try ListPage(of: profiles, sorting, request) { profile, key in
                switch key {
                case "module": profile.module.rawValue
                case "title": profile.title
                default: profile.name
                }
            }
        }
        for problem in problems { Terminal.complain("certway: \(problem)") }
        return problems.isEmpty ? .done : .partlyDone
    }

    private static func connectors(none: String) -> ItemList<ConnectorProfile> {
        ItemList(
            none: none, each: \.json,
            [
                ListColumn("CONNECTOR", "connector") { $0.name },
                ListColumn("MODULE", "module") { $0.module.rawValue },
                ListColumn(.optional("PRODUCTS", 1), "products") { "\($0.products.count)" },
                ListColumn(.sentence("TITLE", lines: 2), "title") { $0.title },
            ])
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
        var environments = TextTable(.short("ENVIRONMENT", 12), .sentence("ADDRESS"))
        for environment in profile.environments { environments.add(environment.name, environment.url) }
        var settings = TextTable(.short("SETTING", 16), "TYPE", .short("DEFAULT", 8), .sentence("MEANING"))
        for setting in profile.settings {
            let standard = setting.defaultValue?.text ?? (setting.isRequired ? "(required)" : "")
            settings.add(setting.key, setting.type.rawValue, standard, meaning(of: setting))
        }
        var products = TextTable(
            "PRODUCT", .short("KEYS", 12, 1), .short("PURPOSES", 12, 2), .optional("DAYS", 3), .sentence("TITLE"))
        var options = TextTable("PRODUCT", .short("OPTION", 16), "TYPE", .sentence("MEANING"))
        for product in profile.products {
            products.add(
                product.id, product.keyTypes.map(\.rawValue).joined(separator: ", "),
                product.purposes.map(\.rawValue).joined(separator: ", "), product.validityDays?.words ?? "",
                title(of: product))
            for option in product.options ?? [] {
                options.add(product.id, option.key, option.type.rawValue, meaning(of: option))
            }
        }
        for table in [environments, settings, products, options] where !table.isEmpty {
            Terminal.print(lines: "\n" + table.text)
        }
    }

    /// With the names that the CA needs.
    private static func title(of product: ProductFacts) -> String {
        let names = product.requiredNames
        return names.isEmpty ? product.title : "\(product.title); needs \(names.joined(separator: ", "))"
    }

    /// What a setting is, where to find it, and what it may be, in one line.
    private static func meaning(of setting: SettingSchema) -> String {
        let choices = setting.choices.map { choice in
            choice.value == choice.title ? choice.value : "\(choice.value) (\(choice.title))"
        }
        let listed = setting.choicesFrom.map { ["One of what the CA lists (\($0))."] } ?? []
        let words = choices.isEmpty ? [] : ["One of: \(choices.joined(separator: ", "))."]
        let account =
            setting.identifiesAccount
            ? ["Says which account is meant."] : setting.signsIn ? ["Says who signs in."] : []
        let help = setting.help.isEmpty ? [] : [setting.help]
        return (["\(setting.title)."] + help + words + listed + account).joined(separator: " ")
    }

    private static let validate = Command(
        "validate", "check profile files: every problem with line and key path",
        discussion: """
            With --try the programs that make requests are run with sample values as well: for every product, with all
            settings and names and with only the required ones. Nothing is sent. What reads a CA's answer is not run.
            """,
        arguments: [Argument("FILE", "profile files, - for standard input, or names of connectors", repeats: true)],
        options: [.flag("try", "run the programs that make requests with sample values")],
        examples: [
            ("certway connector validate connectors.d/*.yaml", "check all"),
            ("certway connector validate --try connectors.d/*.yaml", "run their programs, too"),
        ]
    ) { invocation in
        let administration = ConnectorAdministration(invocation.profiles)
        var problems: [Diagnostic] = []
        for word in invocation.allWords("FILE") {
            let (path, found) = try administration.validate(word, tries: invocation.flag("try"))
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
            throw SettingsError("file \(out) exists already; name another with --out", at: .commandLine)
        }
        Terminal.print("wrote \(out); fill it in, then 'certway connector validate \(out)'")
        return .done
    }

    private static let reference = Command(
        "reference", "print the reference of all profile keys, as Markdown; with --output json a JSON Schema",
        discussion: """
            Made from the same table the reader checks against; connectors.d/README.md and
            docs/schema/connector-profile.schema.json are its output.
            """,
        examples: [
            ("certway connector reference > connectors.d/README.md", "after a change of keys"),
            ("certway connector reference --output json", "the schema for editors"),
        ]
    ) { invocation in
        if invocation.wantsJSON {
            Terminal.print(json: try ConnectorAdministration(invocation.profiles).schema().prettyText)
            return .done
        }
        Terminal.print(lines: try ConnectorAdministration(invocation.profiles).reference())
        return .done
    }
}
