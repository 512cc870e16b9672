// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments
import KeyHoldings
import Ledger
import Settings

extension KeyCommands {
    static let history = Command(
        "history", "which keys a person is to have on devices, which are there, and why",
        discussion: """
            Keys of the person's own certificates, those of earlier ones while the template's keyHistory lasts, and those of shared
            mailboxes that the person may open. A key that is missing is named with its cause.
            """,
        arguments: [Argument("PERSON", "user principal name, address or object id")],
        examples: [("certway key history ada@example.org", "can Ada read her old mail?")]
    ) { invocation in
        let history = try await administration(invocation, of: invocation.requiredWord("PERSON"))
        show(history, invocation)
        return .done
    }

    static let redeliver = Command(
        "redeliver", "deliver all keys again that a person is to have on devices",
        discussion: """
            For a new device, or where records were deleted in Intune. Nothing is bought by it. The next pass, or the running service
            within seconds, delivers those of which a copy is kept (keyHistory). Exit status 4 where there is none of some: these stay as
            they are, with the dry run and without.
            """,
        arguments: [Argument("PERSON", "user principal name, address or object id")],
        options: [.flag("dry-run", "tell which they are, and deliver none")],
        examples: [("certway key redeliver ada@example.org", "all of Ada's keys, once more")]
    ) { invocation in
        let store = try await GatewayStore.open(invocation.home)
        let isDryRun = invocation.flag("dry-run")
        let history = try await KeyHistoryAdministration(store, caller: invocation.caller).redeliver(
            invocation.requiredWord("PERSON"), isDryRun: isDryRun)
        show(history, invocation)
        if !invocation.wantsJSON {
            let left = history.withoutCopy.count
            let sent = history.keys.count - left
            if sent > 0 {
                Terminal.print(
                    "\(Plural(sent, "key is", "keys are")) "
                        + (isDryRun ? "to be delivered by the next pass (--dry-run)" : "delivered with the next pass"))
            }
            if left > 0 {
                Terminal.print(
                    "\(Plural(left, "key has", "keys have")) no copy at hand, and \(left == 1 ? "is" : "are") not delivered again"
                )
            }
        }
        return history.withoutCopy.isEmpty ? .done : .partlyDone
    }

    private static func administration(
        _ invocation: Invocation, of person: String
    ) async throws -> KeyHistoryAdministration.History {
        try await KeyHistoryAdministration(
            try await GatewayStore.open(invocation.home), caller: invocation.caller
        ).history(person)
    }

    private static func show(_ history: KeyHistoryAdministration.History, _ invocation: Invocation) {
        if invocation.wantsJSON { return Terminal.print(json: history.json.prettyText) }
        Terminal.print("\(history.userPrincipalName)")
        if history.keys.isEmpty {
            Terminal.print("\(history.nothing)")
        }
        KeyHistoryText.show(history, namesPeople: false)
    }
}

/// Lines about keys on devices.
enum KeyHistoryText {
    /// - Parameter namesPeople: whether a line says with whom a key is, or whose it is.
    static func show(_ history: KeyHistoryAdministration.History, namesPeople: Bool) {
        show(history.keys, mailboxes: history.mailboxes, history.recovery, namesPeople: namesPeople)
    }

    /// - Parameter recovery: how keys come out of the archive here, for advice.
    static func show(
        _ keys: [KeyHolding], mailboxes: [String: String], _ recovery: RecoveryConfiguration? = nil, namesPeople: Bool
    ) {
        guard !keys.isEmpty else { return }
        var table = TextTable(
            .short("SERIAL NUMBER", 13), .short(namesPeople ? "WITH" : "KEY OF", 20), "FROM", "UNTIL", "STATE",
            .sentence("WHY"))
        for key in keys {
            let owner = key.isOwn ? "own" : mailboxes[key.ownerID] ?? key.ownerID
            table.add(
                key.serialNumber, namesPeople ? key.userPrincipalName : owner, key.notBefore.day, key.notAfter.day,
                key.state.rawValue, key.problem(recovery) ?? why(key, owner))
        }
        Terminal.print(lines: "\n" + table.text)
    }

    private static func why(_ key: KeyHolding, _ owner: String) -> String {
        if !key.isWanted { return "to be had no more" }
        let use = key.stage == "active" ? "in use" : "\(key.stage), for old mail"
        let reason = key.isOwn ? use : "\(use); may open \(owner)"
        return key.remark.map { "\(reason); \($0)" } ?? reason
    }
}
