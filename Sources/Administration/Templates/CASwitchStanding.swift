// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger
import Planning
import Settings
import YAMLDocuments

/// How far the switch of a template has come, by the ledger.
public struct CASwitchStanding: Sendable {
    public let change: CASwitch
    /// Certificates in use and orders under way, by backend CA and product.
    public let certificates: [(place: String, count: Int)]
    public let open: [(place: String, count: Int)]

    public var json: JSONValue {
        func numbers(_ list: [(place: String, count: Int)]) -> JSONValue {
            .array(list.map { ["place": .string($0.place), "count": JSONValue($0.count)] })
        }
        var value = change.json
        value["template"] = .string(change.template)
        value["certificates"] = numbers(certificates)
        value["open"] = numbers(open)
        return value
    }

    /// For people.
    public var lines: [String] {
        let day =
            change.begunAt.map { "since \(CalendarDay.text($0))" }
            ?? "from \(change.from.map(CalendarDay.text) ?? "") on"
        var lines = [
            "template \(change.template): from \(change.formerCA), product \(change.formerProduct), to \(change.nextCA), product "
                + "\(change.nextProduct), \(day), asked for by \(change.actor)",
            change.pace == .now
                ? "certificates of the former CA are replaced as fast as the limits let"
                : "each certificate goes over with its renewal",
        ]
        if let cause = change.keptBecause { lines.append("it does not begin by itself: \(cause)") }
        if let days = change.overlapDays {
            lines.append("those of the former CA are revoked \(Plural(days, "day")) after the new ones came into use")
        }
        lines += certificates.map { "\(Plural($0.count, "certificate")) in use from \($0.place)" }
        lines += open.map { "\(Plural($0.count, "order")) under way at \($0.place)" }
        lines.append("'certway template switch-ca \(change.template) --back' is the way back")
        return lines
    }
}

extension CASwitchAdministration {
    /// How far a switch has come; nil where there is none. Reads the active and open orders of the template.
    ///
    /// - Throws: as `current`.
    public func standing(_ template: String) async throws -> CASwitchStanding? {
        guard let change = try await current(template) else { return nil }
        func places(_ stages: [OrderStage]) async throws -> [(place: String, count: Int)] {
            let orders = try await ledger.orders(
                OrderFilter(stages: Set(stages), template: change.template, limit: .max))
            return Dictionary(grouping: orders) { "\($0.backendCA), product \($0.product)" }
                .map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
        }
        return CASwitchStanding(
            change: change, certificates: try await places([.active]),
            open: try await places(OrderStage.allCases.filter(\.isOpen)))
    }
}
