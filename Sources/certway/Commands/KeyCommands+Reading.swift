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
        options: [.newest],
        examples: [("certway key list", "what the archive has, newest first")]
    ) { invocation in
        let administration = try await administration(invocation)
        let keys = try await NewestFirst(invocation) { try await administration.list(limit: $0) }
        defer { keys.tellOfMore(invocation) }
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(keys.items.map(\.json)).text)
            return .done
        }
        var table = TextTable("SERIAL NUMBER", "USER", "TEMPLATE", "ARCHIVED", "HANDED OUT")
        for key in keys.items {
            table.add(
                key.serialNumber, key.userPrincipalName, key.template, key.archivedAt.ISO8601Format(),
                key.recoveries == 0 ? "never" : Plural(key.recoveries, "time").description)
        }
        Terminal.print(lines: table.isEmpty ? "no archived keys" : table.text)
        return .done
    }

    static let show = Command(
        "show", "one archived key: who can open it, and who has asked for it",
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint of the certificate")],
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
        options: [.newest],
        examples: [("certway key attempts --output json", "for the auditor")]
    ) { invocation in
        let administration = try await administration(invocation)
        let attempts = try await NewestFirst(invocation) { try await administration.attempts(limit: $0) }
        defer { attempts.tellOfMore(invocation) }
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(attempts.items.map(\.json)).text)
            return .done
        }
        Terminal.print(lines: attempts.items.isEmpty ? "nobody has asked for a key" : text(attempts.items))
        return .done
    }

    private static func text(_ attempts: [KeyRecoveryAttempt]) -> String {
        var table = TextTable(
            "TIME", "OUTCOME", "KEY OF", "CERTIFICATE", "BY", "AGENT CERTIFICATE", "PURPOSE", "WHY NOT")
        for attempt in attempts {
            table.add(
                attempt.at.ISO8601Format(), attempt.outcome.rawValue, attempt.subscriber ?? "", attempt.certificate,
                attempt.actor, attempt.agentFingerprint ?? "", attempt.purpose, attempt.detail)
        }
        return table.text
    }

    private static func administration(_ invocation: Invocation) async throws -> KeyArchiveAdministration {
        KeyArchiveAdministration(try await GatewayStore.open(invocation.home).ledger)
    }
}
