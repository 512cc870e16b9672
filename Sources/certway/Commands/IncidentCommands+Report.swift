// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments

extension IncidentCommands {
    static let report = Command(
        "report", "what became of every certificate, for an auditor",
        discussion: """
            Plain text to be filed, or one line for each certificate as CSV, or everything as JSON: by what it was replaced, when its
            revocation was asked for, taken by the CA, and seen in its list. While the incident is open it is how things stand.
            """,
        arguments: [nameArgument],
        options: [.choice("output", ["text", "table", "json", "csv"], "how it is printed", default: "text")],
        examples: [("certway incident report weak-keys --output csv", "a line for each certificate")]
    ) { invocation in
        let administration = IncidentAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        let report = try await administration.report(invocation.requiredWord("NAME"))
        switch invocation.value("output") {
        case "json": Terminal.print(json: report.json.text)
        case "csv":
            let names = report.lines.first?.cells.map(\.name) ?? []
            Terminal.print(csv: [names] + report.lines.map { $0.cells.map(\.value) })
        case "table":
            var table = TextTable(
                .short("SERIAL NUMBER", 13), .short("USER", 20), "STATE", .short("SUCCESSOR", 13),
                .optional("DELIVERED", 2),
                .optional("REVOKED", 1))
            for line in report.lines {
                table.add(
                    line.item.serialNumber, line.item.userPrincipalName, line.item.state.rawValue,
                    line.successorSerialNumber ?? "", line.item.deliveredAt?.formatted(.iso8601) ?? "",
                    line.takenAt?.formatted(.iso8601) ?? "")
            }
            Terminal.print(lines: table.text)
        default: Terminal.print(lines: report.text)
        }
        return .done
    }
}
