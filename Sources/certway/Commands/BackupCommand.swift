// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import JSONDocuments

/// `certway backup`: a copy of the database, while the service runs.
enum BackupCommand {
    static let command = Command(
        "backup", "copy the database into one file, while the service runs",
        discussion: """
            The file is the database as it was at one moment, looked over page by page; nothing is overwritten. It knows how many
            requests had left for CAs and which sealing key it was made with. The key itself, DIR/sealing.key, is not in it: keep
            a copy of that at another place, once, for it never changes. --with-sealing-key puts it beside the file as
            FILE.sealing.key, readable by you alone: whoever has both can read the private keys of orders under way.
            'certway restore FILE' puts the copy back.
            """,
        arguments: [Argument("FILE|DIR", "name of the new file, or a folder in which it gets a name from the time")],
        options: [.flag("with-sealing-key", "also copy the key that opens what is sealed in it")],
        examples: [
            ("certway backup certway-backup.db", "what a timer would call before the machine's own backup"),
            ("certway backup . --with-sealing-key", "all that a new machine needs, in a folder that is yours alone"),
        ]
    ) { invocation in
        let progress = ProgressLine()
        let backup = try await StoreBackup.make(
            of: invocation.home, at: invocation.requiredWord("FILE|DIR"),
            withSealingKey: invocation.flag("with-sealing-key"), by: invocation.caller
        ) { done in progress.show("copying, \(Int(done * 100)) %") }
        progress.clear()
        if let reason = backup.missingRecord {
            Terminal.complain("note: the backup is good, and does not stand in the audit trail: \(reason)")
        }
        if invocation.wantsJSON {
            Terminal.print(json: backup.json.text)
            return .done
        }
        Terminal.print("\(backup.file): \(backup.facts.text); \(backup.byteCount) bytes, looked over")
        if let file = backup.sealingKeyFile {
            Terminal.print(
                "\(file) is the sealing key: whoever has both files can read the private keys of orders under way; keep them apart"
            )
        } else {
            let identifier = backup.facts.sealingKeyIdentifier.map { " (\($0.prefix(8))…)" } ?? ""
            Terminal.print(
                "the sealing key\(identifier) is not in it: without a copy of \(invocation.home.sealingKey) the orders under way lose their private keys"
            )
        }
        return .done
    }
}
