// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments
import Ledger

extension KeyCommands {
    static let list = Command(
        "list", "archived keys, and how often each was handed out",
        options: .list(OrderLedger.keySorting),
        examples: [("certway key list", "what the archive has, newest first")]
    ) { invocation in
        let administration = try await administration(invocation)
        try await invocation.show(keys, OrderLedger.keySorting) { try await administration.list($0) }
        return .done
    }

    private static let keys = ItemList<KeptKey>(
        none: "no archived keys", each: \.json,
        [
            ListColumn(.short("SERIAL NUMBER", 13), "serialNumber") { $0.serialNumber },
            ListColumn(.short("USER", 20), "userPrincipalName") { $0.userPrincipalName },
            ListColumn(.short("TEMPLATE", 8, 1), "template") { $0.template },
            ListColumn("ARCHIVED", "archivedAt", { $0.archivedAt.day }) { $0.archivedAt.ISO8601Format() },
            ListColumn(
                "HANDED OUT", "recoveries",
                { $0.recoveries == 0 ? "never" : Plural($0.recoveries, "time").description }
            ) { "\($0.recoveries)" },
        ])

    static let show = Command(
        "show", "one archived key: who can open it, and who has asked for it",
        arguments: [
            Argument("CERTIFICATE", "serial number or fingerprint, or the beginning of one")
        ],
        examples: [("certway key show 0C0FFE…", "who has recovered Ada's key, when, and why")]
    ) { invocation in
        let (record, key, attempts) = try await administration(invocation).key(invocation.requiredWord("CERTIFICATE"))
        if invocation.wantsJSON {
            var value = key?.json ?? ["serialNumber": .string(record.serialNumber), "archivedAt": .null]
            value["attempts"] = .array(attempts.map(\.json))
            Terminal.print(json: value.prettyText)
            return .done
        }
        Terminal.print("\(record.userPrincipalName), certificate \(record.serialNumber), template \(record.template)")
        if let key {
            let agents = key.recipients.array?.compactMap { $0.string ?? $0["name"]?.string } ?? []
            Terminal.print("archived \(key.archivedAt.ISO8601Format()) for \(agents.joined(separator: ", "))")
        } else {
            Terminal.print("the key was not archived: the template had no key recovery agents")
        }
        Terminal.print(lines: attempts.isEmpty ? "\nnobody has asked for it" : "\n" + text(attempts))
        return .done
    }

    static let attempts = Command(
        "attempts", "who has asked for archived keys, when, why, and what came of it",
        discussion: "Successful, refused and failed ones. Nothing can change or remove the record.",
        options: .list(OrderLedger.attemptSorting),
        examples: [("certway key attempts --all --output json", "for the auditor")]
    ) { invocation in
        let administration = try await administration(invocation)
        try await invocation.show(asked, OrderLedger.attemptSorting) { try await administration.attempts($0) }
        return .done
    }

    private static let asked = ItemList<KeyRecoveryAttempt>(
        none: "nobody has asked for a key", each: \.json,
        [
            ListColumn(.optional("TIME", 1), "at") { $0.at.ISO8601Format() },
            ListColumn("OUTCOME", "outcome") { $0.outcome.rawValue },
            ListColumn(.short("KEY OF", 16), "userPrincipalName") { $0.subscriber ?? "" },
            ListColumn(.short("CERTIFICATE", 12, 4), "certificate") { $0.certificate },
            ListColumn(.short("BY", 12, 2), "by") { $0.actor },
            ListColumn(.short("AGENT CERTIFICATE", 17, 5), "agentFingerprint") { $0.agentFingerprint ?? "" },
            ListColumn(.short("PURPOSE", 12), "purpose") { $0.purpose },
            ListColumn(.sentence("WHY NOT", lines: 3), "detail") { $0.detail },
        ])

    private static func text(_ attempts: [KeyRecoveryAttempt]) -> String {
        var table = TextTable(
            "TIME", "OUTCOME", .short("BY", 12, 1), .short("AGENT CERTIFICATE", 17, 2), .short("PURPOSE", 12),
            .sentence("WHY NOT"))
        for attempt in attempts {
            table.add(
                attempt.at.ISO8601Format(), attempt.outcome.rawValue, attempt.actor, attempt.agentFingerprint ?? "",
                attempt.purpose, attempt.detail)
        }
        return table.text
    }

    private static func administration(_ invocation: Invocation) async throws -> KeyArchiveAdministration {
        KeyArchiveAdministration(try await GatewayStore.open(invocation.home).ledger)
    }
}
