// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Ledger
import Settings

/// `certway apply`: checks a configuration file and stores it.
enum ApplyCommand {
    static let command = Command(
        "apply", "check a configuration file and store it",
        discussion: """
            The file is looked at together with the profiles, files and secrets it names, and with what is stored already.
            Sections the file leaves out stay as they are, and named parts (backend CAs, templates, agents) are added to
            those there are. All problems of a file are shown at once, and then nothing is changed. Orders that a CA has
            belong to the account they were placed at: a file that points their backend CA elsewhere, or prunes it, is refused.

            PFX files for Intune are encrypted in the form that no kind of device is reported to refuse (pfxEncryption:
            tripleDESSHA1), under a random password of 32 characters. pfxEncryption: aes256SHA256, in section intune or in a
            template, is stronger, and for new devices only: iOS up to 17, macOS keychains, older Android and Windows Server
            2016 refuse such a file as a wrong password. Which one was used stands in the events of each order.
            """,
        arguments: [Argument("FILE", "YAML file, the same as -f FILE; - for standard input", optional: true)],
        options: [
            .value("file", "FILE", "YAML file; also -f"),
            .flag("dry-run", "show what would change, old value and new, and change nothing"),
            .flag("prune", "remove named parts that the file's sections no longer hold"),
            .flag("reference", "print every key of the file, as Markdown; with --output json a JSON Schema"),
            .flag(
                "undo-switch",
                "let an older file take templates back that 'certway template switch-ca' has taken to another CA"),
            .flag("leave-open-orders", "leave the orders behind that the former CA still has; each is held"),
        ],
        examples: [
            ("certway apply -f certway.yaml --dry-run", "what would change"),
            ("certway apply -f certway.yaml", "change it"),
            ("certway export | certway apply --dry-run -", "from another program: nothing differs"),
            ("certway apply --reference", "which keys are there?"),
        ]
    ) { invocation in
        if invocation.flag("reference") {
            if invocation.wantsJSON {
                Terminal.print(json: try ConfigurationReference.schema().prettyText)
            } else {
                Terminal.print(lines: ConfigurationReference.markdown)
            }
            return .done
        }
        let words = invocation.allValues("file") + invocation.allWords("FILE")
        guard let word = words.first, words.count == 1 else {
            throw UsageError(
                words.isEmpty ? "-f FILE is missing" : "one FILE is expected, found \(words.joined(separator: ", "))",
                path: invocation.path)
        }
        let file = InputFile(word)
        let administration = ConfigurationAdministration(
            invocation.home, invocation.profiles, caller: invocation.caller)
        let result = try await administration.apply(
            try file.text(), file: file.name, prunes: invocation.flag("prune"),
            leavesOpenOrders: invocation.flag("leave-open-orders"),
            undoesSwitches: invocation.flag("undo-switch"), isDryRun: invocation.flag("dry-run"))
        show(result, invocation)
        for warning in result.warnings { Terminal.complain("certway: warning: \(warning)") }
        return .done
    }

    private static func show(_ result: ConfigurationResult, _ invocation: Invocation) {
        if invocation.wantsJSON { return Terminal.print(json: result.json.text) }
        var table = TextTable("SECTION", .short("NAME", 24), "CHANGE")
        for change in result.changes { table.add(change.section, change.name, change.kind.rawValue) }
        Terminal.print(lines: table.text)
        for change in result.changes where change.kind == .changed {
            Terminal.print("\n\(change.section) \(change.name):")
            for difference in ConfigurationResult.differences(of: change) {
                let (old, new) = (difference.old?.text ?? "(nothing)", difference.new?.text ?? "(nothing)")
                let path = difference.keyPath.isEmpty ? "all of it" : difference.keyPath
                Terminal.print("  \(path): \(old) -> \(new)")
            }
        }
        if !result.leftOut.isEmpty {
            Terminal.print(
                "\nmembers that the file leaves out of a part go: \(result.leftOut.joined(separator: ", ")); sections that it leaves out stay"
            )
        }
        let isDryRun = invocation.flag("dry-run")
        for group in result.stranded {
            Terminal.print(
                "\nbackend CA \(group.backendCA): \(Plural(group.orders.count, "order")) at \(group.placedAt) "
                    + (isDryRun ? "would be held" : "held now: 'certway order list --held'"))
        }
        if isDryRun { Terminal.print("\nnothing was changed (--dry-run)") }
    }
}
