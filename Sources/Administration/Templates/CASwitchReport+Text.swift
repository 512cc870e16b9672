// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Planning
import Settings
import YAMLDocuments

extension CASwitchReport {
    /// For people; obstacles and warnings are told apart from it.
    public var lines: [String] {
        var lines = [
            "template \(change.template): from \(change.formerCA), product \(change.formerProduct), to \(change.nextCA), product "
                + change.nextProduct
        ]
        if state == .cancelled { return lines + ["", "it was to come, and is taken back"] }
        if !differences.isEmpty {
            lines += ["", "what differs:"]
            lines += differences.map { "  \($0.topic): \($0.former) -> \($0.next)" }
        }
        lines += list("rules that begin to count:", newRules.map { "\($0.id) (\($0.severity)): \($0.finding)" })
        lines += goneRuleLines
        lines += list("trust:", trust)
        if let people { lines += text(of: people) }
        lines.append("")
        switch state {
        case .dryRun: lines.append("nothing was changed (--dry-run)")
        case .refused: lines.append("nothing was changed")
        case .scheduled: lines.append("it begins on \(change.from.map(CalendarDay.text) ?? "")")
        case .switched: lines.append("switched; 'certway template switch-ca \(change.template) --back' is the way back")
        case .cancelled: break
        }
        if state != .refused {
            lines += [
                state == .dryRun
                    ? "once it is switched, this belongs into your own file; applied before, it would switch without a report and without --back:"
                    : "write this into your own file, or 'certway apply' will refuse it:", "",
            ]
            lines += section.trimmed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        return lines
    }

    /// A private CA is bound by none of the dozens for public ones: they are no findings, and are counted.
    private var goneRuleLines: [String] {
        let heading = "rules that count no more:"
        guard goneRules.count > Self.listedGoneRules else {
            return list(heading, goneRules.map { "\($0.id) (\($0.severity)): \($0.finding)" })
        }
        let bySeverity = Dictionary(grouping: goneRules, by: { "\($0.severity)" }).sorted { $0.key < $1.key }
        let counts = bySeverity.map { "\($0.value.count) \($0.key)" }.joined(separator: ", ")
        return ["", "\(heading) \(goneRules.count) (\(counts)); --output json lists them"]
    }

    private static let listedGoneRules = 5
    private static let namedTogether = 5

    private func list(_ heading: String, _ entries: [String]) -> [String] {
        entries.isEmpty ? [] : ["", heading] + entries.map { "  \($0)" }
    }

    private func text(of people: SwitchForecast) -> [String] {
        var lines = [
            "",
            "\(Plural(people.members, "person is", "people are")) in the group; \(people.inUse) with a certificate in use of the former CA or "
                + "product, \(people.there) with one of the new one",
        ]
        func add(_ some: SwitchForecast.People, _ heading: String) {
            guard some.count > 0 else { return }
            lines.append("\(some.count) \(heading):")
            // One reason is said once, whomever it keeps.
            var sentences: [String] = []
            for one in some.first where !sentences.contains(one.sentence) { sentences.append(one.sentence) }
            for sentence in sentences {
                let names = some.first.filter { $0.sentence == sentence }.map(\.userPrincipalName)
                let others = names.count > Self.namedTogether ? " and \(names.count - Self.namedTogether) others" : ""
                lines.append("  \(names.prefix(Self.namedTogether).joined(separator: ", "))\(others): \(sentence)")
            }
            if some.count > some.first.count { lines.append("  and \(some.count - some.first.count) more") }
        }
        add(people.refused, "could not get a certificate of the new product")
        add(people.ownProducts, "with a product of their own, which is one of the former CA")
        add(people.underWay, "with an order at the former CA")
        add(people.unsent, "with an order that has not left")
        lines += people.namesLost.sorted { $0.key < $1.key }.map {
            "\(Plural($0.value, "person has", "people have")) a \($0.key) in the certificate that the new product does not certify"
        }
        lines += people.warnings.sorted { $0.key < $1.key }.map { "\(Plural($0.value, "person", "people")): \($0.key)" }
        if !people.domains.isEmpty {
            lines.append("the new CA must have these domains validated, or asks the people:")
            lines += people.domains.sorted { $0.key < $1.key }.map {
                "  \($0.key): \(Plural($0.value, "person", "people"))"
            }
        }
        lines.append(
            "orders: \(ordersNow) with the next passes"
                + (ordersNow > ordersAllowed ? " (over limits.ordersPerRun: they wait for 'certway plan approve')" : "")
                + (costsNow.isEmpty ? "" : ", which cost \(costsNow.text)") + ", \(ordersLater) by renewal")
        if change.pace == .renewal {
            lines += people.renewals.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
        }
        return lines
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .newlines) }
}
