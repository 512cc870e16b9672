// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import Records
import YAMLDocuments

extension AuditCommands {
    static let list = Command(
        "list", "records, newest first",
        options: [
            .value("actor", "TEXT", "part of the name of who acted, such as ada, planner, Intune"),
            .value(
                "action", "ACTION", "only this one, such as cancel.order; 'docs/manual/audit.md' has all", repeats: true
            ),
            .value("object", "ID", "an order's reference, a serial number, a template …, or its beginning"),
            .value("user", "TEXT", "part of the user principal name of whom it concerns"),
            .choice("outcome", AuditOutcome.allCases.map(\.rawValue), "only what came out like that"),
            .value("since", "TIME", "from this day or time on"), .value("until", "TIME", "before this day or time"),
        ] + .list(AuditTrail.sorting),
        examples: [
            ("certway audit list --user ada@example.org", "who has done what with Ada's certificates?"),
            ("certway audit list --action recover.key --outcome refused", "who has tried to get at a key?"),
            ("certway audit list --since 2026-07-01 --all --output csv", "for a spreadsheet"),
        ]
    ) { invocation in
        let known = AuditAction.allCases.map(\.rawValue)
        let actions = invocation.allValues("action")
        for action in actions where !known.contains(action) {
            throw UsageError(
                "unknown action \"\(action)\": \(suggestion(for: action, in: known))", path: invocation.path)
        }
        let filter = AuditFilter(
            actor: invocation.value("actor"), actions: actions.isEmpty ? nil : Set(actions),
            object: invocation.value("object"), person: invocation.value("user"),
            outcome: invocation.value("outcome").flatMap(AuditOutcome.init), from: try invocation.moment("since"),
            until: try invocation.moment("until"))
        let administration = try await administration(invocation)
        try await invocation.show(records, AuditTrail.sorting) { try await administration.list(filter, $0) }
        return .done
    }

    private static let records = ItemList<AuditRecord>(
        none: "no records", as: .auditRecords, each: \.json,
        [
            ListColumn("NUMBER", "number") { "\($0.number)" },
            ListColumn(.optional("TIME", 1), "at") { $0.at.ISO8601Format() },
            ListColumn(.short("WHO", 12), "actor") { $0.actor },
            ListColumn("DID", "action") { $0.action },
            ListColumn(.short("OBJECT", 11), "object") { $0.objectID },
            ListColumn(.short("PERSON", 12, 3), "person") { $0.person ?? "" },
            ListColumn(.optional("OUTCOME", 2), "outcome") { $0.outcome },
            ListColumn(.sentence("WHY", lines: 2), "reason") { $0.reason },
        ])
}
