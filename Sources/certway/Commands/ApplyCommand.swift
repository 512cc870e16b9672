// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Settings

/// `certway apply`: checks a configuration file and stores it.
enum ApplyCommand {
    static let command = Command(
        "apply", "check a configuration file and store it",
        discussion: """
            Sections the file leaves out stay as they are, and named parts (backend CAs, templates, agents) are added to
            those there are. All problems of a file are shown at once, and then nothing is changed.
            """,
        options: [
            .value("file", "FILE", "YAML file; also -f"),
            .flag("dry-run", "show what would change and change nothing"),
            .flag("prune", "remove named parts that the file's sections no longer hold"),
        ],
        examples: [
            ("certway apply -f certway.yaml --dry-run", "what would change"),
            ("certway apply -f certway.yaml", "change it"),
        ]
    ) { invocation in
        guard let file = invocation.value("file") else {
            throw UsageError("-f FILE is missing", path: invocation.path)
        }
        let text = try SettingsFile(path: file).text()
        let home = invocation.home
        // The file is checked before anything is made on disk.
        let configuration = try ConfigurationReader.read(text, file: file)
        let secrets = invocation.profiles.catalogue.bareSecrets(in: configuration.backendCAs)
        guard secrets.isEmpty else {
            throw SettingsError("\(file): " + secrets.joined(separator: "\n\(file): "))
        }
        let isDryRun = invocation.flag("dry-run")
        if !isDryRun { try home.create() }
        let exists = !isDryRun || home.exists
        let ledger = exists ? OrderLedger(database: try await GatewayStore.create(home).database) : nil
        let store = ConfigurationStore(ledger: ledger)
        let changes = try await store.changes(applying: text, file: file, prunes: invocation.flag("prune"))
        if !isDryRun { try await store.apply(changes) }
        show(changes, invocation)
        return .done
    }

    private static func show(_ changes: [ConfigurationStore.Change], _ invocation: Invocation) {
        if invocation.wantsJSON {
            let list = changes.map { change -> JSONValue in
                [
                    "section": .string(change.section), "name": .string(change.name),
                    "change": .string(change.kind.rawValue),
                ]
            }
            return Terminal.print(JSONValue.array(list).text)
        }
        var table = TextTable("SECTION", "NAME", "CHANGE")
        for change in changes { table.add(change.section, change.name, change.kind.rawValue) }
        Terminal.print(table.text)
        if invocation.flag("dry-run") { Terminal.print("\nnothing was changed (--dry-run)") }
    }
}
