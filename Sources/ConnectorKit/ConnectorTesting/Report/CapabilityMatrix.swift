// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
public import JSONDocuments

/// What each connector declares and what a conformance run proved, as a table; made from the JSON reports.
public struct CapabilityMatrix: Sendable {
    private let reports: [JSONValue]

    /// - Parameter reports: the JSON form of reports, in any order.
    public init(_ reports: [JSONValue]) {
        self.reports = reports.sorted { ($0["connector"]?.string ?? "") < ($1["connector"]?.string ?? "") }
    }

    /// A Markdown table: one row for each connector, one column for each ability.
    public var markdown: String {
        let abilities = ConnectorAbility.allCases.map(\.rawValue)
        let head = ["connector", "checks", "proved on", "against"] + abilities
        let rows = reports.map { report in
            let name = report["connector"]?.string ?? "?"
            let (declared, proved) = (words(report["declared"]), words(report["proved"]))
            let counts = report["counts"]
            let checks = "\(counts?["passed"]?.int ?? 0) passed, \(counts?["failed"]?.int ?? 0) failed"
            return [
                "[\(name)](../docs/conformance/\(name).md)", checks,
                String((report["started"]?.string ?? "").prefix(10)),
                report["environment"]?.string ?? "?",
            ]
                + abilities.map { ability in
                    proved.contains(ability) ? "proved" : declared.contains(ability) ? "declared" : "–"
                }
        }
        return ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n") + "\n"
    }

    private func words(_ value: JSONValue?) -> Set<String> { Set(value?.array?.compactMap(\.string) ?? []) }
}
